"""Lists asked together are those asked one by one: no list on which an address is may be passed over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.ports import Unavailable
from sekisho.lists import together
from sekisho.lists.models import CsvPlace, FilePlace
from sekisho.lists.opened import NamedLists, open_list
from sekisho.lists.table import Table
from sekisho.lists.watched import Asked, Clocks

LOG = logging.getLogger("test")
entries = st.sampled_from(["a.jp", ".jp", "x@a.jp", "x@b.a.jp", "y@a.jp", "<>", "/^x/", "b.a.jp", ".a.jp"])
addresses = st.sampled_from([("x", "a.jp"), ("X", "b.a.jp"), ("y", "c.jp"), ("", ""), ("postmaster", "")])


class Moment:
    """A clock that tests move, and the threads that would have been started."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.started: list[Callable[[], None]] = []
        self.clocks = Clocks(lambda: self.now, lambda: self.now, self.started.append)


class Away:
    """A list of which nobody can say anything."""

    def contains(self, local: str, domain: str) -> bool:
        raise Unavailable("list", "down")

    def __len__(self) -> int:
        return 0


def holding(lists: NamedLists, names: Mapping[str, object], local: str, domain: str) -> set[str]:
    return set(lists.holding(names, local, domain))


@given(st.lists(st.lists(entries, max_size=4), max_size=12), addresses)
def test_every_list_that_holds_an_address_is_found(given: list[list[str]], address: tuple[str, str]) -> None:
    tables = {f"l{number}": Table(one) for number, one in enumerate(given)}
    found = holding(NamedLists(tables, Moment().clocks), tables, *address)
    assert {name for name, table in tables.items() if table.contains(*address)} == found


def test_lists_that_cannot_stand_in_the_index_are_asked_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "FEW", 2)
    lists: dict[str, Asked] = {"long": Table(["a.jp", "b.jp", "c.jp"]), "away": Away(), "short": Table(["a.jp"])}
    found = NamedLists(lists, Moment().clocks)
    assert holding(found, lists, "x", "b.jp") == {"long", "away"}
    assert holding(found, {"short": 1}, "x", "a.jp") == {"short"}


def test_a_list_that_changes_is_asked_itself_until_the_index_is_new(tmp_path: Path) -> None:
    time, path = Moment(), tmp_path / "l"
    path.write_text("a.jp\n")
    lists = {"l": open_list("l", FilePlace(file=path), time.clocks, date.today, LOG), "m": Table(["b.jp"])}
    found = NamedLists(lists, time.clocks)
    (tmp_path / "new").write_text("b.jp\n")
    (tmp_path / "new").rename(path)
    time.now += 1
    assert holding(found, lists, "x", "b.jp") == {"l", "m"}
    time.started.pop()()
    assert holding(found, lists, "x", "b.jp") == {"l", "m"}
    assert holding(found, lists, "x", "a.jp") == set()
    time.now += 1
    assert holding(found, lists, "x", "b.jp") == {"l", "m"}
    assert time.started == []


def test_an_entry_of_an_address_book_with_a_last_day_is_found_too(tmp_path: Path) -> None:
    time, path = Moment(), tmp_path / "p.csv"
    path.write_text("address,valid-until\na@x.jp,2999-12-31\n")
    lists = {"p": open_list("p", CsvPlace(csv=path), time.clocks, date.today, LOG)}
    assert holding(NamedLists(lists, time.clocks), lists, "A", "x.jp") == {"p"}
