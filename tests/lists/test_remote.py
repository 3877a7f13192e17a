"""Lists kept elsewhere: asked no more than needed; the last good answers count while a source is away."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

import pytest

from sekisho.core.ports import Unavailable
from sekisho.lists import remote
from sekisho.lists.entries import BadList, Flaw
from sekisho.lists.remote import PAUSE, STALE, Fetched, Remembered
from sekisho.lists.table import Table
from sekisho.lists.watched import Clocks

LOG = logging.getLogger("test")


class Source:
    """A clock that tests move, and a source whose answers they choose."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.answer = True
        self.error: Exception | None = None
        self.asked: list[str] = []
        self.started: list[Callable[[], None]] = []
        self.clocks = Clocks(lambda: self.now, lambda: self.now, self.started.append)

    def ask(self, local: str, domain: str) -> bool:
        self.asked.append(f"{local}@{domain}")
        if self.error:
            raise self.error
        return self.answer

    def fetch(self) -> Table:
        return Table(["a.jp"] if self.ask("all", "jp") else [])


@pytest.fixture
def source() -> Source:
    return Source()


def test_an_answer_is_remembered_for_a_while(source: Source) -> None:
    found = Remembered("p", source.ask, 60, source.clocks)
    assert found.contains("A", "x.jp")
    source.answer = False
    assert found.contains("a", "x.jp")
    source.now += 60
    assert not found.contains("a", "x.jp")
    assert source.asked == ["a@x.jp", "a@x.jp"]


def test_the_last_answer_stands_in_for_a_source_that_is_away(source: Source) -> None:
    found = Remembered("p", source.ask, 60, source.clocks)
    assert found.contains("a", "x.jp")
    source.error = Unavailable("p", "down")
    source.now += 100
    assert found.contains("a", "x.jp")
    with pytest.raises(Unavailable, match="list p: down"):
        found.contains("b", "x.jp")
    source.now += STALE
    with pytest.raises(Unavailable):
        found.contains("a", "x.jp")


def test_a_source_that_is_away_is_left_alone_for_some_seconds(source: Source) -> None:
    found = Remembered("p", source.ask, 60, source.clocks)
    source.error = Unavailable("p", "down")
    for _ in range(10):
        with pytest.raises(Unavailable):
            found.contains("a", "x.jp")
    assert len(source.asked) == 1
    source.error = None
    source.now += PAUSE
    assert found.contains("a", "x.jp")


def test_of_too_many_answers_the_oldest_are_forgotten(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_ANSWERS", 3)
    found = Remembered("p", source.ask, 60, source.clocks)
    for number in range(10):
        found.contains(str(number), "x.jp")
    assert len(found) == 3


def test_a_list_is_fetched_at_the_first_question_and_again_in_time_beside_the_traffic(source: Source) -> None:
    found = Fetched("p", source.fetch, 300, source.clocks, LOG)
    assert source.asked == []
    assert found.contains("x", "a.jp")
    assert len(found) == 1
    source.answer = False
    source.now += 300
    assert found.contains("x", "a.jp")
    assert found.contains("x", "a.jp")
    assert len(source.started) == 1
    source.started[0]()
    assert not found.contains("x", "a.jp")


@pytest.mark.parametrize("error", [Unavailable("db", "down"), BadList([Flaw("db", 1, 1, "bad")])])
def test_the_last_copy_stays_while_a_source_is_away(
    source: Source, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    found = Fetched("p", source.fetch, 300, source.clocks, LOG)
    assert found.contains("x", "a.jp")
    source.error = error
    source.now += 300
    found.contains("x", "a.jp")
    source.started.pop()()
    assert found.contains("x", "a.jp")
    assert len(caplog.records) == 1
    source.error, source.answer = None, False
    source.now += PAUSE
    found.contains("x", "a.jp")
    source.started.pop()()
    assert not found.contains("x", "a.jp")


def test_a_list_that_was_never_fetched_is_unavailable(source: Source) -> None:
    found = Fetched("p", source.fetch, 300, source.clocks, LOG)
    source.error = Unavailable("db", "down")
    for _ in range(3):
        with pytest.raises(Unavailable, match="list p: down"):
            found.contains("x", "a.jp")
    assert len(source.asked) == 1
    source.error = None
    source.now += PAUSE
    assert found.contains("x", "a.jp")


def test_the_age_of_answers_grows_while_the_source_is_away(source: Source) -> None:
    found = Remembered("p", source.ask, 60, source.clocks)
    source.error = Unavailable("p", "down")
    assert found.age() == math.inf
    source.now += PAUSE
    source.error = None
    assert found.age() == 0
    source.error = Unavailable("p", "down")
    source.now += 100
    assert found.age() == 100


def test_the_age_of_a_copy_is_since_it_was_fetched_and_nobody_waits_to_learn_it(source: Source) -> None:
    found = Fetched("d", source.fetch, 300, source.clocks, LOG)
    assert found.age() == math.inf
    source.started.pop()()
    source.now += 299
    assert found.age() == 299
    source.error = Unavailable("d", "down")
    source.now += 1
    assert found.age() == 300
    source.started.pop()()
    source.now += PAUSE
    assert found.age() == 300 + PAUSE
    assert found.contains("x", "a.jp")
