"""What is promised, and rows that say how far it is kept: goal, figure, what it is compared with, ratio, spread."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from integration.bench.load import Run
from integration.bench.measure import Series

Measured = Mapping[tuple[str, str], Series]
"""By load and contender."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, ready to be read."""

    work: str
    goal: str
    figure: str = ""
    against: str = ""
    ratio: str = ""
    spread: str = ""
    verdict: str = "not measured"


def rate(run: Run) -> float:
    """Messages a second."""
    return run.rate


def p50(run: Run) -> float:
    """Milliseconds at end-of-message, the median of the messages."""
    return run.p50


def p99(run: Run) -> float:
    """Milliseconds at end-of-message that one message of a hundred exceeds."""
    return run.p99


def processor(run: Run) -> float:
    """Microseconds of processor time a message."""
    return run.processor


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours divided by theirs under one load (``their_load`` if theirs was another)."""

    work: str
    load: str
    ours: str
    theirs: str
    goal: float
    of: Callable[[Run], float] = rate
    at_most: bool = False
    their_load: str = ""

    def row(self, measured: Measured) -> Row:
        sign = "≤" if self.at_most else "≥"
        goal = f"{sign} {self.goal:g}× {self.theirs}"
        ours = measured[self.load, self.ours]
        theirs = measured[self.their_load or self.load, self.theirs]
        if why := ours.why or theirs.why:
            return Row(self.work, goal, verdict=f"not measured: {why}")
        ratios = [self.of(one) / max(self.of(other), 1e-3) for one, other in zip(ours.runs, theirs.runs, strict=False)]
        return Row(
            self.work,
            goal,
            _figure(ours.median(self.of), self.of),
            _figure(theirs.median(self.of), self.of),
            f"{statistics.median(ratios):.2f}×",
            f"{min(ratios):.2f}–{max(ratios):.2f}",
            verdict(statistics.median(ratios), self.goal, at_most=self.at_most),
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure of ours that must not exceed a number of milliseconds."""

    work: str
    load: str
    ours: str
    goal: float
    of: Callable[[Run], float]

    def row(self, measured: Measured) -> Row:
        goal = f"≤ {self.goal:g} ms"
        series = measured[self.load, self.ours]
        if series.why:
            return Row(self.work, goal, verdict=f"not measured: {series.why}")
        return limit_row(self.work, goal, [self.of(run) for run in series.runs], self.goal, "ms")


def limit_row(work: str, goal: str, values: list[float], most: float, unit: str) -> Row:
    """A row for figures whose median must not exceed ``most``."""
    middle = statistics.median(values)
    spread = f"{min(values):.2f}–{max(values):.2f}" if len(values) > 1 else ""
    return Row(work, goal, f"{middle:.2f} {unit}", "", "", spread, verdict(middle, most, at_most=True))


def ratio_row(work: str, goal: str, ours: list[float], theirs: list[float], least: float, unit: str) -> Row:
    """A row for figures taken in pairs, of which ours must be at least ``least`` times theirs."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    middle = statistics.median(ratios)
    return Row(
        work,
        goal,
        f"{statistics.median(ours):,.0f} {unit}",
        f"{statistics.median(theirs):,.0f} {unit}",
        f"{middle:.2f}×",
        f"{min(ratios):.2f}–{max(ratios):.2f}",
        verdict(middle, least, at_most=False),
    )


def verdict(value: float, goal: float, *, at_most: bool) -> str:
    """Reached, or by how many percent of the goal it is missed."""
    missed = value - goal if at_most else goal - value
    if missed <= 0:
        return "reached"
    return f"**missed by {missed / goal:.0%}**"


def _figure(value: float, of: Callable[[Run], float]) -> str:
    return f"{value:,.0f} msg/s" if of is rate else f"{value:.2f} ms"
