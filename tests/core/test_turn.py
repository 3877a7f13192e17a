"""One message of a process is judged at a time; who waits for something outside lets others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, get_ident

import pytest

from sekisho.core import turn
from sekisho.core.content import Octets
from sekisho.core.opened import NOTHING, Opened
from sekisho.core.parts import Part
from sekisho.core.turn import TURN, Turn
from sekisho.lists.remote import Fetched, Remembered
from sekisho.lists.table import Table
from sekisho.lists.watched import Clocks
from sekisho.sandbox.pool import Pool

Work = Callable[[], object]


@pytest.fixture
def others() -> Iterator[Callable[[Work], Future[object]]]:
    """Runs something in another thread."""
    with ThreadPoolExecutor(4) as threads:
        yield threads.submit


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much that only a turn that was left can be taken."""
    monkeypatch.setattr(turn, "PATIENCE", 30.0)


def take(one: Turn) -> bool:
    """Whether it could be had."""
    with one:
        return one._holder == get_ident()


@pytest.mark.usefixtures("patience")
def test_the_next_goes_on_when_the_first_has_done(others: Callable[[Work], Future[object]]) -> None:
    one, done = Turn(), []

    def second() -> None:
        with one:
            done.append("second")

    with one:
        waiting = others(second)
        done.append("first")
    waiting.result()
    assert done == ["first", "second"]


def test_nobody_waits_longer_than_patience(
    others: Callable[[Work], Future[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.001)
    one, end = Turn(), Event()

    def impatient() -> None:
        with one:
            one.leave()  # it was not its turn

    def holder() -> None:
        with one:
            begun.set()
            end.wait()

    begun = Event()
    held = others(holder)
    begun.wait()
    others(impatient).result()
    assert one._lock.locked()
    end.set()
    held.result()
    assert not one._lock.locked()


@pytest.mark.usefixtures("patience")
def test_a_turn_that_was_left_is_not_taken_from_the_next(others: Callable[[Work], Future[object]]) -> None:
    one, begun, end = Turn(), Event(), Event()

    def second() -> None:
        with one:
            begun.set()
            end.wait()

    with one:
        one.leave()
        waiting = others(second)
        begun.wait()
    assert one._lock.locked()
    end.set()
    waiting.result()


@pytest.mark.usefixtures("patience")
def test_others_go_on_while_a_list_or_a_file_is_waited_for(
    others: Callable[[Work], Future[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []

    def elsewhere(name: str) -> None:
        if others(lambda: take(TURN)).result():
            passed.append(name)

    def ask(_local: str, _domain: str) -> bool:
        elsewhere("asked")
        return True

    def fetch() -> Table:
        elsewhere("fetched")
        return Table([])

    def extracted(_part: Part) -> tuple[Opened, bool]:
        elsewhere("opened")
        return NOTHING, True

    clocks = Clocks(lambda: 0.0, lambda: 0.0, lambda work: work())
    asked = Remembered("r", ask, 60, clocks)
    fetched = Fetched("f", fetch, 60, clocks, logging.getLogger("test"))
    with Pool() as pool:
        monkeypatch.setattr(pool, "_ask", extracted)
        for wait in (
            lambda: asked.contains("a", "x.jp"),
            lambda: fetched.contains("a", "x.jp"),
            lambda: pool.open(Part("attachment:a", ("a",), "application/zip", Octets(b"PK"), attached=True)),
        ):
            with TURN:
                wait()
    assert passed == ["asked", "fetched", "opened"]
