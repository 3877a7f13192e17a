"""Measuring in turn: every contender of a comparison once, then all again, so that a noisy minute is everybody's.

Ratios are taken round by round, between runs that lie seconds apart, and the median of them counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from integration.bench.contenders import Absent, Contender, Place, Running
from integration.bench.load import Broken, Load, Milterload, Run, warm_up
from integration.bench.processes import family, processor_time
from integration.waiting import NeverHappened

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is measured."""

    rounds: int
    seconds: float
    """Of one run."""
    paced_seconds: float
    """Of one run at a given rate: its tail needs messages."""
    soak: int
    """Messages after which a worker's memory is looked at."""
    mails: int
    """Through Postfix, in one run; 0 is none."""
    huge: int
    """Rounds with a message of 50 MB, and of many timers at once."""
    timers: int
    """Timers that fall due in one second; 0 is none."""
    without: frozenset[str] = frozenset()
    """Contenders that do not take part."""


FULL = Pace(rounds=5, seconds=3.0, paced_seconds=6.0, soak=200_000, mails=3_000, huge=5, timers=10_000)
QUICK = Pace(
    rounds=2, seconds=0.3, paced_seconds=1.0, soak=4_000, mails=0, huge=1, timers=0,
    without=frozenset({"empty", "policy B inet", "policy C", "ten rules"}),
)  # fmt: skip
"""For every day: what is most likely to change."""


@dataclass(slots=True)
class Series:
    """One contender under one load, round by round; ``why`` says why there are no runs."""

    runs: list[Run] = field(default_factory=list)
    why: str = ""

    def median(self, of: Callable[[Run], float]) -> float:
        return statistics.median(map(of, self.runs))


class Fleet:
    """Contenders, started when they are first needed and then kept."""

    def __init__(self, place: Place, known: dict[str, Contender], say: Say) -> None:
        self.place = place
        self._known = known
        self._say = say
        self._running: dict[str, Running] = {}
        self._absent: dict[str, str] = {}

    def reach(self, name: str) -> Running:
        """The contender, answering; raises `Absent`."""
        if name in self._absent:
            raise Absent(self._absent[name])
        if name not in self._running:
            self._say(f"starting {name}")
            try:
                self._running[name] = self._known[name](self.place)
            except (Absent, NeverHappened) as error:
                self._absent[name] = str(error)
                self._say(f"{name} cannot take part: {error}")
                raise Absent(str(error)) from None
        return self._running[name]

    def dismiss(self, names: Iterable[str]) -> None:
        """End contenders that are not needed any more."""
        for name in names:
            running = self._running.pop(name, None)
            if running is not None:
                self.place.guard.stop(running.child)


def compare(fleet: Fleet, program: Milterload, load: Load, names: Iterable[str], pace: Pace, say: Say) -> dict[
    str, Series
]:  # fmt: skip
    """Measure the contenders under one load, in turn."""
    series = {name: Series() for name in names if name not in pace.without}
    counts: dict[str, int] = {}
    seconds = pace.paced_seconds if load.rate else pace.seconds
    for name, one in series.items():
        try:
            counts[name] = warm_up(program, fleet.reach(name).socket, load, seconds)
        except (Absent, Broken) as error:
            one.why = str(error)
    for number in range(pace.rounds):
        for name, count in counts.items():
            _one(fleet, program, load, name, count, series[name], say, number)
    return series


def _one(
    fleet: Fleet, program: Milterload, load: Load, name: str, count: int, series: Series, say: Say, number: int
) -> None:
    if series.why:
        return
    try:
        running = fleet.reach(name)
        people = list(family(running.child.pid))
        before = processor_time(people)
        run = program.run(running.socket, load, count)
        run = replace(run, processor=(processor_time(people) - before) / count * 1e6)
    except Broken as error:
        series.why = str(error)
        series.runs.clear()
        say(f"{load.name}: {name} broke: {error}")
        return
    series.runs.append(run)
    latency = f"p50 {run.p50:.2f} p99 {run.p99:.2f} ms"
    say(f"{load.name}: {name}, round {number + 1}: {run.rate:,.0f} msg/s, {latency}, {run.processor:,.0f} µs")
