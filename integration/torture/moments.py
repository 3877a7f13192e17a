"""When to strike: at any time, or just when something is at its most delicate.

Whoever sees a delicate moment says so with `Moments.now`; whoever waits for one is let go a random bit later, so that
kills fall before, into and after what follows (the commit and the reply; the listener's 250 and our commit).
"""

from __future__ import annotations

import random
import threading
import time
from enum import Enum
from pathlib import Path

from integration.script import END_OF_DATA, Script
from integration.torture.mail import SENDER


class Moment(Enum):
    """A kind of moment; the value is the longest time, in seconds, that is added to it."""

    ANY = 1.0
    OFFER = 0.06
    """A client has ended a message, and waits for the answer."""
    COMMIT = 0.004
    """After that the database's log has grown: a commit, and a reply, are under way."""
    DECISION = 0.02
    """Somebody is about to decide."""
    RELEASE = 0.03
    """A released message has been handed over, and the listener is to answer."""


class Moments:
    """Shared by those who see and the one who strikes; ``log`` is the database's."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._seen = {moment: threading.Event() for moment in Moment}

    def now(self, moment: Moment) -> None:
        self._seen[moment].set()

    def wait(self, moment: Moment, rng: random.Random) -> None:
        """Return at such a moment, or after two seconds without one."""
        if moment is not Moment.ANY:
            seen = self._seen[Moment.OFFER if moment is Moment.COMMIT else moment]
            seen.clear()
            seen.wait(2.0)
        if moment is Moment.COMMIT:
            self._watch_log()
        time.sleep(rng.uniform(0.0, moment.value))

    def _watch_log(self) -> None:
        """Until it was written to, at most half a second. It is not opened: closing it would drop SQLite's locks."""
        written, end = self._written(), time.monotonic() + 0.5
        while self._written() == written and time.monotonic() < end:
            time.sleep(0.0002)

    def _written(self) -> int:
        return self._log.stat().st_mtime_ns if self._log.exists() else 0


class Lookout(Script):
    """For the door before the re-injection listener: answers nothing itself, and tells of each release's end."""

    def __init__(self, moments: Moments) -> None:
        super().__init__()
        self._moments = moments

    def answer(self, command: str) -> str | None:
        word, _, paths = command.partition(" ")
        if word == END_OF_DATA and paths != f"<{SENDER}>":  # who wrote it all gets only notices
            self._moments.now(Moment.RELEASE)
        return None
