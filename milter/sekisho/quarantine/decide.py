"""What people decide about a hold: approve, reject, cancel, release, extend; for all who wait or for some.

Each decision is one transaction: the change (compare-and-set through `sekisho.core.lifecycle`), its audit row and the
notice to the sender. The first answer wins; who comes second is told by whom and when. A person may do what
`sekisho.quarantine.rights` gives; the operator may do anything. Given the moment by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sekisho.core.lifecycle import Answer, Event, Refused, State, after
from sekisho.core.outcomes import FALSE_ALARM
from sekisho.quarantine.campaigns import decided
from sekisho.quarantine.fixes import NotPossible, fixed, fixes_of
from sekisho.quarantine.memory import remember
from sekisho.quarantine.notify import is_announced, leads, tell, tell_asked
from sekisho.quarantine.outcomes import with_outcome
from sekisho.quarantine.refusals import (
    Actor,
    AlreadyDecided,
    HasGone,
    Impossible,
    NotAllowed,
    ReasonMissing,
    UnknownHold,
    UnknownRecipient,
)
from sekisho.quarantine.review import checked
from sekisho.quarantine.rights import FIXES, Choice, asked_of, rights, votes_of, waiting
from sekisho.quarantine.voting import free, progressed, with_votes
from sekisho.store import Store, campaigns, holds, releases
from sekisho.store.rows import HoldRow
from sekisho.store.unit import Entry, Unit


@dataclass(frozen=True, slots=True)
class Fix:
    """What exactly is to be changed, and for whom the change is described."""

    files: tuple[str, ...] = ()
    """Names or places of the files that stay behind; empty for those that the findings concern."""
    language: str = "en"
    """Of the note that stands in a file's place."""


_EVENTS = {
    Choice.RELEASE: Event.RELEASE,
    Choice.REJECT: Event.REJECT,
    Choice.CANCEL: Event.CANCEL,
    Choice.DROP_RECIPIENT: Event.CANCEL,
}
_YES = (Choice.APPROVE, Choice.SEND_WITH_REASON)
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
    fix: Fix = Fix(),
    false_alarm: bool = False,
) -> HoldRow:
    """Decide for the recipients given by address, or for all who still wait; gives the hold as it is now.

    ``false_alarm``: whoever lets it go says that there was no reason to hold it. Raises `NotDecided` (`UnknownHold`,
    `UnknownRecipient`, `AlreadyDecided`, `NotAllowed`, `ReasonMissing`, `Impossible`; nothing was changed), and
    `StoreUnavailable`.
    """

    def work(unit: Unit) -> HoldRow:
        return decide_within(
            unit, hold_id, choice, actor, now, recipients=recipients, reason=reason, fix=fix, false_alarm=false_alarm
        )

    return store.write(work)


def decide_within(
    unit: Unit,
    hold_id: str,
    choice: Choice,
    actor: Actor,
    now: datetime,
    *,
    recipients: Sequence[str] = (),
    reason: str = "",
    fix: Fix = Fix(),
    false_alarm: bool = False,
) -> HoldRow:
    """`decide`, as a part of a transaction."""
    if choice is Choice.DROP_RECIPIENT and not recipients:
        raise ReasonMissing(choice, "recipients")
    if choice is Choice.SEND_WITH_REASON and not reason.strip():
        raise ReasonMissing(choice, "a reason")
    hold = _loaded(unit, hold_id)
    if hold.state is not State.HELD and actor.role == "person" and choice in rights(hold, actor.name):
        return checked(unit, hold, choice, actor.name, now, reason)
    chosen = _chosen(hold, recipients)
    if leads(hold) and set(chosen) != set(waiting(hold)):
        _require_alone(unit, hold, choice, now)
    if false_alarm:
        hold = replace(hold, outcome=FALSE_ALARM)
    if choice in FIXES:
        return _fix(unit, hold, chosen, choice, actor, now, reason, fix)
    if choice in _YES:
        return _approve(unit, hold, chosen, choice, actor, now, reason)
    if actor.role == "person":
        _require(hold, choice, actor)
        if choice is Choice.REJECT and set(chosen) >= set(waiting(hold)):
            hold = holds.save(unit, hold, _with_no(hold, actor, now, reason))
    return settle(unit, hold, chosen, _EVENTS[choice], actor, now, reason, draft=choice is Choice.CANCEL)


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
    unit: Unit,
    hold: HoldRow,
    chosen: Sequence[int],
    event: Event,
    actor: Actor,
    now: datetime,
    reason: str = "",
    *,
    draft: bool = False,
    seen: HoldRow | None = None,
) -> HoldRow:
    """Let the event happen to recipients of a hold, by ordinal; the one place where holds are decided.

    ``draft``: the sender gets the message back, to be edited. ``seen``: the hold as it was read, where what was changed
    since is still to be written: both are one change of it.
    """
    people = list(hold.recipients)
    for ordinal in chosen:
        state = _moved(hold, ordinal, event)
        people[ordinal] = replace(people[ordinal], state=state, decided=now, decided_by=actor.name)
    settled = holds.save(unit, seen or hold, with_outcome(replace(hold, recipients=tuple(people))))
    concerned = [people[ordinal] for ordinal in chosen]
    details: dict[str, object] = {"recipients": [person.path.address for person in concerned]}
    if settled.state is not State.HELD:
        details["outcome"] = settled.outcome
    unit.record(Entry(now, actor.name, actor.role, event.value, hold.id, reason, details))
    if event is Event.RELEASE:
        releases.schedule(unit, hold.id, now)
        remember(unit, settled, chosen, actor.name, actor.role, now)
    if leads(settled) and settled.state is not State.HELD:
        decided(unit, settled, event, actor.name, actor.role, now, reason)
    if event is not Event.RELEASE or actor.role != "timer" or is_announced(hold):
        tell(unit, _TOLD[event], settled, concerned, now, actor=actor.name, comment=reason, draft=draft)
    if settled.state is not State.HELD:
        tell_asked(unit, settled, _TOLD[event], actor.name, now, reason)
    return settled


