"""What a hold was good for: worked out from its row when it ends, and once more when its message came again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sekisho.core.outcomes import CANCELLED, CORRECTED, FALSE_ALARM, REJECTED, outcome_of
from sekisho.store import ended
from sekisho.store.rows import HoldRow
from sekisho.store.unit import Entry, Unit, View

_LONGEST_WAIT = timedelta(days=30)
"""For so long a hold may have waited before it was stopped."""


def with_outcome(hold: HoldRow) -> HoldRow:
    """The hold with its outcome, once nobody waits."""
    states = [person.state for person in hold.recipients]
    found = outcome_of(states, fixed=bool(hold.offers.made), false_alarm=hold.outcome == FALSE_ALARM)
    return replace(hold, outcome=found or hold.outcome)


def stopped_since(view: View, since: datetime) -> list[tuple[HoldRow, datetime]]:
    """Holds that ended without being sent since then and did not come again yet, each with when that was."""
    found = ended.unsent(view, (CANCELLED, REJECTED), since, since - _LONGEST_WAIT)
    return [(hold, max(person.decided for person in hold.recipients if person.decided)) for hold in found]


def correct(unit: Unit, hold_id: str, now: datetime) -> bool:
    """The message of a hold came again, changed; whether that was news."""
    news = ended.set_outcome(unit, hold_id, CORRECTED, (CANCELLED, REJECTED))
    if news:
        unit.record(Entry(now, "", "release", "corrected", hold_id))
    return news
