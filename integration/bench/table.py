"""docs/benchmarks.md: the goals with what was reached, all rates, the machine, and how to repeat it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from integration.bench.goals import Measured, Row, processor, rate
from integration.bench.load import Run
from integration.bench.measure import Pace, Series

_INTRODUCTION = """\
# How fast, how large

Written by `make bench`; every figure is from one run of it on one machine, and only ratios between figures of the same
run say much. Contenders are measured in turn, round by round: a ratio is the median of the rounds' ratios, its spread
the smallest and the largest of them.
"""
_WHY = """\
Why some are missed, and what was tried: [where the time goes](profile.md#why-goals-are-missed).
"""
_CONTENDERS = """\
## Who is compared

- **empty**, **empty no-reply**: a milter in pymilter that looks at nothing, 2 forked workers, each kept to one
  processor as Sekisho's are; the second negotiates that nothing before end-of-message is answered. No milter in
  pymilter can be faster than that one.
- **pyquarantine accept**, **pyquarantine quarantine**: pyquarantine-milter 2.0.4 with one rule, on a header or for all
  mail. It has one process. It writes held mail to files without syncing them; Sekisho commits before it answers.
- **rspamd**: rspamd's milter proxy with 2 scanning workers, modules that ask the network off.
- **policy A**: Sekisho with 2 workers and five rules on envelope and header.
- **policy B**: with the sample policy of `conf/`. **B inet**: the same on a TCP socket.
- **policy B+**: the sample policy, and every inspector asked by a rule in `mode: monitor`.
- **policy C**: 1,000 rules and a list of 100,000 addresses; **ten rules**: ten like them and a list of ten.
- **hold**: every message is held, as in **pyquarantine quarantine**, and nobody is told; **hold and notice**: the
  sender of each is told by a mail, which is written and sent meanwhile.

The mails: a Japanese text of 4 kB, 600 different ones in turn; a short one with a picture, 120 kB, which no rule needs
to open; the same with a workbook or a PDF of 120 kB, which **policy B+** opens in sandboxed processes: 200 and 1,000
different ones in turn, more than a worker remembers the contents of. 10 connections (4 with workbook or PDF) with 100
messages each unless it says otherwise; each message has a Message-ID of its own.
"""
_PROCESSOR = """\
Microseconds that all processes of the milter used for a message, user and system. Other work on the machine disturbs
these figures much less than the rates.
"""
_REPEAT = """\
## How to repeat it

`make bench` writes this page. `make bench-quick` takes less than two minutes, leaves out Postfix, timers and some
contenders, and prints the table only; its figures are rough. `python -m integration.bench --soak 1000000` looks at a
worker's memory after a million messages. Everything runs on loopback, as root where Postfix is to take part, and is
ended with the run. Leave the machine alone meanwhile.
"""


def page(rows: Iterable[Row], measured: Measured, machine: Iterable[tuple[str, str]], pace: Pace) -> str:
    """The whole page."""
    facts = [(name, value) for name, value in machine]
    measure = f"{pace.rounds} rounds of {pace.seconds:g} s ({pace.paced_seconds:g} s at a given rate)"
    parts = [
        _INTRODUCTION,
        f"## Goals\n\n{_WHY}\n{goals(rows)}",
        f"## Rates\n\nMessages a second, medians of {measure}.\n\n{rates(measured)}",
        f"## Processor time\n\n{_PROCESSOR}\n{processor_times(measured)}",
        _CONTENDERS,
        "## Measured on\n\n" + _table(["what", "value"], facts),
        _REPEAT,
    ]
    return "\n".join(parts)


def goals(rows: Iterable[Row]) -> str:
    """The table of goals."""
    head = ["work", "goal", "Sekisho", "compared with", "ratio", "spread", "verdict"]
    return _table(
        head, [(row.work, row.goal, row.figure, row.against, row.ratio, row.spread, row.verdict) for row in rows]
    )


def rates(measured: Measured) -> str:
    """Messages a second of every contender under every load that is not paced."""
    return _cells(measured, rate, "paced")


def processor_times(measured: Measured) -> str:
    """Microseconds a message of every contender under every load."""
    return _cells(measured, processor, "")


def _cells(measured: Measured, of: Callable[[Run], float], left_out: str) -> str:
    """A line for each contender, a column for each load whose name does not begin with ``left_out``."""
    shown = {key: one for key, one in measured.items() if not left_out or not key[0].startswith(left_out)}
    loads = list(dict.fromkeys(load for load, _ in shown))
    names = list(dict.fromkeys(name for _, name in shown))
    return _table(
        ["contender", *loads], [(name, *(_cell(shown.get((load, name)), of) for load in loads)) for name in names]
    )


def _cell(series: Series | None, of: Callable[[Run], float]) -> str:
    if series is None:
        return ""
    return f"{series.median(of):,.0f}" if series.runs else "–"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in rows)
