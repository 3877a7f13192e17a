"""Checking what has gone already: a rule with ``review`` sends at once and asks afterwards.

Its lock keeps nobody waiting. Whoever was asked says that all is well, or objects; both end the review and are put on
record, and the sender hears of an objection. A review that is missed is escalated as any silence is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sekisho.core.lifecycle import Answer, LockEvent
from sekisho.quarantine.notify import tell
from sekisho.quarantine.rights import Choice, asked_of
from sekisho.quarantine.voting import progressed, with_votes
from sekisho.store import holds
from sekisho.store.rows import HoldRow
from sekisho.store.unit import Entry, Unit


def checked(unit: Unit, hold: HoldRow, choice: Choice, person: str, now: datetime, reason: str) -> HoldRow:
    """The answer of somebody who was asked to check a hold that nobody waits for any more."""
    if choice is Choice.REJECT:
        saved = holds.save(unit, hold, _objected(hold, person, now, reason))
        tell(unit, "objected", saved, saved.recipients, now, actor=person, comment=reason)
    else:
        voted = with_votes(hold, range(len(hold.recipients)), person, now, reason, unit.new_id)
        saved = holds.save(unit, hold, progressed(voted, person, now))
    action = "objected" if choice is Choice.REJECT else "checked"
    details = {"recipients": [one.path.address for one in hold.recipients]}
    unit.record(Entry(now, person, "person", action, hold.id, reason, details))
    return saved


def _objected(hold: HoldRow, person: str, now: datetime, reason: str) -> HoldRow:
    """The hold with the person's no; the reviews that the person was asked for are over."""
    asked = list(asked_of(hold, person))
    over = {ask.lock for ask in asked}
    asks = (ask.after(Answer.NO, now, reason) if ask in asked else ask for ask in hold.asks)
    waits = (
        lock.after(LockEvent.OBJECT, person, now) if number in over else lock for number, lock in enumerate(hold.waits)
    )
    return replace(hold, asks=tuple(asks), waits=tuple(waits))
