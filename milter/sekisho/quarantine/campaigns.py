"""Campaigns: thousands of messages that are alike are one hold to everybody who decides.

The first message is an ordinary hold, announced, asked about and timed like any other. Those that are alike join it in
silence: holds of their own, with their own recipients and octets, that wait for nothing but its end. What happens to
the first happens to them, in batches by the release role (`settle_due`), and to those still to come when they are kept.
A message that shows more than was known when it was decided, or does not allow the change that was chosen, does not
follow: it begins a campaign, or stands for itself. Work on members is one transaction a batch, and can be done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sekisho.core.campaign import Campaign, covers, together, widest
from sekisho.core.changes import DropAttachment
from sekisho.core.finding import Finding, kind_of
from sekisho.core.lifecycle import Event, State, after, summary
from sekisho.core.offers import DROP_ATTACHMENT
from sekisho.core.truth import mask_of_all
from sekisho.quarantine.fixes import NotPossible, hidden, left_behind
from sekisho.quarantine.notify import announces, is_announced, tell
from sekisho.quarantine.outcomes import with_outcome
from sekisho.quarantine.voting import must_ask
from sekisho.store import Store, campaigns, holds, releases
from sekisho.store.campaigns import CampaignRow
from sekisho.store.rows import HoldRow, WaitRow
from sekisho.store.unit import Entry, Unit

BATCH = 50
"""Members that follow in one transaction: new mail waits for its turn no longer than they take."""
LEASE = timedelta(seconds=60)
LOOKS = (timedelta(seconds=1), timedelta(seconds=30), timedelta(minutes=10))
"""When a decided campaign is looked at again: another gateway may have been about to commit a member."""

Fixes = tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A hold that is about to be kept, as its campaign makes it."""

    hold: HoldRow
    campaign: CampaignRow | None = None
    """Whose decision it follows already."""


def join(unit: Unit, campaign: Campaign, hold: HoldRow) -> Joined:
    """Let a hold that is about to be kept join what it is alike to, or begin a campaign."""
    shown = widest(hold.evidence.findings)
    for row in campaigns.running(unit, campaign.key, hold.created):
        if row.decided is None:
            _widen(unit, row, hold, shown)
            return Joined(_member(hold, row))
        if covers(row.widest, shown):
            try:
                return Joined(_followed(_member(hold, row), row, hold.created), row)
            except NotPossible:
                continue
    campaigns.add(unit, CampaignRow(hold.id, campaign.key, hold.created, hold.created + campaign.within, shown))
    return Joined(hold)


def record_followed(unit: Unit, hold: HoldRow, row: CampaignRow, now: datetime) -> None:
    """Put on record what became of a member, and by whose decision."""
    details = {"recipients": [person.path.address for person in hold.recipients], "campaign": row.id}
    unit.record(Entry(now, row.decided_by, row.role, row.event, hold.id, row.reason, details))


def decided(unit: Unit, hold: HoldRow, event: Event, by: str, role: str, now: datetime, reason: str) -> None:
    """The first of a campaign has its end: all that are alike will have the same."""
    row = campaigns.load(unit, hold.id)
    if row is not None:
        fixes = tuple(_fixes(hold))
        decision = replace(
            row, event=event.value, decided=now, decided_by=by, role=role, reason=reason, fixes=fixes
        )  # fmt: skip
        campaigns.decide(unit, decision)


def settle_due(store: Store, owner: str, now: datetime, trouble: Callable[[str, Exception], None]) -> int:
    """Let a batch of members follow a decision; gives how many. ``trouble``: campaign and error."""
    if not store.read(lambda view: campaigns.is_due(view, now)):
        return 0
    row = store.write(lambda unit: campaigns.claim(unit, owner, now, LEASE))
    if row is None:
        return 0
    try:
        return store.write(lambda unit: _settle(unit, row, now))
    except Exception as error:
        trouble(row.id, error)
        return 0


def _settle(unit: Unit, row: CampaignRow, now: datetime) -> int:
    batch = campaigns.waiting(unit, row.id, BATCH)
    for member in batch:
        hold = holds.load(unit, member)
        if hold is not None and hold.state is State.HELD:
            _follow(unit, hold, row, now)
    campaigns.put_off(unit, row.id, now if len(batch) == BATCH else _next_look(row, now))
    return len(batch)


