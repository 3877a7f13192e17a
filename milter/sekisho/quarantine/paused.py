"""Whether anything may be sent: after a restore, or when many timers are overdue at once, somebody has to look first.

A restored database does not know what was sent since its backup; many timers that ran out long ago tell of a clock that
was wrong, or of an outage after which the mail may not be wanted any more. Then releasing starts paused, on record:
timers, releases, notices and questions wait, on every gateway of the store, until ``sekisho quarantine resume``.
Holding and deciding go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.watch import Watch
from sekisho.store import Store, StoreUnavailable, audit, leases, locks
from sekisho.store.rows import AuditRow
from sekisho.store.tables import outbox, releases
from sekisho.store.unit import Entry, Unit, View

PAUSED, RESUMED = "paused", "resumed"
SUBJECT = "release"
"""Stands in the audit where else a hold-id does."""
MANY = 20
"""Timers that are overdue at once."""
OVERDUE = timedelta(hours=1)
RESTORED = "the database is not as it was left here: restored from a backup, or another one"
_LOOK = timedelta(seconds=1)
_REMIND = timedelta(minutes=1)
_NOTE = timedelta(seconds=10)
_LONGEST = timedelta(minutes=30)
"""No lease and no pause between two attempts is longer."""


def pause_of(view: View) -> AuditRow | None:
    """Why and since when releasing is paused; None while it is not."""
    row = audit.latest(view, SUBJECT)
    return row if row is not None and row.action == PAUSED else None


def pause(store: Store, why: str, now: datetime) -> None:
    """Send nothing from now on. Raises `StoreUnavailable`."""

    def work(unit: Unit) -> None:
        if pause_of(unit) is None:
            unit.record(Entry(now, "", "release", PAUSED, SUBJECT, why))

    store.write(work)


def resume(store: Store, actor: Actor, now: datetime, reason: str = "") -> bool:
    """Somebody has looked: go on. False if releasing was not paused. Raises `StoreUnavailable`."""

    def work(unit: Unit) -> bool:
        if pause_of(unit) is None:
            return False
        unit.record(Entry(now, actor.name, actor.role, RESUMED, SUBJECT, reason))
        return True

    return store.write(work)


def require_running(store: Store) -> None:
    """For the doctor: raises with a sentence while releasing is paused."""
    row = store.read(pause_of)
    if row is not None:
        raise RuntimeError(_said(row))


@dataclass(slots=True)
class Gate:
    """What a release worker asks before it does anything; used from one thread."""

    store: Store
    watch: Watch
    _paused: AuditRow | None = None
    _next: dict[timedelta, datetime] = field(default_factory=dict)
    _seen: datetime | None = None

    def examine(self, now: datetime) -> None:
        """When the worker starts: pause if there is reason to. Raises `StoreUnavailable`."""
        self.store.write(lambda unit: _put_back(unit, now))
        if why := self.store.read(lambda view: _suspicion(self.store, view, now)):
            pause(self.store, why, now)

    def is_open(self, now: datetime) -> bool:
        """Whether anything may be sent; the store is asked once a second. Raises `StoreUnavailable`."""
        if self._seen is not None and now < self._seen - _LOOK:
            self.store.write(lambda unit: _put_back(unit, now))
        self._seen = now
        if self._is_time(_LOOK, now):
            self._paused = self.store.read(pause_of)
        if self._paused is None:
            self._note(now)
            return True
        if self._is_time(_REMIND, now):
            self.watch.alarmed(PAUSED, "", _said(self._paused))
        return False

    def _note(self, now: datetime) -> None:
        """Keep the epoch file true; that it cannot be written stops nothing."""
        if self._is_time(_NOTE, now):
            try:
                self.store.read(self.store.epoch.write)
            except StoreUnavailable as error:
                self.watch.alarmed("epoch", "", error.why)

    def _is_time(self, every: timedelta, now: datetime) -> bool:
        """Whether that much time has passed; a clock that was put back counts as time."""
        due = self._next.get(every, now)
        if due - every <= now < due:
            return False
        self._next[every] = now + every
        return True


def _put_back(unit: Unit, now: datetime) -> None:
    """Nothing waits until a time that a clock put ahead has named."""
    for table in (releases, outbox):
        leases.put_back(unit, table, now, now + _LONGEST)


def _suspicion(store: Store, view: View, now: datetime) -> str:
    """Why somebody should look before anything is sent; empty where nobody need."""
    if not store.epoch.is_continued(view):
        return RESTORED
    if len(locks.due_waits(view, now - OVERDUE, MANY)) >= MANY:
        return f"{MANY} or more timers ran out more than {OVERDUE // timedelta(hours=1)} h ago"
    return ""


def _said(row: AuditRow) -> str:
    since = row.at.isoformat(timespec="seconds")
    return f"nothing is sent since {since}: {row.reason}; look, then: sekisho quarantine resume"