def _require_alone(unit: Unit, hold: HoldRow, choice: Choice, now: datetime) -> None:
    """A campaign is decided as a whole. A message that nothing followed yet can be divided, and nothing will follow."""
    if hold.members:
        raise Impossible(hold.id, choice, f"{hold.members} more messages follow it: it is decided for all recipients")
    campaigns.close(unit, hold.id, now)


def _require(hold: HoldRow, choice: Choice, actor: Actor) -> None:
    if choice not in rights(hold, actor.name):
        raise NotAllowed(hold.id, actor, choice)


def _approve(
    unit: Unit, hold: HoldRow, chosen: Sequence[int], choice: Choice, actor: Actor, now: datetime, reason: str
) -> HoldRow:
    """One person's yes; those who wait for nothing more are let go."""
    for ordinal in chosen:
        _moved(hold, ordinal, Event.RELEASE)
    _require(hold, choice, actor)
    return _vote(unit, hold, chosen, choice, actor, now, reason)


def _fix(
    unit: Unit,
    hold: HoldRow,
    chosen: Sequence[int],
    choice: Choice,
    actor: Actor,
    now: datetime,
    reason: str,
    fix: Fix,
) -> HoldRow:
    """Change the message; with the yes of a person who has one, and the operator's release, it goes."""
    if actor.role == "person":
        _require(hold, choice, actor)
    if set(chosen) != set(waiting(hold)):
        raise Impossible(hold.id, choice, "it changes the message for all who wait")
    try:
        changed = fixed(hold, choice.value, fix.files, fix.language)
    except NotPossible as error:
        raise Impossible(hold.id, choice, str(error)) from error
    saved = holds.save(unit, hold, changed)
    details = {"change": choice.value, "files": fixes_of(saved.changes)}
    unit.record(Entry(now, actor.name, actor.role, "change", hold.id, reason, details))
    if actor.role != "person":
        return settle(unit, saved, chosen, Event.RELEASE, actor, now, reason)
    if not any(votes_of(saved, number, actor.name) for number in range(len(saved.waits))):
        return saved
    return _vote(unit, saved, chosen, Choice.APPROVE, actor, now, reason)


def _vote(
    unit: Unit, hold: HoldRow, chosen: Sequence[int], choice: Choice, actor: Actor, now: datetime, reason: str
) -> HoldRow:
    voted = with_votes(hold, chosen, actor.name, now, reason, unit.new_id)
    if voted == hold:
        raise NotAllowed(hold.id, actor, choice)
    voted = progressed(voted, actor.name, now)
    details = {"recipients": [hold.recipients[ordinal].path.address for ordinal in chosen]}
    unit.record(Entry(now, actor.name, actor.role, "approve", hold.id, reason, details))
    going = free(voted)
    if not going:
        return holds.save(unit, hold, voted)
    return settle(unit, voted, going, Event.RELEASE, actor, now, reason, seen=hold)


def _with_no(hold: HoldRow, actor: Actor, now: datetime, reason: str) -> HoldRow:
    """The hold with the person's no to everything that the person was asked."""
    asked = {ask.id for ask in asked_of(hold, actor.name)}
    asks = (ask.after(Answer.NO, now, reason) if ask.id in asked else ask for ask in hold.asks)
    return replace(hold, asks=tuple(asks))


def _loaded(unit: Unit, hold_id: str) -> HoldRow:
    hold = holds.load(unit, hold_id)
    if hold is None:
        raise UnknownHold(hold_id)
    if hold.message.purged is not None:
        raise HasGone(hold_id, hold.recipients[0], hold.message.purged)
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
