"""Many holds are settled in few transactions, and what one of them does wrong harms no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from sekisho.quarantine.together import ASIDE, TOGETHER, Aside, settle_all
from sekisho.store import Store, StoreUnavailable, audit
from sekisho.store.unit import Entry, Unit
from tests.support.stores import NOW

IDS = [f"h{number}" for number in range(2 * TOGETHER + 1)]


def no_trouble(hold: str, error: Exception) -> None:
    raise AssertionError(hold) from error


def settled(store: Store) -> list[str]:
    return [row.hold for row in store.read(lambda view: audit.entries(view, limit=1000))]


def noting(*broken: str) -> Callable[[Unit, str], bool]:
    """Work that puts a hold on record, and then fails for those that are broken."""

    def work(unit: Unit, hold: str) -> bool:
        unit.record(Entry(NOW, "", "timer", "open", hold))
        if hold in broken:
            raise ZeroDivisionError
        return hold != "h1"

    return work


def test_a_transaction_settles_several_and_tells_how_many_changed(store: Store) -> None:
    commits: list[object] = []
    store.write(lambda unit: None)
    event.listen(store._engine, "commit", commits.append)
    assert settle_all(store, IDS, noting(), no_trouble) == len(IDS) - 1
    assert settled(store) == IDS
    assert len(commits) == 3


def test_one_that_fails_is_named_and_leaves_nothing_behind(store: Store) -> None:
    troubles: list[tuple[str, str]] = []
    changed = settle_all(store, IDS, noting("h3", "h25"), lambda hold, error: troubles.append((hold, repr(error))))
    assert changed == len(IDS) - 3
    assert sorted(settled(store)) == sorted(set(IDS) - {"h3", "h25"})
    assert troubles == [("h3", "ZeroDivisionError()"), ("h25", "ZeroDivisionError()")]


def test_a_row_that_the_database_cannot_read_is_one_holds_trouble(store: Store) -> None:
    def work(unit: Unit, hold: str) -> bool:
        if hold == "h7":
            raise sqlite3.DatabaseError("database disk image is malformed")
        return noting()(unit, hold)

    troubles: list[str] = []
    assert settle_all(store, IDS, work, lambda hold, _: troubles.append(hold)) == len(IDS) - 2
    assert troubles == ["h7"]


def test_a_store_that_is_away_is_no_holds_trouble(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(connection: object) -> None:
        raise sqlite3.OperationalError("away")

    store.write(lambda unit: None)
    monkeypatch.setattr(store._engine.dialect, "do_commit", away)
    with pytest.raises(StoreUnavailable):
        settle_all(store, IDS, noting(), no_trouble)
    monkeypatch.undo()
    assert settled(store) == []


def test_what_could_not_be_settled_is_left_alone_for_a_minute() -> None:
    aside = Aside()
    aside.put("h1", NOW)
    assert aside.holds(NOW + ASIDE - timedelta(microseconds=1)) == {"h1"}
    assert aside.holds(NOW + ASIDE) == frozenset()


def test_a_clock_that_was_put_back_leaves_nobody_aside_for_long() -> None:
    aside = Aside()
    aside.put("h1", NOW)
    assert aside.holds(NOW - timedelta(hours=3)) == frozenset()
