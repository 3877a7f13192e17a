"""The release role's work: timers, releases and notices, as they fall due, whoever made them due.

`ReleaseWorker.run` looks every 0.2 s (a few indexed reads) and goes on at once while there is work, so that another
process's decision is noticed in that time; threads that send are given more as soon as they have little left. Any
number of workers may run on one store. `run_once` does what is due now
and waits for it: for tests, and for whoever wants to see an outcome.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from sekisho.quarantine.asking import ask_due
from sekisho.quarantine.campaigns import settle_due
from sekisho.quarantine.choose import take_effect
from sekisho.quarantine.daily import Daily
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.leased import Pool
from sekisho.quarantine.outbox import Notices
from sekisho.quarantine.release import RETRY_FOR, Releases, Send
from sekisho.quarantine.timers import expire_due
from sekisho.quarantine.together import Aside
from sekisho.quarantine.watch import Watch
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store, StoreUnavailable
from sekisho.store.rows import OutboxRow, ReleaseRow

PAUSE = 0.2
"""Seconds between looks when there is nothing to do."""

RELEASE_SLOTS = 8
NOTICE_SLOTS = 8


class ReleaseWorker:
    """Everything that happens to holds without anybody waiting for it."""

    def __init__(
        self,
        store: Store,
        send: Send,
        stationery: Stationery,
        desk: Desk,
        watch: Watch,
        clock: Callable[[], datetime],
        *,
        retry_for: timedelta = RETRY_FOR,
    ) -> None:
        self._store = store
        self._watch = watch
        self._clock = clock
        self._wake = threading.Event()
        self._aside = Aside()
        owner = self._owner = f"{store.instance}/{store.new_id()}"
        sent = Releases(store, send, watch, clock, retry_for)
        self._desk = desk
        self._language = stationery.language
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="asking")
        self._asked: Future[int] | None = None
        self._looked: datetime | None = None
        self._next_look = 0.0
        self._settled = 0
        self._daily = Daily(store, stationery.daily)
        told = Notices(store, send, stationery, watch, clock, desk, retry_for)
        self._releases: Pool[ReleaseRow] = Pool(store, sent, owner, RELEASE_SLOTS, watch, self._wake.set)
        self._notices: Pool[OutboxRow] = Pool(store, told, owner, NOTICE_SLOTS, watch, self._wake.set)

    def run_once(self, now: datetime) -> int:
        """Do everything that is due at ``now``; gives how many things were done. Raises `StoreUnavailable`."""
        done = 0
        while started := self._step(now) + ask_due(self._store, self._desk, now, self._watch):
            done += started
            self._releases.finish()
            self._notices.finish()
        return done

    def run(self, stop: threading.Event, is_open: Callable[[datetime], bool] = lambda _: True) -> None:
        """Until ``stop`` is set; then waits for what is being sent. A store that is away is asked again.

        Nothing new is begun while ``is_open`` says no at a moment.
        """
        while not stop.is_set():
            self._wake.clear()
            try:
                busy = self._look() if is_open(self._clock()) else 0
            except StoreUnavailable as error:
                self._watch.alarmed("store", "", str(error))
                busy = 0
            except Exception as error:
                self._watch.alarmed("worker", "", f"{type(error).__name__}: {error}")
                busy = 0
            if not busy:
                self._wake.wait(PAUSE)
        self.close()

    def close(self) -> None:
        """Wait for what is being sent and asked, and stop the threads."""
        self._asking.shutdown(wait=True)
        self._releases.close()
        self._notices.close()

    def _look(self) -> int:
        """Begin what is due; whether there may be more. Only what is to be sent is looked for oftener than that."""
        if self._settled or time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + PAUSE
            self._settled = self._settle(self._clock())
            self._ask_beside(self._clock())
        return self._settled + self._send(self._clock())

    def _step(self, now: datetime) -> int:
        return self._settle(now) + self._send(now)

    def _send(self, now: datetime) -> int:
        return self._releases.step(now) + self._notices.step(now)

    def _settle(self, now: datetime) -> int:
        # What was chosen in time counts, even if the time is over now: choices before timers.
        chosen = take_effect(self._store, now, self._trouble, language=self._language)
        aside = self._aside.holds(now)
        expired = expire_due(self._store, now, self._desk.calendar, self._late, aside)
        followed = settle_due(self._store, self._owner, now, self._trouble)
        told = self._daily.step(now)
        return chosen + expired + followed + told

    def _ask_beside(self, now: datetime) -> None:
        """Ask people in a thread of its own, no oftener than one looks: a slow directory keeps nobody else waiting."""
        is_early = self._looked is not None and abs((now - self._looked).total_seconds()) < PAUSE
        if not is_early and (self._asked is None or self._asked.done()):
            self._looked = now
            self._asked = self._asking.submit(self._ask, now)

    def _ask(self, now: datetime) -> int:
        try:
            asked = ask_due(self._store, self._desk, now, self._watch)
        except StoreUnavailable as error:
            self._watch.alarmed("store", "", str(error))
            return 0
        if asked:
            self._wake.set()
        return asked

    def _late(self, hold: str, error: Exception) -> None:
        self._aside.put(hold, self._clock())
        self._trouble(hold, error)

    def _trouble(self, hold: str, error: Exception) -> None:
        self._watch.alarmed("timer", hold, f"{type(error).__name__}: {error}")
