"""The comparisons that are made, and the goals that are read off them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from integration.bench.goals import Limit, Ratio, p50, p99
from integration.bench.load import Load


@dataclass(frozen=True, slots=True)
class Comparison:
    """Contenders that are measured in turn under one load."""

    load: Load
    names: tuple[str, ...]


def comparisons(large: Path, texts: Sequence[Path], files: Mapping[str, tuple[Path, ...]]) -> tuple[Comparison, ...]:
    """All of them: a mail of 120 kB, mails of text, and those with a file that rules open, by kind."""
    floor = ("empty", "empty no-reply", "rspamd", "pyquarantine accept")
    return (
        Comparison(
            _of("4 kB", texts), (*floor, "policy A", "policy B", "policy B+", "policy B inet", "policy C", "ten rules")
        ),
        Comparison(Load("120 kB", large), (*floor, "policy A", "policy B", "policy B+")),
        *(Comparison(replace(_of(f"120 kB {kind}", those), connections=4), _OPENING) for kind, those in files.items()),
        Comparison(
            replace(_of("4 kB, -k 1", texts), per_connection=1), ("empty no-reply", "rspamd", "policy B", "policy B+")
        ),
        Comparison(_of("4 kB held", texts), ("pyquarantine quarantine", "hold", "hold and notice")),
        Comparison(Load("120 kB held", large), ("pyquarantine quarantine", "hold", "hold and notice")),
        Comparison(
            replace(_of("paced 500 msg/s", texts), connections=20, rate=500), ("empty no-reply", "rspamd", "policy B+")
        ),
    )


def _of(name: str, mails: Sequence[Path]) -> Load:
    """All of them in turn."""
    return Load(name, mails[0], more=tuple(mails[1:]))


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
