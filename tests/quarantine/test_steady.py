"""Leaps of the wall clock end nobody's time: ahead is followed slowly, back at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.quarantine.steady import SteadyClock
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.store import Store
from tests.quarantine.test_release import STATIONERY
from tests.support.stores import NOW, Listener, Recorder, a_desk, a_wait, hold_one, loaded

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


class Clocks:
    """Two clocks that a test moves, and the steady one that is made of them."""

    def __init__(self) -> None:
        self.wall: datetime = NOW
        self.counted = 1000.0
        self.leaps: list[timedelta] = []
        self.steady = SteadyClock(lambda: self.wall, lambda: self.counted, self.leaps.append)

    def passes(self, lasts: timedelta) -> datetime:
        self.wall += lasts
        self.counted += lasts.total_seconds()
        return self.steady()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_it_is_the_wall_clock_while_that_goes_on(clocks: Clocks) -> None:
    assert [clocks.passes(HOUR) for _ in range(3)] == [NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR]
    assert clocks.leaps == []


def test_a_leap_ahead_is_made_up_for_as_fast_again_as_time_goes_by(clocks: Clocks) -> None:
    clocks.wall += 3 * HOUR
    assert clocks.steady() == NOW
    assert clocks.passes(SECOND) == NOW + 2 * SECOND
    assert clocks.passes(HOUR) == NOW + 2 * SECOND + 2 * HOUR
    assert clocks.passes(5 * HOUR) == clocks.wall
    assert clocks.leaps == [3 * HOUR]


def test_a_leap_ahead_that_is_mended_was_never_there(clocks: Clocks) -> None:
    clocks.wall += 3 * HOUR
    clocks.passes(SECOND)
    clocks.wall -= 3 * HOUR
    assert clocks.passes(SECOND) == NOW + 2 * SECOND


def test_back_is_believed_at_once_and_gone_on_from(clocks: Clocks) -> None:
    clocks.passes(HOUR)
    clocks.wall -= 5 * HOUR
    assert clocks.passes(SECOND) == NOW - 4 * HOUR + SECOND
    assert clocks.passes(SECOND) == NOW - 4 * HOUR + 2 * SECOND
    assert clocks.leaps == []


def test_each_leap_is_told_once(clocks: Clocks) -> None:
    for _ in range(2):
        clocks.wall += HOUR
        clocks.passes(SECOND)
        clocks.passes(SECOND)
        clocks.passes(HOUR)
        clocks.passes(SECOND)
    assert [leap > HOUR - timedelta(minutes=1) for leap in clocks.leaps] == [True, True]


def test_small_corrections_are_nobodys_business(clocks: Clocks) -> None:
    clocks.wall += timedelta(seconds=30)
    clocks.passes(SECOND)
    assert clocks.leaps == []


@pytest.mark.parametrize("leap", [3 * HOUR, -3 * HOUR], ids=["ahead", "back"])
def test_a_hold_is_sent_when_its_time_has_passed_and_not_before(store: Store, clocks: Clocks, leap: timedelta) -> None:
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.SEND))
    worker = ReleaseWorker(store, Listener().send, STATIONERY, a_desk(), Recorder(), clocks.steady)
    clocks.passes(HOUR / 4)
    clocks.wall += leap
    worker.run_once(clocks.passes(HOUR / 4))
    assert loaded(store, hold).state is State.HELD
    worker.run_once(clocks.passes(abs(leap) + HOUR))
    assert loaded(store, hold).state is State.RELEASED
    worker.close()
