"""The time by which timers run: never ahead of the clock on the wall, and never carried forward by its leaps.

A wall clock that is put ahead by hours (a wrong one, or one that was wrong until then) must not end people's time to
decide. What has really passed is counted by a clock that nobody sets; a leap of the wall clock is made up for only as
fast again as time goes by, so that somebody can mend it meanwhile. One that is put back is believed at once: timers end
later then, never sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

LEAP = timedelta(minutes=1)
"""By so much the wall clock may be ahead before anybody is told."""


class SteadyClock:
    """Given the wall clock and one that only counts seconds; ``leapt`` is told by how much the wall clock is ahead."""

    def __init__(
        self, wall: Callable[[], datetime], counted: Callable[[], float], leapt: Callable[[timedelta], None]
    ) -> None:
        self._wall = wall
        self._counted = counted
        self._leapt = leapt
        self._last = counted()
        self._now = wall()
        self._told = False

    def __call__(self) -> datetime:
        """Now; called from several threads, it may be asked for in any order."""
        counted, wall = self._counted(), self._wall()
        passed = timedelta(seconds=max(0.0, counted - self._last))
        self._last = counted
        self._now = min(wall, self._now + 2 * passed)
        self._notice(wall - self._now)
        return self._now

    def _notice(self, ahead: timedelta) -> None:
        """Say once that the wall clock has leapt."""
        if ahead > LEAP and not self._told:
            self._leapt(ahead)
        self._told = ahead > LEAP
