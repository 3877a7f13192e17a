"""The database's version, made and checked by the program itself."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from sekisho.core.lifecycle import State
from sekisho.core.terms import USUAL
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable, locks, open_store, schema
from sekisho.store.errors import SchemaOutdated
from sekisho.store.tables import metadata
from sekisho.store.unit import Unit
from tests.support.stores import NOW, ONLY_SQLITE, loaded, opened


def test_migrations_make_the_tables_that_the_program_uses(store: Store) -> None:
    with store._engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    store.upgrade()
    store.check()


@ONLY_SQLITE
def test_an_absent_database_is_named_and_not_created(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path)
    with pytest.raises(StoreUnavailable, match="no database"):
        store.check()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        store.read(lambda view: view.connection.execute(text("SELECT 1")))
    assert not (tmp_path / "sekisho.db").exists()


@ONLY_SQLITE
def test_a_database_without_tables_is_outdated(kind: str, tmp_path: Path) -> None:
    (tmp_path / "sekisho.db").touch()
    store = opened(kind, tmp_path)
    with pytest.raises(SchemaOutdated, match="version none"):
        store.check()


def test_a_database_of_a_later_program_is_refused(store: Store) -> None:
    def later(unit: Unit) -> None:
        unit.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    store.write(later)
    with pytest.raises(SchemaOutdated):
        store.check()
    with pytest.raises(SchemaOutdated):
        store.upgrade()


@ONLY_SQLITE
def test_what_is_no_database_is_named(kind: str, tmp_path: Path) -> None:
    (tmp_path / "sekisho.db").write_bytes(b"not a database at all" * 100)
    store = opened(kind, tmp_path)
    with pytest.raises(StoreUnavailable, match="not a database"):
        store.upgrade()


@ONLY_SQLITE
def test_a_folder_that_cannot_be_made_is_named(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match=r"Not a directory|File exists"):
        opened(kind, tmp_path / "file").upgrade()


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///"])
def test_a_bad_url_is_refused_when_the_store_is_opened(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"store\.url"):
        open_store(url, tmp_path)


@ONLY_SQLITE
def test_commits_are_synced_and_logged_ahead(store: Store) -> None:
    def pragma(unit: Unit) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [unit.connection.scalar(text(f"PRAGMA {name}")) for name in names]

    assert store.write(pragma) == ["wal", 2, 1]


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="read-only"):
        store.read(lambda view: view.connection.execute(text("DELETE FROM audit")))


_FIRST = """
INSERT INTO messages VALUES ('M', 'key', 5, 'mx', 'gw1', '4ABC', x'3c613e', '[]', 'a@b.example',
  '{"address": "192.0.2.1"}', 's', 'a@b.example', 'a@b.example', '<1@b>', 3, 'd', '[]', 0);
INSERT INTO holds VALUES ('H', 'M', 'held', 1, 5000000, 9000000, '["r"]', '[]',
  '{"findings": [], "reasons": {}, "score": 0}', 1);
INSERT INTO recipients VALUES ('H', 0, x'3c783e', '[]', 'x', 'held', NULL, '', '', 0);
INSERT INTO waits VALUES ('H', 0, 'r', 'manager', 9000000, 'return', NULL, '', 9000000)
"""


@ONLY_SQLITE
def test_holds_of_the_first_version_wait_for_the_operator_and_their_timers_run(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path)
    store.files.create()
    schema.create_file(tmp_path / "sekisho.db")
    with store._engine.begin() as connection:
        schema.upgrade(connection, "0001")
        for statement in _FIRST.split(";\n"):
            connection.execute(text(statement.replace(":", r"\:")))
    store.upgrade()
    store.check()
    hold = loaded(store, "H")
    (lock,) = hold.waits
    assert (lock.terms, lock.started, lock.expires) == (USUAL, hold.created, hold.expires)
    assert (hold.outcome, hold.passed, hold.asks) == ("", False, ())
    assert store.read(lambda view: locks.due_waits(view, hold.expires or NOW, 9)) == ["H"]
    decide(store, "H", Choice.RELEASE, Actor("root", "operator"), NOW)
    assert loaded(store, "H").state is State.RELEASING
