"""A store moves to another database, and back, without losing or changing anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sekisho.core.actions import OnExpiry
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, audit
from sekisho.store.content import ContentFiles
from sekisho.store.copy import CannotCopy, copy
from sekisho.store.tables import metadata, pieces
from sekisho.store.unit import Entry, View
from tests.support import postgresql
from tests.support.stores import NOW, a_transaction, a_wait, hold_one, opened, stored_octets

BIG = bytes(range(256)) * 3000
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def silent(*_: object) -> None:
    """Nobody watches."""


@pytest.fixture
def target(kind: str, tmp_path: Path) -> Store:
    other = tmp_path / "other"
    other.mkdir()
    store = opened(OTHER[kind], other)
    store.upgrade()
    return store


@pytest.fixture
def filled(store: Store) -> list[str]:
    """Holds with small and big content, decided and not, with odd octets everywhere."""
    odd = a_transaction("<x@partner.example>", "<Ä@b.example>", body=b"\0\xff", fields=[("X", "\udc80"[:0] + "\x01")])
    made = [
        hold_one(store, transaction=a_transaction(body=BIG)),
        hold_one(store, a_wait("r", timedelta(1), OnExpiry.SEND)),
    ]
    made.append(hold_one(store, transaction=odd))
    decide(store, made[0], Choice.RELEASE, Actor("me\0\udc80", "operator"), NOW, reason="'; --\u2028")
    return made


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    tables = [table for table in metadata.sorted_tables if table is not pieces]

    def rows(view: View) -> dict[str, list[tuple[object, ...]]]:
        found = {table.name: view.connection.execute(select(table)) for table in tables}
        return {name: sorted(map(tuple, result), key=repr) for name, result in found.items()}

    return store.read(rows)


def test_everything_arrives_and_comes_back(
    store: Store, target: Store, filled: list[str], kind: str, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    copied = copy(store, target, lambda *step: told.append(step))
    assert (copied.contents, copied.missing) == (1, ())
    assert everything(target) == everything(store)
    assert [stored_octets(target, hold) for hold in filled] == [stored_octets(store, hold) for hold in filled]
    assert target.read(audit.verify) == store.read(audit.verify)
    assert ("messages", 3, 3) in told
    third = tmp_path / "third"
    third.mkdir()
    back = opened(kind, third)
    back.upgrade()
    copy(target, back, silent)
    assert everything(back) == everything(store)
    decide(back, filled[1], Choice.REJECT, Actor("me", "operator"), NOW)
    assert back.read(audit.verify).broken_at is None
    for one in (target, back):
        one.close()
    postgresql.forget(third)
    postgresql.forget(tmp_path / "other")


def test_a_store_that_is_used_already_is_not_copied_into(store: Store, target: Store, filled: list[str]) -> None:
    hold_one(target)
    before = everything(target)
    with pytest.raises(CannotCopy, match=r"not empty: it has rows in .*messages"):
        copy(store, target, silent)
    assert everything(target) == before


def test_an_interrupted_copy_leaves_nothing_and_can_be_made_again(
    store: Store, target: Store, filled: list[str]
) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        if what == "holds":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(store, target, interrupt)
    copy(store, target, silent)
    assert everything(target) == everything(store)


def test_a_source_that_is_written_to_meanwhile_is_noticed(store: Store, target: Store, filled: list[str]) -> None:
    def write(what: str, done: int, total: int) -> None:
        if what == "holds":
            store.write(lambda unit: unit.record(Entry(NOW, "", "gateway", "meanwhile")))

    with pytest.raises(CannotCopy, match="written to meanwhile"):
        copy(store, target, write)


def test_content_that_is_gone_is_named(store: Store, target: Store, filled: list[str]) -> None:
    (message,) = [message for message, _, _ in store.files.listing()]
    store.files.discard(message)
    assert copy(store, target, silent).missing == (message,)


@pytest.mark.parametrize("change", [lambda octets: octets[:-1], lambda octets: b"x" + octets[1:]])
def test_content_that_arrives_changed_is_noticed(
    store: Store, target: Store, filled: list[str], monkeypatch: pytest.MonkeyPatch, change: Callable[[bytes], bytes]
) -> None:
    write = type(target.files).write

    def damaging(files: ContentFiles, message: str, given: object) -> None:
        write(files, message, [change(b"".join(given))])  # type: ignore[arg-type]

    monkeypatch.setattr(type(target.files), "write", damaging)
    with pytest.raises(CannotCopy, match="arrived changed"):
        copy(store, target, silent)
