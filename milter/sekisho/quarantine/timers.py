"""What happens to holds by themselves when their time is over, and when that time begins.

``on-expiry: send`` opens its own lock only; a copy goes when all locks are open for its recipient. ``return`` ends the
hold. ``escalate`` has others asked and the time begin anew, once; ``keep`` keeps. The sender is told each time, but for
holds so brief that nobody was told of them. A timer begins when the notice of the hold has been taken by the MTA, or
given up; where there is none, at once. One that cannot be settled delays no other; several workers may do this at once.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import Event, Lock, LockEvent, State
from sekisho.core.worktime import Calendar, ends
from sekisho.quarantine.decide import settle
from sekisho.quarantine.notify import tell
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import waiting
from sekisho.quarantine.together import Trouble, settle_all
from sekisho.quarantine.voting import free, progressed
from sekisho.store import Store, holds, locks
from sekisho.store.rows import HoldRow, WaitRow
from sekisho.store.unit import Entry, Unit

TIMER = Actor("timer", "timer")
BATCH = 200
_EVENTS = {
    OnExpiry.SEND: LockEvent.SEND,
    OnExpiry.KEEP: LockEvent.KEEP,
    OnExpiry.RETURN: LockEvent.KEEP,  # of a check: what has gone cannot be returned
    OnExpiry.ESCALATE: LockEvent.ESCALATE,
}
_ENDED = {OnExpiry.SEND: "open", OnExpiry.KEEP: "kept", OnExpiry.ESCALATE: "escalate"}


def expire_due(
    store: Store, now: datetime, calendar: Calendar, trouble: Trouble, aside: AbstractSet[str] = frozenset()
) -> int:
    """Settle holds whose time is over, at most `BATCH` and not those ``aside``; gives how many changed."""
    due = store.read(lambda view: locks.due_waits(view, now, BATCH + len(aside)))
    wanted = [hold for hold in due if hold not in aside]
    return settle_all(store, wanted, lambda unit, hold: _expire(unit, hold, now, calendar), trouble)


def _expire(unit: Unit, hold_id: str, now: datetime, calendar: Calendar) -> bool:
    """Settle one hold if something of it is due; whether it changed."""
    hold = holds.load(unit, hold_id)
    if hold is None:
        return False
    due = [lock for lock in hold.waits if _is_due(hold, lock, now)]
    if any(lock.on_expiry is OnExpiry.RETURN and lock.terms.review is None for lock in due):
        settle(unit, hold, waiting(hold), Event.EXPIRE, TIMER, now)
    elif due:
        _run_out(unit, hold, calendar, now)
    return bool(due)


def start(unit: Unit, hold_id: str, now: datetime, calendar: Calendar) -> HoldRow | None:
    """The notice of the hold has been taken, or given up: the timers that waited for it begin. Gives the hold."""
    hold = holds.load(unit, hold_id)
    if hold is None or hold.state is not State.HELD or all(lock.started for lock in hold.waits):
        return hold
    begun = tuple(lock if lock.started else _begun(lock, now, calendar) for lock in hold.waits)
    return holds.save(unit, hold, replace(hold, waits=begun))


def _begun(lock: WaitRow, now: datetime, calendar: Calendar) -> WaitRow:
    """The lock with its time begun: never over sooner than people were told."""
    over = ends(now, lock.terms.lasts, lock.terms.until, calendar)
    moments = [moment for moment in (over, lock.expires) if moment is not None]
    return replace(lock, started=now, expires=max(moments, default=None))


def _is_due(hold: HoldRow, lock: WaitRow, now: datetime) -> bool:
    if hold.state is not State.HELD and lock.terms.review is None:
        return False
    runs = lock.state is Lock.SHUT and lock.started is not None
    return runs and lock.expires is not None and lock.expires <= now


def _run_out(unit: Unit, hold: HoldRow, calendar: Calendar, now: datetime) -> None:
    """Open, keep or escalate the locks that are due; who waits for nothing any more goes."""
    after = tuple(_over(lock, calendar, now) if _is_due(hold, lock, now) else lock for lock in hold.waits)
    over = progressed(replace(hold, waits=after), TIMER.name, now)
    for fate, action in _ENDED.items():
        rules = [old.rule for old in hold.waits if _is_due(hold, old, now) and old.on_expiry is fate]
        if rules:
            unit.record(Entry(now, TIMER.name, TIMER.role, action, hold.id, details={"rules": rules}))
    if going := free(over):
        saved = settle(unit, over, going, Event.RELEASE, TIMER, now, seen=hold)
    else:
        saved = holds.save(unit, hold, over)
    left = [saved.recipients[ordinal] for ordinal in waiting(saved)]
    if left and any(_is_due(hold, old, now) and old.on_expiry is not OnExpiry.SEND for old in hold.waits):
        tell(unit, "expired", saved, left, now)


def _over(lock: WaitRow, calendar: Calendar, now: datetime) -> WaitRow:
    """The lock when its time is over; escalated for the first time, its time begins anew."""
    over = lock.after(_EVENTS[lock.on_expiry], TIMER.name, now)
    if lock.on_expiry is not OnExpiry.ESCALATE:
        return over
    again = ends(now, lock.terms.lasts, lock.terms.until, calendar) if lock.ran_out is None else None
    return replace(over, ask=now, attempts=0, expires=again or lock.expires)
