"""What nobody needs any more goes: content when its time is over, the records later; and what must stay nevertheless.

In batches, each one transaction with one audit entry that names the holds. Files go after the commit: what a crash
leaves then is a file without a row, which the reconciler knows. Any number of gateways may purge at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sekisho.quarantine.refusals import Actor, NoReason, UnknownHold
from sekisho.store import Store, holds, purging
from sekisho.store.purging import Ended
from sekisho.store.rows import HoldRow
from sekisho.store.unit import Entry, Unit, View

BATCH = 50
"""Holds that are looked at in one transaction: new mail waits no longer than for these."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what has ended is kept."""

    content: timedelta
    records: timedelta


@dataclass(frozen=True, slots=True)
class Purged:
    """What went, or would go."""

    bodies: int = 0
    """Messages whose content goes."""
    octets: int = 0
    """Of these."""
    records: int = 0
    """Holds of which nothing is left but the audit."""
    kept: int = 0
    """Holds that would go if none were under legal hold."""
    notices: int = 0
    """Notices about no hold: warnings, refusals, the mails of every day. They are kept as long as records."""

    def __add__(self, other: Purged) -> Purged:
        return Purged(
            self.bodies + other.bodies,
            self.octets + other.octets,
            self.records + other.records,
            self.kept + other.kept,
            self.notices + other.notices,
        )


@dataclass(frozen=True, slots=True)
class _Before:
    """What ended before goes."""

    content: datetime
    records: datetime


@dataclass(frozen=True, slots=True)
class _Going:
    """What is to be done with the messages of a batch."""

    bodies: tuple[Ended, ...]
    records: tuple[Ended, ...]
    kept: tuple[Ended, ...]

    @property
    def numbers(self) -> Purged:
        octets = sum(one.octets for one in self.bodies)
        return Purged(len(self.bodies), octets, len(_holds(self.records)), len(_holds(self.kept)))


def purge(
    store: Store, retention: Retention, actor: Actor, now: datetime, *, dry_run: bool = False
) -> Iterator[Purged]:
    """Remove what has ended long enough ago, batch by batch; nothing within the duplicate window.

    Gives what went with each batch; with ``dry_run`` what would go. Raises `StoreUnavailable`.
    """
    window = store.duplicate_window
    before = _Before(now - max(retention.content, window), now - max(retention.records, window))
    after = None
    while page := store.read(
        partial(purging.page, content=before.content, records=before.records, after=after, limit=BATCH)
    ):
        after = page[-1][0]
        first = {hold for (_, hold), _ in page}
        look = partial(_going, wanted={message for _, message in page}, first=first, before=before, now=now)
        going = store.read(look)
        if not dry_run and (going.bodies or going.records):
            going = store.write(partial(_purge, look=look, actor=actor, now=now))
            _remove_files(store, going.bodies)
        yield going.numbers
    yield from _purge_notices(store, before.records, actor, now, dry_run=dry_run)


def _purge_notices(store: Store, before: datetime, actor: Actor, now: datetime, *, dry_run: bool) -> Iterator[Purged]:
    """Those that belong to no hold, and would be kept for ever otherwise."""
    look = partial(purging.notices, before=before)
    if dry_run:
        count = len(store.read(partial(look, limit=None)))
        yield from [Purged(notices=count)] if count else []
        return

    def work(unit: Unit) -> int:
        gone = purging.drop_notices(unit, look(unit, limit=BATCH))
        if gone:
            unit.record(Entry(now, actor.name, actor.role, "purge", details={"notices": gone}))
        return gone

    while store.read(partial(look, limit=1)):
        yield Purged(notices=store.write(work))


def legal_hold(store: Store, hold_id: str, actor: Actor, now: datetime, reason: str) -> HoldRow:
    """Nothing of the hold may be purged until this is lifted. Raises `UnknownHold`, `NoReason`,
    `StoreUnavailable`."""
    if not reason.strip():
        raise NoReason(hold_id)
    return _mark(store, hold_id, reason, Entry(now, actor.name, actor.role, "legal-hold", hold_id, reason))


def lift_legal_hold(store: Store, hold_id: str, actor: Actor, now: datetime, reason: str = "") -> HoldRow:
    """It may be purged again, when its time is over. Raises `UnknownHold`, `StoreUnavailable`."""
    return _mark(store, hold_id, "", Entry(now, actor.name, actor.role, "legal-hold-lifted", hold_id, reason))


def _mark(store: Store, hold_id: str, why: str, entry: Entry) -> HoldRow:
    def work(unit: Unit) -> HoldRow:
        hold = holds.load(unit, hold_id)
        if hold is None:
            raise UnknownHold(hold_id)
        if hold.legal_hold != why:
            purging.set_legal_hold(unit, hold_id, why)
            unit.record(entry)
        return replace(hold, legal_hold=why)

    return store.write(work)


def _going(view: View, wanted: Collection[str], first: Collection[str], before: _Before, now: datetime) -> _Going:
    """What goes of these messages; each in the batch in which its first hold is."""
    if isinstance(view, Unit):
        view.keep_alone("purge")
    found = [one for one in purging.ended(view, wanted, now) if one.holds[0] in first and one.ended < before.content]
    old = [one for one in found if not one.purged or one.ended < before.records]
    free = [one for one in old if not one.legal]
    return _Going(
        bodies=tuple(one for one in free if not one.purged),
        records=tuple(one for one in free if one.ended < before.records),
        kept=tuple(one for one in old if one.legal),
    )


def _purge(unit: Unit, look: Callable[[View], _Going], actor: Actor, now: datetime) -> _Going:
    """Looked at once more, as another gateway may have been first."""
    going = look(unit)
    if not going.bodies and not going.records:
        return going
    gone, numbers = _holds(going.records), going.numbers
    purging.drop_content(unit, [one.message for one in going.bodies], now)
    purging.drop_records(unit, [one.message for one in going.records], gone)
    details = {
        "bodies": numbers.bodies,
        "octets": numbers.octets,
        "records": numbers.records,
        "content_of": _holds(going.bodies),
        "records_of": gone,
    }
    unit.record(Entry(now, actor.name, actor.role, "purge", details=details))
    return going


def _remove_files(store: Store, bodies: Collection[Ended]) -> None:
    for one in bodies:
        if one.in_file:
            store.files.discard(one.message)


def _holds(those: Collection[Ended]) -> list[str]:
    return [hold for one in those for hold in one.holds]
