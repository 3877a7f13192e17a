"""Work that nobody waits for, done in batches by a thread of its own: what telemetry tells of each message.

The first item after a pause is worked on at once, those that come meanwhile together, `PAUSE` later. Nothing is lost
but by the death of the process: `close` returns when all is done. Where the work cannot keep up, whoever adds does a
part of it himself, so that memory stays bounded.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PAUSE = 0.05
"""Seconds between two batches while there is much to do."""
MOST = 10_000
"""Items that may wait."""


class Batches(Generic[T]):
    """Items and the thread that takes them; to be made after the process has forked."""

    def __init__(self, work: Callable[[list[T]], None]) -> None:
        """``work`` must not raise; it is called by one thread at a time."""
        self._work = work
        self._items: deque[T] = deque()
        self._something = threading.Event()
        self._closed = threading.Event()
        self._working = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def add(self, item: T) -> None:
        """Have it worked on soon; returns at once unless too much is waiting."""
        self._items.append(item)
        if not self._something.is_set():
            self._something.set()
        if len(self._items) > MOST:
            self._take()

    def close(self) -> None:
        """Work on everything that was added."""
        self._closed.set()
        self._something.set()
        self._take()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._something.wait()
            # Cleared before the items are taken: who adds later sets it again.
            self._something.clear()
            self._take()
            self._closed.wait(PAUSE)

    def _take(self) -> None:
        with self._working:
            batch = [self._items.popleft() for _ in range(len(self._items))]
            if batch:
                self._work(batch)
