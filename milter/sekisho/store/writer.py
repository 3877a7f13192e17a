"""One thread with one connection commits for all: what waits goes together, and each caller gets its own answer.

Given pieces of work that change the store through a `Unit`; gives what they return once it is on disk. Work that
raises is undone by itself (the rest is done again) and its caller gets the exception; a failure of the database gives
every waiter `StoreUnavailable`. An error from COMMIT says nothing about its outcome: it is looked up by the audit row
that the transaction would have left, through a new connection, before anybody is answered. Where another gateway's
transaction crossed ours, or a server closed the connection before COMMIT, the work is done once more.

What waits is collected when the database is ours, so that nobody who came meanwhile waits for another turn. As many as
were committed together are likely to come back together: they are awaited for a moment. Who was not reached in time is
told so and his work is never done; whose work is being done for too long is told that its outcome is not known.

The thread starts with the first piece of work, so a store may be opened before a process forks but not used.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RootTransaction, text

from sekisho.store import audit
from sekisho.store.engine import FAILURES, close_quietly, make_log_durable, unavailable
from sekisho.store.errors import StoreUnavailable
from sekisho.store.postgresql import has_crossed, has_gone
from sekisho.store.turn import Turn
from sekisho.store.unit import Unit

T = TypeVar("T")
Work = Callable[[Unit], T]

_MOST = 256
"""Pieces of work in one transaction."""
_MOMENT = 0.004
"""Seconds for which as many pieces of work are awaited as the last transaction had; a commit takes no less."""


class _Job:
    """A piece of work: taken by the writer or given up by its caller, whoever is first, and answered once."""

    __slots__ = ("_answered", "_untaken", "error", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: Exception | None = None
        self._untaken = threading.Lock()
        self._answered = threading.Lock()
        self._answered.acquire()

    def take(self) -> bool:
        """Whether the caller of this decides what becomes of the work."""
        return self._untaken.acquire(blocking=False)

    def answer(self) -> None:
        self._answered.release()

    def outcome(self, patience: float) -> Any:
        """What the work gave, or raise what it raised; at the latest after twice ``patience`` seconds."""
        if not self._answered.acquire(timeout=patience):
            if self.take():
                raise StoreUnavailable("the database is locked or too slow")
            if not self._answered.acquire(timeout=patience):
                raise StoreUnavailable("the database does not answer", undone=False)
        if self.error is not None:
            raise self.error
        return self.result


class Writer:
    """The one writer of a process. ``patience``: seconds that work may wait before it is begun, and may last then."""

    def __init__(self, engine: Engine, path: Path | None, new_id: Callable[[], str], patience: float) -> None:
        self._engine = engine
        self._path = path
        self._new_id = new_id
        self._patience = patience
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._turn: Turn | None = None
        self._together = 0
        """Pieces of work in the last transaction."""

    def write(self, work: Work[T]) -> T:
        """Do the work and commit it, with whatever else is waiting; blocks until it is on disk."""
        job = _Job(work)
        if self._thread is None:
            self._start()
        self._jobs.put(job)
        result: T = job.outcome(self._patience)
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
        while (first := self._jobs.get()) is not None:
            for job in self._serve(self._gathered(first)):
                job.answer()
        self._drop_connection()
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.close()

    def _gathered(self, first: _Job) -> list[_Job]:
        """What comes within a moment, no more than came together last time: who is alone waits for nobody."""
        fetched = [first]
        deadline = time.monotonic() + _MOMENT
        while len(fetched) < self._together and (left := deadline - time.monotonic()) > 0:
            try:
                job = self._jobs.get(timeout=left)
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            fetched.append(job)
        return fetched

    def _serve(self, fetched: list[_Job]) -> list[_Job]:
        """When it is our turn, do what waits in one transaction; gives the work that was taken, to be answered."""
        jobs: list[_Job] = []
        try:
            with self._our_turn():
                connection = self._open()
                transaction = connection.begin()
                jobs = self._waiting(fetched)
                self._commit(connection, transaction, jobs)
        except FAILURES as error:
            self._drop_connection()
            jobs = jobs or self._waiting(fetched)
            if has_crossed(error):
                self._again([[job] for job in jobs])
            elif has_gone(error):
                self._again([jobs])
            else:
                _fail(jobs, unavailable(error))
        except Exception as error:
            # Only a mistake of ours comes here; nobody may be left waiting for ever.
            self._drop_connection()
            jobs = jobs or self._waiting(fetched)
            _fail(jobs, StoreUnavailable(f"unexpected {type(error).__name__}: {error}", undone=False))
        return jobs

    def _our_turn(self) -> AbstractContextManager[None]:
        """Among the processes that share a file; a server sees to that by itself. Raises OSError."""
        if self._path is None:
            return nullcontext()
        if self._turn is None:
            self._turn = Turn(self._path.parent)
        return self._turn

    def _waiting(self, fetched: list[_Job]) -> list[_Job]:
        """Take everything that waits now, from what was fetched already."""
        jobs = [job for job in fetched if job.take()]
        while len(jobs) < _MOST and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                break
            if job.take():
                jobs.append(job)
        self._together = len(jobs)
        return jobs

    def _commit(self, connection: Connection, transaction: RootTransaction, jobs: list[_Job]) -> None:
        """The work, its audit, and the commit; what is raised was not committed."""
        unit = Unit(connection, self._new_id)
        if not _done_together(unit, jobs):
            transaction.rollback()
            transaction = connection.begin()
            unit = Unit(connection, self._new_id)
            _do_apart(unit, jobs)
        unit.flush()
        mark = audit.chain(connection, unit.entries)
        try:
            transaction.commit()
        except FAILURES as error:
            self._drop_connection()
            if not self._is_committed(mark, error):
                _fail(jobs, unavailable(error, undone=False))

    def _again(self, batches: list[list[_Job]]) -> None:
        """Do work again of which nothing was committed, in a transaction for each batch."""
        for number, jobs in enumerate(batches):
            try:
                connection = self._open()
                for job in jobs:
                    job.error = None
                self._commit(connection, connection.begin(), jobs)
            except FAILURES as error:
                self._drop_connection()
                _fail([job for rest in batches[number:] for job in rest], unavailable(error))
                return

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
