"""What people decide about a hold: release, reject, cancel, extend; for all who wait or for some.

Each decision is one transaction: the change (compare-and-set through `sekisho.core.lifecycle`), its audit row and the
notice to the sender. The first answer wins; who comes second is told by whom and when. Given the moment by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sekisho.core.lifecycle import Event, Refused, State, after
from sekisho.quarantine.notify import is_announced, tell
from sekisho.store import Store, holds, releases
from sekisho.store.rows import HoldRow, RecipientRow
from sekisho.store.unit import Entry, Unit


class Choice(Enum):
    """What somebody may want of a hold."""

    RELEASE = "release"
    REJECT = "reject"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides, and by what right."""

    name: str
    role: str = "person"
    """``person``, ``operator`` (whose release is an override), ``timer``, ``gateway`` or ``release``."""


class NotDecided(Exception):
    """The decision was not made; the text says why."""


class UnknownHold(NotDecided):
    """There is no such hold."""

    def __init__(self, hold: str) -> None:
        super().__init__(f"no hold {hold}")


class UnknownRecipient(NotDecided):
    """The hold has no such recipient."""

    def __init__(self, hold: str, address: str) -> None:
        super().__init__(f"hold {hold} has no recipient {address}")
        self.address = address


class AlreadyDecided(NotDecided):
    """Somebody was first."""

    def __init__(self, hold: str, person: RecipientRow) -> None:
        self.state, self.by, self.at = person.state, person.decided_by, person.decided
        when = f" by {self.by or 'the gateway'} at {self.at.isoformat(timespec='seconds')}" if self.at else ""
        super().__init__(f"hold {hold} is already {self.state.value} for {person.path.address}{when}")


_EVENTS = {Choice.RELEASE: Event.RELEASE, Choice.REJECT: Event.REJECT, Choice.CANCEL: Event.CANCEL}
_TOLD = {Event.RELEASE: "released", Event.REJECT: "rejected", Event.CANCEL: "cancelled", Event.EXPIRE: "expired"}


def decide(
    store: Store,
    hold_id: str,
    choice: Choice,
    actor: Actor,
    now: datetime,
    *,
    recipients: Sequence[str] = (),
    reason: str = "",
) -> HoldRow:
    """Decide for the recipients given by address, or for all who still wait; gives the hold as it is now.

    Raises `UnknownHold`, `UnknownRecipient`, `AlreadyDecided` (nothing was changed), and `StoreUnavailable`.
    """

    def work(unit: Unit) -> HoldRow:
        hold = _loaded(unit, hold_id)
        chosen = _chosen(hold, recipients)
        return settle(unit, hold, chosen, _EVENTS[choice], actor, now, reason)

    return store.write(work)


def extend(store: Store, hold_id: str, by: timedelta, actor: Actor, now: datetime, *, reason: str = "") -> HoldRow:
    """Put off every timer of the hold that has not run out; raises as `decide` does."""

    def work(unit: Unit) -> HoldRow:
        hold = _loaded(unit, hold_id)
        if hold.state is not State.HELD:
            raise AlreadyDecided(hold_id, hold.recipients[0])
        locks = tuple(
            replace(lock, expires=lock.expires + by) if lock.expires and not lock.opened else lock
            for lock in hold.waits
        )
        extended = holds.save(unit, hold, replace(hold, waits=locks))
        details = {"expires": extended.expires.isoformat() if extended.expires else None}
        unit.record(Entry(now, actor.name, actor.role, "extend", hold_id, reason, details))
        return extended

    return store.write(work)


def settle(
    unit: Unit, hold: HoldRow, chosen: Sequence[int], event: Event, actor: Actor, now: datetime, reason: str = ""
) -> HoldRow:
    """Let the event happen to recipients of a hold, by ordinal; the one place where holds are decided."""
    people = list(hold.recipients)
    for ordinal in chosen:
        state = _moved(hold, ordinal, event)
        people[ordinal] = replace(people[ordinal], state=state, decided=now, decided_by=actor.name)
    settled = holds.save(unit, hold, replace(hold, recipients=tuple(people)))
    concerned = [people[ordinal] for ordinal in chosen]
    details = {"recipients": [person.path.address for person in concerned]}
    unit.record(Entry(now, actor.name, actor.role, event.value, hold.id, reason, details))
    if event is Event.RELEASE:
        releases.schedule(unit, hold.id, now)
    if event is not Event.RELEASE or actor.role != "timer" or is_announced(hold):
        tell(unit, _TOLD[event], settled, concerned, now, actor=actor.name, comment=reason)
    return settled


def waiting(hold: HoldRow) -> list[int]:
    """The ordinals of those who still wait."""
    return [ordinal for ordinal, person in enumerate(hold.recipients) if person.state is State.HELD]


def _loaded(unit: Unit, hold_id: str) -> HoldRow:
    hold = holds.load(unit, hold_id)
    if hold is None:
        raise UnknownHold(hold_id)
    return hold


def _chosen(hold: HoldRow, addresses: Sequence[str]) -> list[int]:
    """Ordinals of the recipients that are to be decided upon; never none."""
    if not addresses:
        found = waiting(hold)
        if not found:
            raise AlreadyDecided(hold.id, hold.recipients[0])
        return found
    chosen: dict[int, None] = {}
    for address in addresses:
        matching = [n for n, person in enumerate(hold.recipients) if person.path.address.lower() == address.lower()]
        if not matching:
            raise UnknownRecipient(hold.id, address)
        chosen |= dict.fromkeys(matching)
    return list(chosen)


def _moved(hold: HoldRow, ordinal: int, event: Event) -> State:
    try:
        return after(hold.recipients[ordinal].state, event)
    except Refused:
        raise AlreadyDecided(hold.id, hold.recipients[ordinal]) from None
