"""One thread with one connection commits for all: what waits goes together, and each caller gets its own answer.

Given pieces of work that change the store through a `Unit`; gives what they return once it is on disk. Work that
raises is undone by itself (the rest is done again) and its caller gets the exception; a failure of the database gives
every waiter `StoreUnavailable`. An error from COMMIT says nothing about its outcome: it is looked up by the audit row
that the transaction would have left, through a new connection, before anybody is answered.

The thread starts with the first piece of work, so a store may be opened before a process forks but not used.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text

from sekisho.store import audit
from sekisho.store.engine import FAILURES, close_quietly, make_log_durable, unavailable
from sekisho.store.errors import StoreUnavailable
from sekisho.store.unit import Unit

T = TypeVar("T")
Work = Callable[[Unit], T]

_MOST = 256
"""Pieces of work in one transaction."""


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: Exception | None = None

    def answer(self) -> None:
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """The one writer of a process."""

    def __init__(self, engine: Engine, path: Path | None, new_id: Callable[[], str]) -> None:
        self._engine = engine
        self._path = path
        self._new_id = new_id
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None

    def write(self, work: Work[T]) -> T:
        """Do the work and commit it, with whatever else is waiting; blocks until it is on disk."""
        job = _Job(work)
        self._start()
        self._jobs.put(job)
        result: T = job.future.result()
        return result

    def close(self) -> None:
        """Finish what waits, and stop."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while jobs := self._waiting():
            try:
                self._commit(jobs)
            except Exception as error:
                # Only a mistake of ours comes here; nobody may be left waiting for ever.
                _fail(jobs, StoreUnavailable(f"unexpected {type(error).__name__}: {error}", undone=False))
                self._drop_connection()
            for job in jobs:
                job.answer()
        self._drop_connection()

    def _waiting(self) -> list[_Job]:
        """Everything that waits now, at least one; nothing when the writer is to stop."""
        first = self._jobs.get()
        if first is None:
            return []
        jobs = [first]
        while len(jobs) < _MOST and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs

    def _commit(self, jobs: list[_Job]) -> None:
        """One transaction for all the jobs: begin, work, audit, commit, and the answer to each."""
        try:
            connection = self._open()
            transaction = connection.begin()
            unit = Unit(connection, self._new_id)
            if not _done_together(unit, jobs):
                transaction.rollback()
                transaction = connection.begin()
                unit = Unit(connection, self._new_id)
                _do_apart(unit, jobs)
            unit.flush()
            mark = audit.chain(connection, unit.entries)
        except FAILURES as error:
            self._drop_connection()
            _fail(jobs, unavailable(error))
            return
        try:
            transaction.commit()
        except FAILURES as error:
            self._drop_connection()
            if not self._is_committed(mark, error):
                _fail(jobs, unavailable(error, undone=False))

    def _open(self) -> Connection:
        """The connection; a new one has synced the database's log before its first transaction."""
        if self._connection is None:
            connection = self._engine.connect()
            try:
                connection.execute(text("SELECT 1 FROM audit_head"))
                connection.rollback()
                if self._path is not None:
                    make_log_durable(self._path)
            except BaseException:
                close_quietly(connection)
                raise
            self._connection = connection
        return self._connection

    def _drop_connection(self) -> None:
        """A connection that has failed is not used again; closing it rolls back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            close_quietly(connection)

    def _is_committed(self, mark: tuple[int, str] | None, error: BaseException) -> bool:
        """Whether the transaction is there after all, and surely durable.

        After SQLite failed to sync, what can be read may still be lost: that is never called committed.
        """
        origin = getattr(error, "orig", None)
        if mark is None or str(getattr(origin, "sqlite_errorname", "")).startswith("SQLITE_IOERR"):
            return False
        try:
            return audit.is_recorded(self._open(), mark)
        except FAILURES:
            return False
        finally:
            self._drop_connection()


def _done_together(unit: Unit, jobs: list[_Job]) -> bool:
    """Do all the work; false, with everything to be undone, if any of it raises. The database's failures are raised."""
    for job in jobs:
        try:
            job.result = job.work(unit)
        except FAILURES:
            raise
        except Exception:
            return False
    return True


def _do_apart(unit: Unit, jobs: list[_Job]) -> None:
    """Do the work, each piece within a savepoint of its own, so that what raises is undone alone."""
    for job in jobs:
        recorded = len(unit.entries)
        savepoint = unit.connection.begin_nested()
        try:
            job.result = job.work(unit)
            unit.flush()
        except FAILURES:
            raise
        except Exception as error:
            savepoint.rollback()
            unit.forget(recorded)
            job.error = error
        else:
            savepoint.commit()


def _fail(jobs: list[_Job], error: StoreUnavailable) -> None:
    for job in jobs:
        if job.error is None:
            job.error = StoreUnavailable(error.why, undone=error.undone)