def _follow(unit: Unit, hold: HoldRow, row: CampaignRow, now: datetime) -> None:
    """A member has what its first had, or stands for itself."""
    try:
        if not covers(row.widest, widest(hold.evidence.findings)):
            raise NotPossible("it shows more than was known")
        after_all = holds.save(unit, hold, _followed(hold, row, now))
    except NotPossible:
        _stand_alone(unit, hold, now)
        return
    record_followed(unit, after_all, row, now)
    if row.event == Event.RELEASE.value:
        releases.start(unit, hold.id, now)


def _stand_alone(unit: Unit, hold: HoldRow, now: datetime) -> None:
    """An ordinary hold from now on: announced, asked about and timed."""
    campaigns.detach(unit, hold.id)
    late = now - hold.created
    locks = tuple(_armed(lock, late, hold, now) for lock in hold.waits)
    alone = holds.save(unit, hold, replace(hold, waits=locks, campaign=""))
    unit.record(Entry(now, "", "release", "stands-alone", hold.id, details={"campaign": hold.campaign}))
    if is_announced(alone):
        tell(unit, "held", alone, alone.recipients, now)


def _armed(lock: WaitRow, late: timedelta, hold: HoldRow, now: datetime) -> WaitRow:
    expires = lock.expires + late if lock.expires else None
    ask = now if must_ask(lock.terms.approval, 0, hold.message.sender_of_record) else None
    started = None if expires and announces(lock.terms, expires, now) else now
    return replace(lock, expires=expires, started=started, ask=ask)


def _member(hold: HoldRow, row: CampaignRow) -> HoldRow:
    """The hold as one that waits for nothing of its own."""
    locks = tuple(replace(lock, started=None, ask=None) for lock in hold.waits)
    return replace(hold, campaign=row.id, waits=locks, expires=None)


def _followed(hold: HoldRow, row: CampaignRow, now: datetime) -> HoldRow:
    """The hold with the decision of its campaign; raises `NotPossible`."""
    event = Event(row.event)
    changed = _fixed(hold, tuple(row.fixes)) if event is Event.RELEASE else hold
    people = tuple(
        replace(person, state=after(person.state, event), decided=now, decided_by=row.decided_by)
        if person.state is State.HELD
        else person
        for person in hold.recipients
    )
    settled = replace(changed, recipients=people, state=summary(person.state for person in people), expires=None)
    return with_outcome(settled)


def _fixes(hold: HoldRow) -> list[Mapping[str, str]]:
    """What was changed in a message, so that it can be changed in others."""
    files = [change for change in hold.changes if isinstance(change, DropAttachment)]
    made: list[Mapping[str, str]] = [{"fix": fix} for fix in hold.offers.made if fix != DROP_ATTACHMENT]
    return made + [{"fix": DROP_ATTACHMENT, "place": one.place, "note": one.note} for one in files]


def _fixed(hold: HoldRow, fixes: Fixes) -> HoldRow:
    """The hold with the same changes as its first; raises `NotPossible`."""
    for fix in fixes:
        hold = left_behind(hold, fix["place"], fix["note"]) if fix["fix"] == DROP_ATTACHMENT else hidden(hold)
    return hold


def _widen(unit: Unit, row: CampaignRow, hold: HoldRow, shown: Mapping[str, int]) -> None:
    """Show to those who decide the most that any member has."""
    if covers(row.widest, shown):
        return
    known = campaigns.load(unit, row.id)
    first = holds.load(unit, row.id)
    if known is None or first is None:
        return
    campaigns.widen(unit, row.id, together(known.widest, shown))
    more = [one for one in hold.evidence.findings if one.count > known.widest.get(kind_of(one), 0)]
    campaigns.show(unit, first.id, replace(first.evidence, findings=_merged(first, more)))


def _merged(first: HoldRow, more: list[Finding]) -> tuple[Finding, ...]:
    """The first message's findings, with wider ones of others in their place."""
    everyone = mask_of_all(len(first.recipients))
    wider = {kind_of(one): replace(one, recipients=everyone) for one in more}
    kept = [wider.pop(kind_of(one), one) if kind_of(one) in wider else one for one in first.evidence.findings]
    return (*kept, *wider.values())


def _next_look(row: CampaignRow, now: datetime) -> datetime | None:
    decided_at = row.decided or now
    return next((decided_at + after_so_long for after_so_long in LOOKS if decided_at + after_so_long > now), None)
