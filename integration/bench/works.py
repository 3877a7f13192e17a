"""The comparisons that are made, and the goals that are read off them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from integration.bench.goals import Limit, Ratio, p50, p99
from integration.bench.load import Load


@dataclass(frozen=True, slots=True)
class Comparison:
    """Contenders that are measured in turn under one load."""

    load: Load
    names: tuple[str, ...]


def comparisons(mails: Mapping[str, Path], files: Mapping[str, tuple[Path, ...]]) -> tuple[Comparison, ...]:
    """All of them; ``files`` are mails with a file that rules open, by kind."""
    small, large = mails["4 kB"], mails["120 kB"]
    floor = ("empty", "empty no-reply", "rspamd", "pyquarantine accept")
    return (
        Comparison(
            Load("4 kB", small), (*floor, "policy A", "policy B", "policy B+", "policy B inet", "policy C", "ten rules")
        ),
        Comparison(Load("120 kB", large), (*floor, "policy A", "policy B", "policy B+")),
        *(
            Comparison(Load(f"120 kB {kind}", one, connections=4, more=tuple(more)), _OPENING)
            for kind, (one, *more) in files.items()
        ),
        Comparison(Load("4 kB, -k 1", small, per_connection=1), ("empty no-reply", "rspamd", "policy B", "policy B+")),
        Comparison(Load("4 kB held", small), ("pyquarantine quarantine", "hold", "hold and notice")),
        Comparison(Load("120 kB held", large), ("pyquarantine quarantine", "hold", "hold and notice")),
        Comparison(Load("paced 500 msg/s", small, connections=20, rate=500), ("empty no-reply", "rspamd", "policy B+")),
    )


_OPENING = ("rspamd", "policy B+")
_PACED = "end-of-message at 20 connections, paced at 500 msg/s, policy B+"

GOALS: tuple[Ratio | Limit, ...] = (
    Ratio("accept, envelope and header rules (A), 4 kB", "4 kB", "policy A", "empty no-reply", 0.5),
    Ratio("the same", "4 kB", "policy A", "pyquarantine accept", 3),
    Ratio("accept, sample policy (B), 4 kB", "4 kB", "policy B", "rspamd", 2),
    Ratio("the same", "4 kB", "policy B", "empty no-reply", 0.5),
    Ratio("accept, all inspectors (B+), 4 kB", "4 kB", "policy B+", "rspamd", 2),
    Ratio("the same", "4 kB", "policy B+", "empty no-reply", 0.5),
    Ratio("the same, 120 kB with an attachment that no rule opens", "120 kB", "policy B+", "rspamd", 2),
    Ratio("120 kB with a workbook that rules open, none seen before", "120 kB workbook", "policy B+", "rspamd", 1),
    Ratio("120 kB with a PDF that rules open, none seen before", "120 kB PDF", "policy B+", "rspamd", 1),
    Ratio("accept, all inspectors (B+), 4 kB", "4 kB", "policy B+", "pyquarantine accept", 6),
    Ratio("the same, 120 kB", "120 kB", "policy B+", "pyquarantine accept", 10),
    Ratio("hold, durable, 4 kB", "4 kB held", "hold", "pyquarantine quarantine", 3),
    Ratio("hold, durable, 120 kB", "120 kB held", "hold", "pyquarantine quarantine", 5),
    Ratio("hold and tell the sender, 4 kB", "4 kB held", "hold and notice", "pyquarantine quarantine", 3),
    Ratio("hold and tell the sender, 120 kB", "120 kB held", "hold and notice", "pyquarantine quarantine", 5),
    Limit(f"p50 of {_PACED}", "paced 500 msg/s", "policy B+", 1.0, p50),
    Ratio(f"p99 of {_PACED}", "paced 500 msg/s", "policy B+", "empty no-reply", 2, p99, at_most=True),
    Ratio("the same", "paced 500 msg/s", "policy B+", "rspamd", 1, p99, at_most=True),
    Ratio("one message a connection (-k 1), B+", "4 kB, -k 1", "policy B+", "rspamd", 1.5),
    Ratio("inet socket, B", "4 kB", "policy B inet", "policy B", 0.5),
    Ratio("1,000 rules and 100,000 list entries (C)", "4 kB", "policy C", "ten rules", 0.5),
)
