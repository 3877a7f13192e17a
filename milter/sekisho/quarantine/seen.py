"""Who looked at what of a hold: on record, but not once for each of a thousand visits by a program.

The same part seen again by the same link within `AGAIN` is the same look.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from sekisho.quarantine.links import Opened
from sekisho.store import Store
from sekisho.store.unit import Entry

AGAIN = timedelta(minutes=5)
_MOST = 10_000


class Seen:
    """Records looks; safe in threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._lock = Lock()

    def record(self, opened: Opened, what: str, now: datetime) -> None:
        """Put on record that the link's person saw ``what``: ``page``, ``evidence``, ``message``, ``file N``."""
        if self._is_new((opened.row.fingerprint, what), now):
            entry = Entry(now, opened.row.person, "person", "view", opened.hold.id, details={"what": what})
            self._store.write(lambda unit: unit.record(entry))

    def _is_new(self, key: tuple[str, str], now: datetime) -> bool:
        with self._lock:
            last = self._last.get(key)
            if last is not None and now - last < AGAIN:
                return False
            self._last[key] = now
            self._last.move_to_end(key)
            if len(self._last) > _MOST:
                self._last.popitem(last=False)
            return True
