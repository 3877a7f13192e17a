"""Statements that go straight to the driver say and find what they would through SQLAlchemy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, insert, select, update

from sekisho.core.lifecycle import State
from sekisho.store import Store, StoreUnavailable
from sekisho.store.tables import audit_head, chunks, outbox, recipients
from sekisho.store.unit import Row, Unit
from tests.support.stores import NOW, hold_one

_SENDER = select(recipients.c.raw, recipients.c.params, recipients.c.state, recipients.c.decided).where(
    recipients.c.hold == bindparam("hold"), recipients.c.ordinal == 0
)
_DECIDE = (
    update(recipients)
    .where(recipients.c.hold == bindparam("of"))
    .values(decided=bindparam("at"), state=State.RELEASING, reply=bindparam("said"))
)


def test_values_pass_through_their_types_both_ways(store: Store) -> None:
    hold = hold_one(store)

    def work(unit: Unit) -> int:
        return unit.change(_DECIDE, {"of": hold, "at": NOW + timedelta(microseconds=1), "said": "\ud800\0x"})

    assert store.write(work) == 1
    (row,) = store.read(lambda view: view.ask(_SENDER, hold=hold))
    assert row == (b"<x@partner.example>", [], State.RELEASING, NOW + timedelta(microseconds=1))
    assert store.read(lambda view: view.connection.scalars(select(recipients.c.reply)).all()) == ["?\ufffdx"]


def test_what_was_added_is_found_within_the_transaction(store: Store) -> None:
    row = {column.name: "" for column in outbox.c} | {"payload": {"a": 1}, "created": NOW, "due": None, "attempts": 0}

    def work(unit: Unit) -> list[tuple[object, ...]]:
        unit.add(outbox, *({**row, "id": f"{n:026}", "leased_until": None} for n in range(3)))
        return unit.ask(select(outbox.c.id, outbox.c.payload).order_by(outbox.c.id))

    assert store.write(work) == [(f"{n:026}", {"a": 1}) for n in range(3)]


def test_what_the_driver_raises_is_the_stores_failure(store: Store) -> None:
    again = insert(audit_head)
    with pytest.raises(StoreUnavailable, match=r"UNIQUE|duplicate key"):
        store.write(lambda unit: unit.change(again, {"chain": 1, "sequence": 0, "hash": ""}))


def test_what_fails_among_several_changes_is_the_stores_failure_and_nothing_is_kept(store: Store) -> None:
    row: Row = {column.name: "" for column in outbox.c} | {"payload": {}, "created": NOW, "due": None, "attempts": 0}

    def work(unit: Unit) -> None:
        unit.add(outbox, {**row, "id": "1", "leased_until": None})
        unit.add(chunks, {"message": "there is none", "ordinal": 0, "octets": b""})

    with pytest.raises(StoreUnavailable, match=r"(?i)foreign key"):
        store.write(work)
    assert store.read(lambda view: view.ask(select(outbox.c.id))) == []
    hold_one(store)
