"""Waiting goes on as long as there is progress, and names what stopped."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from integration.waiting import NeverHappened, until_none


class Clock:
    """Seconds that pass only while somebody pauses."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds


def waited(counts: Sequence[int], stall: float) -> float:
    """How long it took until none was left; one look a second."""
    looks = iter(counts)
    clock = Clock()
    return until_none(lambda: next(looks), "the work is done", stall, clock.now, clock.pause)


def test_what_falls_slowly_may_take_any_time() -> None:
    counts = [left for left in range(50, 0, -1) for _ in range(9)]
    assert waited([*counts, 0], stall=10) == 450


def test_what_falls_no_more_is_named_with_how_much_is_left() -> None:
    with pytest.raises(NeverHappened, match="7 left, no fewer for 10 s: the work is done"):
        waited([9, 8, *[7] * 20, 0], stall=10)


def test_going_up_and_down_again_is_no_progress() -> None:
    with pytest.raises(NeverHappened, match="left, no fewer"):
        waited([5, *[6, 5] * 20, 0], stall=10)
