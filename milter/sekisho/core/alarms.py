"""What a hold costs people, and how much of that a site should allow itself (NOTICES.md). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum

from sekisho.core.actions import BRIEF, OnExpiry
from sekisho.core.approval import SELF, roles, steps
from sekisho.core.terms import Terms


class Alarm(IntEnum):
    """Who is kept from work; the dearest is the greatest."""

    FREE = 0
    """A timer that nobody hears of."""
    NOTICE = 1
    """Somebody is told, nobody must act."""
    SENDER = 2
    """The sender must act."""
    OTHER = 3
    """Another person must act."""

    @property
    def word(self) -> str:
        return self.name.lower()


BUDGET = {Alarm.OTHER: 3.0, Alarm.SENDER: 15.0, Alarm.NOTICE: 30.0}
"""At most so many on clean mail, for 1,000 external messages."""

FEWEST, LEAST_USEFUL = 20, 0.2
"""A rule with so many holds, of which a smaller share was of use, belongs into monitor mode."""


def alarm_of(terms: Terms, on_expiry: OnExpiry, expires: datetime | None, created: datetime) -> Alarm:
    """What one lock costs."""
    if on_expiry is OnExpiry.SEND and expires is not None:
        silent = terms.notice is False or (terms.notice is None and expires - created <= BRIEF)
        return Alarm.FREE if silent else Alarm.NOTICE
    asked = {role for step in steps(terms.approval) for role in roles(step)}
    return Alarm.SENDER if asked == {SELF} else Alarm.OTHER


def dearest(alarms: Iterable[Alarm]) -> Alarm:
    """Of a hold with several locks."""
    return max(alarms, default=Alarm.FREE)
