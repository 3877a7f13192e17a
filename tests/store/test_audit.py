"""The audit chain shows what was done to it."""

from __future__ import annotations

import pytest

from sekisho.store import Store, audit
from sekisho.store.unit import Entry, Unit
from tests.support.stores import NOW


@pytest.fixture
def written(store: Store) -> Store:
    """A store with ten rows on record, written in two transactions."""
    for start in (0, 5):

        def work(unit: Unit, start: int = start) -> None:
            for n in range(start, start + 5):
                unit.record(Entry(NOW, f"who{n}\0\udc80", "person", "release", f"H{n}", "why", {"n": n, "o": "\udc80"}))

        store.write(work)
    return store


def tamper(store: Store, *statements: str) -> None:
    def work(unit: Unit) -> None:
        for statement in statements:
            unit.connection.exec_driver_sql(statement)

    store.write(work)


def test_an_untouched_chain_is_whole(written: Store) -> None:
    assert written.read(audit.verify) == audit.Verified(10)
    assert [row.hold for row in written.read(audit.entries)] == [f"H{n}" for n in range(10)]


def test_entries_can_be_asked_for_one_hold_and_page_by_page(written: Store) -> None:
    assert [row.sequence for row in written.read(lambda view: audit.entries(view, hold="H3"))] == [4]
    assert [row.sequence for row in written.read(lambda view: audit.entries(view, after=7, limit=2))] == [8, 9]


@pytest.mark.parametrize("column", ["actor", "role", "action", "hold", "reason", "details", "hash"])
def test_one_changed_octet_is_found(written: Store, column: str) -> None:
    tamper(
        written, f"UPDATE audit SET {column} = substr({column}, 1, 1) || 'x' || substr({column}, 3) WHERE sequence = 4"
    )
    assert len(written.read(audit.entries)) == 10
    found = written.read(audit.verify)
    assert (found.rows, found.broken_at) == (3, 4)


def test_a_changed_moment_is_found(written: Store) -> None:
    tamper(written, "UPDATE audit SET at = at + 1 WHERE sequence = 10")
    assert written.read(audit.verify).broken_at == 10


def test_a_removed_row_is_found(written: Store) -> None:
    tamper(written, "DELETE FROM audit WHERE sequence = 4")
    assert written.read(audit.verify).broken_at == 4


def test_a_removed_row_is_found_though_the_rest_was_renumbered(written: Store) -> None:
    tamper(
        written, "DELETE FROM audit WHERE sequence = 4", "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 4"
    )
    assert written.read(audit.verify).broken_at == 4


def test_two_exchanged_rows_are_found(written: Store) -> None:
    tamper(
        written,
        "UPDATE audit SET sequence = 99 WHERE sequence = 4",
        "UPDATE audit SET sequence = 4 WHERE sequence = 5",
        "UPDATE audit SET sequence = 5 WHERE sequence = 99",
    )
    assert written.read(audit.verify).broken_at == 4


def test_a_cut_off_end_is_found(written: Store) -> None:
    tamper(written, "DELETE FROM audit WHERE sequence > 8")
    found = written.read(audit.verify)
    assert (found.rows, found.broken_at) == (8, 9)
