"""Lists kept elsewhere: asked address by address and remembered, or fetched whole from time to time.

A source that is away is left alone for some seconds. Meanwhile the last good answers count; where there is none,
`Unavailable` is raised, and the rule's ``on-error`` decides.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic

from sekisho.core.ports import Unavailable
from sekisho.lists.entries import BadList
from sekisho.lists.watched import A, Clocks

PAUSE = 5.0
"""Seconds for which a source that failed is not asked."""
STALE = 86_400.0
"""Seconds for which a remembered answer stands in for a source that is away."""
MOST_ANSWERS = 100_000
FIRST = 30.0
"""Seconds that somebody waits at most for the first copy of a list that another thread is fetching."""

_NOBODY = ("nobody", "sekisho.invalid")
"""Asked of a source to see whether it answers (RFC 2606: nobody has this domain)."""

Ask = Callable[[str, str], bool]
"""Whether an address is on the list; raises `Unavailable`."""


class Remembered:
    """A list that is asked address by address; answers are remembered for ``fresh`` seconds."""

    def __init__(self, name: str, ask: Ask, fresh: float, clocks: Clocks) -> None:
        self._name = name
        self._ask = ask
        self._fresh = fresh
        self._clocks = clocks
        self._answers: dict[tuple[str, str], tuple[bool, float]] = {}
        self._lock = threading.Lock()
        self._paused_until = 0.0
        self._why = ""
        self._answered = -math.inf

    def contains(self, local: str, domain: str) -> bool:
        """As the source says, or lately said."""
        key, now = (local.lower(), domain), self._clocks.steady()
        known = self._answers.get(key)
        if known and now - known[1] < self._fresh:
            return known[0]
        if now >= self._paused_until:
            try:
                return self._remember(key, self._ask(*key), now)
            except Unavailable as error:
                self._why = error.why
                self._paused_until = self._clocks.steady() + PAUSE
        if known and now - known[1] < STALE:
            return known[0]
        raise Unavailable(f"list {self._name}", self._why)

    def age(self) -> float:
        """Seconds since the source last answered; it is asked for that. Infinite where it never did."""
        with suppress(Unavailable):
            self.contains(*_NOBODY)
        return self._clocks.steady() - self._answered

    def _remember(self, key: tuple[str, str], answer: bool, now: float) -> bool:
        with self._lock:
            self._answered = now
            self._answers.pop(key, None)
            if len(self._answers) >= MOST_ANSWERS:
                del self._answers[next(iter(self._answers))]
            self._answers[key] = (answer, now)
        return answer

    def __len__(self) -> int:
        """How many answers are remembered; how many entries there are nobody knows."""
        return len(self._answers)


class Fetched(Generic[A]):
    """A list that is fetched whole: at the first question, and again beside the traffic every so many seconds."""

    def __init__(self, name: str, fetch: Callable[[], A], every: float, clocks: Clocks, log: logging.Logger) -> None:
        """``fetch`` raises `Unavailable` or `BadList`."""
        self._name = name
        self._fetch = fetch
        self._every = every
        self._clocks = clocks
        self._log = log
        self._busy = threading.Lock()
        self._due = 0.0
        self._why = "not fetched yet"
        self._current: A | None = None
        self._fetched = -math.inf

    def contains(self, local: str, domain: str) -> bool:
        """As the last copy says."""
        return self.latest().contains(local, domain)

    def latest(self) -> A:
        """The last copy; raises `Unavailable` where there is none."""
        table = self._current
        if table is None:
            return self._first()
        self._begin_if_due()
        return table

    def at_hand(self) -> A | None:
        """The last copy, if there is one; keeps nobody waiting."""
        self._begin_if_due()
        return self._current

    def age(self) -> float:
        """Seconds since the copy in use was fetched; infinite where there is none yet. Keeps nobody waiting."""
        self._begin_if_due()
        return self._clocks.steady() - self._fetched

    def __len__(self) -> int:
        return len(self._current) if self._current is not None else 0

    def _first(self) -> A:
        """The first copy; whoever asks meanwhile waits for it."""
        if self._busy.acquire(timeout=FIRST):
            if self._current is None and self._clocks.steady() >= self._due:
                self._renew()
            else:
                self._busy.release()
        if self._current is None:
            raise Unavailable(f"list {self._name}", self._why)
        return self._current

    def _begin_if_due(self) -> None:
        if self._clocks.steady() < self._due or not self._busy.acquire(blocking=False):
            return
        try:
            self._clocks.start(self._renew)
        except RuntimeError:  # no thread to be had now; the next question tries again
            self._busy.release()

    def _renew(self) -> None:
        """Fetch, with the lock held; releases it."""
        try:
            self._current = self._fetch()
            self._fetched = self._clocks.steady()
            self._due = self._fetched + self._every
        except (Unavailable, BadList) as error:
            self._why = error.why if isinstance(error, Unavailable) else str(error)
            self._due = self._clocks.steady() + PAUSE
            self._log.warning("list cannot be fetched", extra={"list": self._name, "error": self._why})
        finally:
            self._busy.release()
