"""What only a database server can do: be of another version, be away, stand still, or be shared by two gateways."""

from __future__ import annotations

import importlib.util
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from integration.guard import Guard
from integration.postgresql import PostgreSQL
from sekisho.core.lifecycle import State
from sekisho.store import Store, StoreUnavailable, audit, open_store, postgresql
from sekisho.store.errors import SchemaOutdated
from sekisho.store.unit import Entry, Unit
from tests.support.postgresql import cluster
from tests.support.stores import NOW, a_transaction, hold_one, loaded, opened, stored_octets

KIND = "postgresql"


@pytest.fixture
def kind() -> str:
    return KIND


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """A server of our own, to be stopped."""
    with Guard() as guard, PostgreSQL(guard) as running:
        yield running


@pytest.fixture
def ours(server: PostgreSQL, tmp_path: Path) -> Iterator[Store]:
    store = open_store(server.url(server.create()), tmp_path)
    store.upgrade()
    yield store
    store.close()


def recording(action: str) -> Callable[[Unit], str]:
    def work(unit: Unit) -> str:
        unit.record(Entry(NOW, "me", "person", action))
        return action

    return work


def recorded(store: Store) -> list[str]:
    return [row.action for row in store.read(audit.entries)]


def test_a_store_without_tables_is_not_made_ready_but_refused(tmp_path: Path) -> None:
    store = open_store(cluster().url(cluster().create()), tmp_path)
    with pytest.raises(SchemaOutdated, match="version none"):
        store.make_ready()
    store.upgrade()
    store.make_ready()
    store.close()


@pytest.mark.parametrize(
    ("database", "port", "why"), [("nowhere", None, "does not exist"), ("postgres", 1, "[Cc]onnection refused")]
)
def test_what_cannot_be_reached_is_named(tmp_path: Path, database: str, port: int | None, why: str) -> None:
    url = f"postgresql+psycopg://sekisho@127.0.0.1:{port or cluster().port}/{database}"
    store = open_store(url, tmp_path)
    with pytest.raises(StoreUnavailable, match=why):
        store.check()
    with pytest.raises(StoreUnavailable, match=why):
        store.write(recording("no"))


def test_a_commit_is_synced_whatever_the_server_would_do(server: PostgreSQL, tmp_path: Path) -> None:
    name = server.create()
    server.sql(f"ALTER DATABASE {name} SET synchronous_commit TO off")
    store = open_store(server.url(name), tmp_path)
    store.upgrade()
    assert store.write(lambda unit: unit.connection.scalar(text("SHOW synchronous_commit"))) == "on"
    store.close()


def test_without_psycopg_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(StoreUnavailable, match=r"install sekisho\[postgresql\]"):
        open_store("postgresql+psycopg://a@b/c", tmp_path)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL], ids=["fast", "immediate", "crash"])
def test_after_a_restart_of_the_server_it_goes_on_by_itself(
    server: PostgreSQL, ours: Store, how: signal.Signals
) -> None:
    assert ours.write(recording("before")) == "before"
    hold = hold_one(ours, transaction=a_transaction(body=bytes(1 << 20)))
    server.stop(how)
    with pytest.raises(StoreUnavailable):
        ours.write(recording("meanwhile"))
    server.start()
    assert ours.write(recording("after")) == "after"
    assert recorded(ours) == ["before", "held", "after"]
    assert len(stored_octets(ours, hold)) > 1 << 20


def test_a_connection_that_was_closed_while_nothing_was_done_costs_nobody_an_error(
    server: PostgreSQL, ours: Store
) -> None:
    ours.write(recording("before"))
    server.stop()
    server.start()
    assert ours.write(recording("after")) == "after"


def test_a_server_that_stands_still_is_not_waited_for(
    server: PostgreSQL, ours: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PATIENCE", 0.5)
    monkeypatch.setattr(postgresql, "CONNECT", 1)
    ours.write(recording("before"))
    ours.read(audit.last)
    with server.stuck():
        with pytest.raises(StoreUnavailable, match="did not answer in time"):
            ours.write(recording("meanwhile"))
        with pytest.raises(StoreUnavailable, match="connection timeout"):
            ours.read(audit.last)
    assert ours.write(recording("after")) == "after"
    assert "after" in recorded(ours)


def test_transactions_that_cross_are_done_again_one_by_one(kind: str, store: Store, tmp_path: Path) -> None:
    """Two gateways lock the same two holds in opposite order."""
    other = opened(kind, tmp_path)
    first, second = hold_one(store), hold_one(store, transaction=a_transaction(body=b"2"))
    meeting = threading.Barrier(2)
    met: dict[Store, bool] = {}

    def both(mine: Store, one: str, two: str) -> None:
        def work(unit: Unit) -> None:
            for number, hold in enumerate((one, two)):
                unit.connection.exec_driver_sql(f"UPDATE holds SET offered = offered + 1 WHERE id = '{hold}'")
                if number == 0 and not met.setdefault(mine, False):
                    met[mine] = True
                    meeting.wait(10)
            unit.record(Entry(NOW, "", "gateway", "both"))

        mine.write(work)

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(both, store, first, second), threads.submit(both, other, second, first)]
        for one in done:
            one.result()
    assert {loaded(store, hold).offered for hold in (first, second)} == {3}
    assert store.read(audit.verify) == audit.Verified(4)
    other.close()


def test_a_crossing_that_shows_among_many_changes_is_done_again(store: Store) -> None:
    """The server says so of a row that was sent together with others, once."""
    crossed = "IF nextval('tries') = 1 THEN RAISE EXCEPTION 'crossed' USING ERRCODE = '40P01'; END IF; RETURN NEW;"
    crossing = f"""
        CREATE SEQUENCE tries;
        CREATE FUNCTION crossed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {crossed} END $$;
        CREATE TRIGGER crossed BEFORE INSERT ON recipients FOR EACH ROW EXECUTE FUNCTION crossed();
    """
    store.write_in_bulk(lambda connection: connection.exec_driver_sql(crossing))
    hold = hold_one(store)
    assert loaded(store, hold).state is State.HELD
    assert store.read(lambda view: view.connection.exec_driver_sql("SELECT last_value FROM tries").scalar()) == 2


def test_readers_see_one_moment(kind: str, store: Store) -> None:
    def twice(view: object) -> tuple[int, int]:
        before = audit.last(view)  # type: ignore[arg-type]
        store.write(recording("between"))
        return before, audit.last(view)  # type: ignore[arg-type]

    assert store.read(twice) == (0, 0)
    assert store.read(audit.last) == 1
