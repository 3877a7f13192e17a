"""What happens to holds by themselves when their time is over.

``on-expiry: send`` opens its own lock only; when all locks of a hold are open it goes. ``return`` ends the hold, and
the sender is told. ``keep`` does nothing. Each hold is settled in a transaction of its own, so that one which cannot
be settled delays no other; several workers may do this at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import Event, State
from sekisho.quarantine.decide import Actor, settle
from sekisho.quarantine.rights import waiting
from sekisho.store import Store, holds, locks
from sekisho.store.rows import HoldRow, WaitRow
from sekisho.store.unit import Entry, Unit

TIMER = Actor("timer", "timer")
BATCH = 200

Trouble = Callable[[str, Exception], None]
"""Told the hold-id and what went wrong."""


def expire_due(store: Store, now: datetime, trouble: Trouble) -> int:
    """Settle holds whose time is over, at most `BATCH`; gives how many changed."""
    due = store.read(lambda view: locks.due_waits(view, now, BATCH))
    changed = 0
    for hold_id in due:
        try:
            changed += expire(store, hold_id, now)
        except Exception as error:
            trouble(hold_id, error)
    return changed


def expire(store: Store, hold_id: str, now: datetime) -> bool:
    """Settle one hold if something of it is due; whether it changed."""

    def work(unit: Unit) -> bool:
        hold = holds.load(unit, hold_id)
        if hold is None or hold.state is not State.HELD:
            return False
        due = [lock for lock in hold.waits if _is_due(lock, now)]
        if any(lock.on_expiry is OnExpiry.RETURN for lock in due):
            settle(unit, hold, waiting(hold), Event.EXPIRE, TIMER, now)
        elif due:
            _open(unit, hold, now)
        return bool(due)

    return store.write(work)


def _is_due(lock: WaitRow, now: datetime) -> bool:
    return (
        lock.opened is None and lock.expires is not None and lock.expires <= now and lock.on_expiry is not OnExpiry.KEEP
    )


def _open(unit: Unit, hold: HoldRow, now: datetime) -> None:
    """Open the locks that are due; the hold goes when none is left."""
    shut = tuple(replace(lock, opened=now, opened_by=TIMER.name) if _is_due(lock, now) else lock for lock in hold.waits)
    opened = holds.save(unit, hold, replace(hold, waits=shut))
    details = {"rules": [lock.rule for lock, old in zip(shut, hold.waits, strict=True) if lock != old]}
    unit.record(Entry(now, TIMER.name, TIMER.role, "open", hold.id, details=details))
    if all(lock.opened for lock in shut):
        settle(unit, opened, waiting(opened), Event.RELEASE, TIMER, now)
