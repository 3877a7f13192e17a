"""Threads that work on due rows, each leased while it is worked on.

Given a source of rows; a `Pool` claims several for each of its threads at once, lets each be attempted, and commits
what the attempt gives to be recorded (what several give at one time is one transaction). A record that cannot be
committed is kept and committed later, before anything else is claimed: what was sent is not sent again because the disk
was full. Leases are renewed while rows wait or are attempted, and given back by a pool that closes; after a crash they
run out and another worker takes over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from sekisho.quarantine.watch import Watch
from sekisho.store import Store, StoreUnavailable
from sekisho.store.unit import Unit

Report = Callable[[], None]
"""Called once what happened is committed."""
Record = Callable[[Unit], Report]
"""Writes down what happened; may be called again if the commit failed."""
Row = TypeVar("Row")

LEASE = timedelta(seconds=60)
AHEAD = 3
"""Rows claimed for each thread: one by one would cost too much, and many would wait for a lease after a crash."""


class Source(Protocol[Row]):
    """A kind of due rows."""

    def is_due(self, now: datetime) -> bool:
        """Whether there is anything to claim; cheap."""

    def claim(self, unit: Unit, owner: str, now: datetime, lasts: timedelta, limit: int) -> Sequence[Row]:
        """Lease rows to ``owner``."""

    def renew(self, unit: Unit, keys: Sequence[str], owner: str, until: datetime) -> None:
        """Lease rows longer."""

    def key(self, row: Row) -> str:
        """What names a row."""

    def attempt(self, row: Row) -> Record:
        """Do what is due; gives what is to be committed about it."""


class Pool(Generic[Row]):
    """Attempts on the rows of one source. ``step`` and ``finish`` are called from one thread."""

    def __init__(
        self, store: Store, source: Source[Row], owner: str, slots: int, watch: Watch, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._source = source
        self._owner = owner
        self._most = slots * AHEAD
        self._watch = watch
        self._wake = wake
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="attempt")
        self._running: dict[str, Future[None]] = {}
        self._unrecorded: dict[str, Record] = {}
        self._guard = threading.Lock()
        self._left = 0
        """Rows that wait in this process or are attempted."""
        self._renewed: datetime | None = None
        self._now: datetime | None = None

    def step(self, now: datetime) -> int:
        """Commit what is left over, renew leases, claim what is due; gives how many attempts were started."""
        self._now = now
        self._running = {key: future for key, future in self._running.items() if not future.done()}
        self._renew(now)
        free = self._most - len(self._running)
        self._record_leftovers()
        if free < self._most // 2 or not self._source.is_due(now):
            return 0
        rows = self._store.write(lambda unit: self._source.claim(unit, self._owner, now, LEASE, free))
        self._renewed = self._renewed or now
        with self._guard:
            self._left += len(rows)
        for row in rows:
            self._running[self._source.key(row)] = self._threads.submit(self._attempt, row)
        return len(rows)

    def finish(self) -> None:
        """Wait for the attempts that were started."""
        wait(list(self._running.values()))

    def close(self) -> None:
        """Give back what was not begun, wait for the rest, and stop the threads."""
        given_back = [key for key, future in self._running.items() if future.cancel()]
        now = self._now
        if given_back and now is not None:
            # Nothing is lost if this fails: the leases run out.
            with suppress(StoreUnavailable):
                self._store.write(lambda unit: self._source.renew(unit, given_back, "", now))
        self._threads.shutdown(wait=True)

    def _renew(self, now: datetime) -> None:
        if not self._running:
            self._renewed = None
        elif self._renewed is not None and now - self._renewed >= LEASE / 3:
            keys = list(self._running)
            self._store.write(lambda unit: self._source.renew(unit, keys, self._owner, now + LEASE))
            self._renewed = now

    def _attempt(self, row: Row) -> None:
        """One attempt, recorded. One that fails unexpectedly is reported; its lease runs out and it comes again."""
        key = self._source.key(row)
        try:
            record = self._source.attempt(row)
            try:
                self._store.write(record)()
            except StoreUnavailable as error:
                with self._guard:
                    self._unrecorded[key] = record
                self._watch.alarmed("store", key, f"an outcome waits to be recorded: {error}")
        except Exception as error:
            self._watch.alarmed("attempt", key, f"{type(error).__name__}: {error}")
        finally:
            self._attempted()

    def _attempted(self) -> None:
        """Ask for more before the threads have nothing left to do."""
        with self._guard:
            self._left -= 1
            short = self._left <= self._most // 2
        if short:
            self._wake()

    def _record_leftovers(self) -> None:
        """Commit what could not be committed before; raises `StoreUnavailable` while that lasts."""
        with self._guard:
            left = dict(self._unrecorded)
        for key, record in left.items():
            self._store.write(record)()
            with self._guard:
                del self._unrecorded[key]
