"""Seats, slots and the line between supervisor and children, without processes."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.serve.children import FIRST_PAUSE, LONGEST_PAUSE, STEADY, Child, Forked, Seat, free_slots
from sekisho.serve.control import Order, Orders, Report, command, from_environment, report, reports
from sekisho.serve.notify import Notifier


def child(born: float) -> Child:
    return Child(Forked(1), socket.socketpair()[0], born)


def never(_: float) -> Child:
    raise AssertionError


def test_the_pause_after_a_death_doubles_up_to_a_limit() -> None:
    seat = Seat("worker-0", never, 0)
    pauses = []
    for now in range(12):
        seat.child = child(float(now))
        seat.vacate(float(now))
        pauses.append(seat.due - now)
    assert pauses[:3] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE])
    assert pauses[-1] == LONGEST_PAUSE


def test_a_death_after_a_steady_life_counts_as_the_first() -> None:
    seat = Seat("worker-0", never, 0, deaths=9)
    seat.child = child(0.0)
    seat.vacate(STEADY)
    assert seat.due == STEADY + FIRST_PAUSE


@given(taken=st.sets(st.integers(0, 20)), count=st.integers(0, 10))
def test_free_slots_are_the_lowest_that_nobody_has(taken: set[int], count: int) -> None:
    slots = free_slots(taken, count)
    assert len(slots) == count
    assert not taken & set(slots)
    assert all(slot in taken or slot in slots for slot in range(max(slots, default=-1)))


@pytest.mark.parametrize(
    ("act", "order"),
    [
        (lambda line: command(line, Order.DRAIN), Order.DRAIN),
        (lambda line: command(line, Order.STOP), Order.STOP),
        (lambda line: line.sendall(b"drain\nstop\n"), Order.STOP),
        (lambda line: line.close(), Order.DRAIN),
    ],
)
def test_a_child_hears_the_strictest_order_and_an_orphan_drains(
    act: Callable[[socket.socket], object], order: Order
) -> None:
    ours, theirs = socket.socketpair()
    act(ours)
    assert Orders(theirs).wait() is order


def test_an_orphan_is_told_once() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    orders = Orders(theirs)
    assert [orders.wait(0), orders.wait(0)] == [Order.DRAIN, None]


def test_without_an_order_there_is_nothing_to_do() -> None:
    _ours, theirs = socket.socketpair()
    assert Orders(theirs).wait(0) is None


def test_a_worker_reports_and_neither_side_minds_that_the_other_has_gone() -> None:
    ours, theirs = socket.socketpair()
    report(theirs, Report.READY)
    report(theirs, Report.CLOSED)
    assert reports(ours) == [Report.READY, Report.CLOSED]
    theirs.close()
    command(ours, Order.STOP)
    assert reports(ours) == []
    ours, theirs = socket.socketpair()
    ours.close()
    report(theirs, Report.READY)


def test_an_executed_child_finds_its_line() -> None:
    ours, theirs = socket.socketpair()
    line = from_environment({"SEKISHO_CONTROL": str(os.dup(theirs.fileno()))})
    assert line is not None
    command(ours, Order.STOP)
    assert Orders(line).wait() is Order.STOP
    assert from_environment({}) is None


def test_without_systemd_nothing_is_told() -> None:
    notifier = Notifier({})
    notifier.ready()
    assert notifier.watchdog is None


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "often"}, None),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_asked_and_only_if_it_is_ours(
    environ: dict[str, str], seconds: float | None
) -> None:
    assert Notifier(environ).watchdog == seconds


def test_a_notice_to_nobody_does_not_stop_us() -> None:
    Notifier({"NOTIFY_SOCKET": "/nowhere/notify"}).stopping()


def test_an_abstract_notify_socket_is_reached() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        name = f"sekisho-test-{os.getpid()}"
        systemd.bind(f"\0{name}")
        Notifier({"NOTIFY_SOCKET": f"@{name}"}).alive()
        assert systemd.recv(100) == b"WATCHDOG=1"
