"""``python -m integration.bench``: measure, print the table of goals, write docs/benchmarks.md.

``--quick`` takes less than two minutes and writes nothing. Exit status: 0 when it was measured, whatever came out; 130
on Ctrl-C. Everything that is started ends with us.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from integration import waiting
from integration.bench import alone, falling_due, files, machine, messages, table, through_postfix
from integration.bench.contenders import Absent, Place
from integration.bench.goals import Measured, Row
from integration.bench.load import Broken, Load, Milterload
from integration.bench.measure import FULL, QUICK, Fleet, Pace, Say, Series, compare
from integration.bench.ours import POLICIES
from integration.bench.peers import PEERS
from integration.bench.works import GOALS, comparisons
from integration.guard import Guard
from integration.postfix import Unavailable
from integration.waiting import NeverHappened

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
_WITH_THE_FLEET = ("Postfix", "memory")
_STILL_NEEDED = ("policy B", "policy B+", "empty no-reply")


def main() -> int:
    """The exit status."""
    options = _options()
    pace = QUICK if options.quick else FULL
    pace = replace(pace, soak=options.soak or pace.soak)
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        neighbours = machine.Neighbours()
        with Guard() as guard:
            rows, measured = _measure(guard, pace, _Progress(), options.only)
    except KeyboardInterrupt:
        print("stopped")
        return 130
    others = f"{neighbours.share():.0%} of all processors' time"
    print(table.goals(rows))
    print(table.rates(measured))
    print("Processor time, microseconds a message:")
    print(table.processor_times(measured))
    print(f"Others on this machine used {others} meanwhile.")
    if not options.quick and not options.only:
        PAGE.write_text(
            table.page(rows, measured, [*machine.facts(), ("used by others meanwhile", others)], pace), encoding="utf-8"
        )
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integration.bench", description="Speed and size beside others.")
    parser.add_argument("--quick", action="store_true", help="rough figures in less than two minutes; writes nothing")
    parser.add_argument("--only", metavar="TEXT", help="only works with this in their names, such as held, timers")
    parser.add_argument("--soak", type=int, metavar="N", help="messages after which a worker's memory is looked at")
    return parser.parse_args()


class _Progress:
    """One line for each measurement, with the seconds since the start."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"{time.monotonic() - self._begun:6.1f} s  {text}", flush=True)


def _measure(guard: Guard, pace: Pace, say: Say, only: str | None) -> tuple[list[Row], Measured]:
    folder = guard.directory("bench-mails-")
    mails, texts, opened = messages.write(folder), messages.write_texts(folder), files.write(folder)
    place = Place(guard, CACHE, _mail_sink(guard))
    fleet = Fleet(place, {**PEERS, **POLICIES}, say)
    program = Milterload(CACHE)
    measured: dict[tuple[str, str], Series] = {}
    for one in (one for one in comparisons(mails["120 kB"], texts, opened) if only is None or only in one.load.name):
        found = compare(fleet, program, one.load, one.names, pace, say)
        measured |= {(one.load.name, name): series for name, series in found.items()}
    rows = [goal.row(measured) for goal in GOALS if (goal.load, goal.ours) in measured]
    return [*rows, *_others(fleet, program, mails, pace, say, only)], measured


def _others(
    fleet: Fleet, program: Milterload, mails: dict[str, Path], pace: Pace, say: Say, only: str | None
) -> Iterator[Row]:
    """What is no comparison under one load; one that fails says so in its row."""
    small = Load("4 kB", mails["4 kB"])
    place = fleet.place
    works: dict[str, Callable[[], Iterator[Row]]] = {
        "Postfix": lambda: through_postfix.rows(fleet, mails["4 kB"], pace, say),
        "memory": lambda: alone.soak(fleet, program, small, pace, say),
        "one 50 MB message": lambda: alone.huge(place, program, mails, pace, say),
        "start to first message": lambda: alone.first_message(place, program, small, pace, say),
        "cores 1 → 2": lambda: alone.second_core(place, program, small, pace, say),
        "many timers": lambda: falling_due.rows(place, program, mails["4 kB"], pace, say),
    }
    left_out = {name for name, much in (("Postfix", pace.mails), ("many timers", pace.timers)) if not much}
    fleet.dismiss(name for name in (*PEERS, *POLICIES) if name not in _STILL_NEEDED)
    for work, measure in works.items():
        if work not in _WITH_THE_FLEET:
            fleet.dismiss(POLICIES)
        if work not in left_out and (only is None or only in work):
            yield from _tried(work, measure)


def _tried(work: str, measure: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    try:
        yield from measure()
    except (Absent, Broken, NeverHappened, Unavailable, subprocess.TimeoutExpired) as error:
        yield Row(work, "", verdict=f"not measured: {error}")


def _mail_sink(guard: Guard) -> int:
    """The port of a listener that takes all mail, in a process of its own; raises `NeverHappened`."""
    (port,) = waiting.free_ports(1)
    log = guard.directory("bench-sink-") / "log"
    command = ["smtp-sink", *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "1000"]
    child = guard.start(command, log)
    waiting.until(lambda: child.poll() is not None or waiting.answers(port), "smtp-sink listens")
    if child.poll() is not None:
        raise NeverHappened(f"smtp-sink ended: {log.read_text()}")
    return port


if __name__ == "__main__":
    sys.exit(main())
