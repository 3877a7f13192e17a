"""One writer commits for all, and each caller gets its own answer."""

from __future__ import annotations

import queue
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, select

from sekisho.store import Store, StoreUnavailable, audit, writer
from sekisho.store.tables import audit_head
from sekisho.store.unit import Entry, Unit
from tests.support.stores import NOW, ONLY_SQLITE, opened

LOST = sqlite3.OperationalError("connection lost")


def entry(action: str) -> Entry:
    return Entry(NOW, "me", "person", action)


def recorded(store: Store) -> list[str]:
    return [row.action for row in store.read(audit.entries)]


def recording(action: str) -> Callable[[Unit], str]:
    def work(unit: Unit) -> str:
        unit.record(entry(action))
        return action

    return work


def test_work_that_waits_together_is_committed_together(store: Store) -> None:
    commits: list[object] = []
    event.listen(store._engine, "commit", commits.append)
    busy, go_on = threading.Event(), threading.Event()

    def block(unit: Unit) -> None:
        busy.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(21) as threads:
        first = threads.submit(store.write, block)
        assert busy.wait(10)
        rest = [threads.submit(store.write, recording(f"a{n}")) for n in range(20)]
        while store._writer._jobs.qsize() < 20:
            threading.Event().wait(0.001)
        go_on.set()
        assert first.result() is None
        assert [one.result() for one in rest] == [f"a{n}" for n in range(20)]
    assert len(commits) == 2
    assert sorted(recorded(store)) == sorted(f"a{n}" for n in range(20))


def test_as_many_as_were_committed_together_are_awaited(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that come again one after the other are one commit; a store that is closed waits for nobody."""
    monkeypatch.setattr(writer, "_MOMENT", 3600.0)
    queued = threading.Semaphore(0)

    class Jobs(queue.SimpleQueue[object]):
        def put(self, item: object, block: bool = True, timeout: float | None = None) -> None:
            super().put(item, block, timeout)
            queued.release()

    store._writer._jobs = Jobs()  # type: ignore[assignment]
    busy, go_on = threading.Event(), threading.Event()

    def block(unit: Unit) -> bool:
        busy.set()
        return go_on.wait(10)

    with ThreadPoolExecutor(3) as threads:
        before: list[Future[object]] = [threads.submit(store.write, block)]
        assert busy.wait(10)
        before += [threads.submit(store.write, recording(f"together {n}")) for n in range(2)]
        assert all(queued.acquire(timeout=10) for _ in before)
        go_on.set()
        assert all(one.result() for one in before)
        commits: list[object] = []
        event.listen(store._engine, "commit", commits.append)
        again = [threads.submit(store.write, recording(f"again {n}")) for n in range(2)]
        assert [one.result() for one in again] == ["again 0", "again 1"]
        assert len(commits) == 1
        alone = threads.submit(store.write, recording("alone"))
        assert all(queued.acquire(timeout=10) for _ in (*again, alone))
        store.close()
        assert alone.result() == "alone"


def test_work_that_raises_is_undone_alone(store: Store) -> None:
    def fail(unit: Unit) -> None:
        unit.record(entry("never"))
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        store.write(fail)
    store.write(recording("kept"))
    assert recorded(store) == ["kept"]


def test_a_locked_database_is_named_and_nothing_is_committed(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path, busy=1.0)
    store.upgrade()
    other = opened(kind, tmp_path)._engine.connect()
    other.execute(select(audit_head).with_for_update())
    with pytest.raises(StoreUnavailable, match="locked") as caught:
        store.write(recording("no"))
    assert caught.value.undone
    other.rollback()
    store.write(recording("yes"))
    assert recorded(store) == ["yes"]
    store.close()
    other.close()


@ONLY_SQLITE
def test_while_the_store_is_open_no_other_process_can_take_its_log_away(store: Store, tmp_path: Path) -> None:
    """Closing a file of the database beside SQLite would drop the locks that prevent it."""
    store.write(recording("open"))
    take = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('PRAGMA journal_mode=DELETE')"
    found = subprocess.run([sys.executable, "-c", take, tmp_path / "sekisho.db"], capture_output=True, check=False)
    assert b"database is locked" in found.stderr


def test_a_commit_whose_answer_was_lost_counts_when_it_is_found(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = store._engine.dialect.do_commit

    def commit_and_lose(connection: object) -> None:
        commit(connection)  # type: ignore[arg-type]
        monkeypatch.undo()
        raise LOST

    store.write(recording("before"))
    monkeypatch.setattr(store._engine.dialect, "do_commit", commit_and_lose)
    assert store.write(recording("lost answer")) == "lost answer"
    assert recorded(store) == ["before", "lost answer"]


def test_a_commit_that_did_not_happen_is_not_called_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(connection: object) -> None:
        monkeypatch.undo()
        raise LOST

    store.write(recording("before"))
    monkeypatch.setattr(store._engine.dialect, "do_commit", lose)
    with pytest.raises(StoreUnavailable) as caught:
        store.write(recording("lost"))
    assert not caught.value.undone
    store.write(recording("after"))
    assert recorded(store) == ["before", "after"]


@ONLY_SQLITE
def test_what_a_failed_sync_left_visible_is_not_called_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = store._engine.dialect.do_commit
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorname = "SQLITE_IOERR_FSYNC"

    def commit_and_fail(connection: object) -> None:
        commit(connection)  # type: ignore[arg-type]
        monkeypatch.undo()
        raise failed

    monkeypatch.setattr(store._engine.dialect, "do_commit", commit_and_fail)
    with pytest.raises(StoreUnavailable, match="input/output error"):
        store.write(recording("perhaps"))


def test_a_mistake_in_the_writer_leaves_nobody_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "chain", broken)
    with pytest.raises(StoreUnavailable, match="ZeroDivisionError"):
        store.write(recording("no"))
    monkeypatch.undo()
    assert store.write(recording("yes")) == "yes"


def test_a_closed_writer_has_finished_what_waited(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(store.write, recording(str(n))) for n in range(50)]
        assert {one.result() for one in done} == {str(n) for n in range(50)}
    store.close()
    assert len(recorded(store)) == 50
