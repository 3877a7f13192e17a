"""The release role's purge: once a day what has ended long enough ago goes, in small batches with rests between them.

Every gateway of a store looks; whoever comes second finds nothing. While sending is paused nothing goes either: the
clock may be wrong, or the database an old one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, time, tzinfo

from sekisho.quarantine.daily import Hour
from sekisho.quarantine.paused import pause_of
from sekisho.quarantine.purge import Purged, Retention, purge
from sekisho.quarantine.refusals import Actor
from sekisho.store import Store, StoreUnavailable

PAUSE = 15.0
"""Seconds between looks."""
REST = 0.2
"""Seconds between batches, for those who hold and send."""
AT = time(3)
"""When a day's purge is due, by the site's own clock."""


class Purging:
    """Purges one store."""

    def __init__(
        self, store: Store, retention: Retention, zone: tzinfo, clock: Callable[[], datetime], log: logging.Logger
    ) -> None:
        self._store = store
        self._retention = retention
        self._hour = Hour(AT, zone)
        self._clock = clock
        self._log = log
        self._done: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set; a store that is away is asked again."""
        while not stop.wait(PAUSE):
            try:
                self.step(stop)
            except StoreUnavailable:
                continue

    def step(self, stop: threading.Event) -> Purged | None:
        """Purge if it is due; what went, None where it is not due or was broken off. Raises `StoreUnavailable`."""
        now = self._clock()
        due = self._hour.last(now)
        if due == self._done or self._store.read(pause_of) is not None:
            return None
        total = Purged()
        for part in purge(self._store, self._retention, Actor("", "release"), now):
            total += part
            if stop.wait(REST):
                return None
        self._done = due
        self._log.info("purge", extra={"fields": asdict(total)})
        return total
