"""When time is over: lengths of time, working hours, and times of day, on the organisation's clock. Pure.

Working hours are local times of working days. Lengths are measured on the clock of the world, so that an hour is an
hour on the day when the local clock is changed; a time of day that is left out on that day is read as the one that
the clock shows instead, and of one that comes twice the first is meant (PEP 495).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sekisho.core.amounts import Duration

WEEKDAYS = frozenset(range(5))
HOURS = ((time(9), time(18)),)
MOST_DAYS = 3660
"""Days after which no more working time is looked for."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days on which the organisation does not work, besides its weekends."""

    days: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    """Month and day of those that come every year."""

    def __contains__(self, day: date) -> bool:
        return day in self.days or (day.month, day.day) in self.yearly

    def __bool__(self) -> bool:
        return bool(self.days or self.yearly)


NO_HOLIDAYS = Holidays()


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the organisation works."""

    zone: tzinfo = UTC
    weekdays: frozenset[int] = WEEKDAYS
    """Monday is 0."""
    hours: tuple[tuple[time, time], ...] = HOURS
    """From and until, in order, not overlapping; ``00:00`` as an end is midnight."""
    holidays: Holidays = NO_HOLIDAYS

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays


def ends(start: datetime, lasts: Duration | None, until: time | None, calendar: Calendar) -> datetime | None:
    """When a wait that begins at ``start`` (aware) is over; None for never. The earlier where both are given."""
    found = []
    if lasts is not None:
        found.append(_after_work(start, lasts.delta, calendar) if lasts.business else start + lasts.delta)
    if until is not None:
        found.append(_next(start, until, calendar))
    return min(found, default=None)


def _next(start: datetime, until: time, calendar: Calendar) -> datetime:
    """The first moment after ``start`` at which the local clock shows this time."""
    today = start.astimezone(calendar.zone).date()
    return next(
        moment for days in range(3) if (moment := _moment(today + timedelta(days), until, calendar.zone)) > start
    )


def _after_work(start: datetime, left: timedelta, calendar: Calendar) -> datetime:
    """When so much working time has gone by since ``start``."""
    for begin, end in _spans(start.astimezone(calendar.zone).date(), calendar):
        at_work = max(begin, start)
        if end - at_work >= left:
            return at_work + left
        left -= max(end - at_work, timedelta())
    return start + timedelta(MOST_DAYS)


def _spans(day: date, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The working hours from a day on."""
    for days in range(MOST_DAYS):
        current = day + timedelta(days)
        for begin, end in calendar.hours if calendar.works_on(current) else ():
            last = current if end > begin else current + timedelta(1)
            yield _moment(current, begin, calendar.zone), _moment(last, end, calendar.zone)


def _moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """A local time as a moment, in UTC so that differences are real."""
    return datetime.combine(day, clock, zone).astimezone(UTC)
