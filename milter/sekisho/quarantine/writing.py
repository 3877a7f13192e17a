"""Writing a notice at the moment of sending: to whom, in which language, with which link.

The outbox keeps what was true when the notice was put in; a link is bound to the hold as it is when the mail leaves,
and its token is committed before that. Raises `ValueError` for what cannot be written, and `StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sekisho.core.lifecycle import State
from sekisho.core.message import Path
from sekisho.core.people import Person
from sekisho.core.truth import members
from sekisho.notices.build import Letterhead, build, envelope
from sekisho.notices.facts import HoldFacts, Item, Notice, from_json
from sekisho.notices.texts import texts_of
from sekisho.quarantine import answering
from sekisho.quarantine.choose import needs_step_up, offers_of, sends
from sekisho.quarantine.daily import Hour
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.links import Links
from sekisho.quarantine.notify import DRAFT, POSTMASTER, deadline_of
from sekisho.quarantine.reached import FIRST, TO_APPROVER
from sekisho.quarantine.rights import is_same
from sekisho.store import Store, holds
from sekisho.store.codec import header_fields
from sekisho.store.errors import ContentDamaged
from sekisho.store.rows import HoldRow, OutboxRow
from sekisho.store.unit import Unit, View
from sekisho.transforms.draft import draft_entity

_EIGHT_BIT = (("BODY=8BITMIME",), ("BODY=8BITMIME", "SMTPUTF8"))
"""What a mail with a draft that is not ASCII needs of the listener: without, and with, such a header."""
_ANSWERED = frozenset({"approve", "reminder"})
"""Notices that may be answered by mail."""
_CHOOSING = TO_APPROVER | {"held", "expiring"}
"""Notices that ask for a choice."""
_REMINDING = frozenset({"reminder", "expiring"})
"""Notices that make no sense once nothing waits."""


@dataclass(frozen=True, slots=True)
class Stationery:
    """What a site puts on its notices."""

    letterhead: Letterhead
    language: str
    """Of notices whose reader's language is not known."""
    postmaster: str
    """Who is told where the sender cannot be."""
    links: Links | None = None
    """None: notices carry no links."""
    reader_of: Callable[[str], Person | None] = lambda _: None
    """What is known of a person; must not raise."""
    reminder: timedelta = timedelta(hours=1)
    """How long before its time is over the sender of a hold is reminded."""
    daily: Hour | None = None
    """When the mails of every day leave; None: there are none."""
    replies: bool = False
    """Whether approvers may answer by mail."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mail to send."""

    sender: Path
    recipient: Path
    octets: bytes


class Writer:
    """Writes what the outbox holds."""

    def __init__(self, store: Store, stationery: Stationery, clock: Callable[[], datetime], desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._stationery = stationery
        self._clock = clock

    def written(self, row: OutboxRow) -> Written | None:
        """The mail; None for one that is not needed any more."""
        try:
            notice = self._addressed(from_json(dict(row.payload)))
        except (KeyError, TypeError) as error:
            raise ValueError(f"it was put in wrongly: {error!r}") from error
        completed = self._completed(row, notice)
        if completed is None:
            return None
        draft = self._draft(row, completed) if row.payload.get(DRAFT) else b""
        octets = build(completed, self._stationery.letterhead, row.id, row.created, draft)
        sender, recipient = envelope(completed)
        if not draft.isascii():
            more = _EIGHT_BIT[draft.startswith(b"Content-Type: message/global")]
            sender = replace(sender, params=tuple(dict.fromkeys((*sender.params, *more))))
        return Written(sender, recipient, octets)

    def _draft(self, row: OutboxRow, notice: Notice) -> bytes:
        """The message itself, for nobody but its sender; nothing where its content is gone."""
        hold = self._store.read(lambda view: holds.load(view, row.hold))
        if hold is None or not is_same(notice.to, hold.message.sender_of_record):
            return b""
        try:
            octets = self._store.read(lambda view: holds.content(view, self._store.files, hold.message)).read()
            length = sum(whole for _, whole in hold.message.header) + 2
            fields = header_fields(octets[:length], hold.message.header)
        except (ContentDamaged, ValueError):
            return b""
        hidden = set(members(hold.evidence.hidden))
        people = [person.path.address for ordinal, person in enumerate(hold.recipients) if ordinal in hidden]
        return draft_entity(fields, octets[length:], people)

    def _addressed(self, notice: Notice) -> Notice:
        """To whom, in which language; people are named as their colleagues know them."""
        site = self._stationery
        to = site.postmaster if notice.to == POSTMASTER else notice.to
        reader, sender = site.reader_of(to), site.reader_of(notice.facts.sender)
        language = notice.language or (reader.language if reader else "") or site.language
        words = texts_of(language, site.letterhead.zone).replies if notice.kind == "unanswered" else ()
        name = f"{sender.section} {sender.name}".strip() if sender and sender.name else ""
        return replace(notice, to=to, language=language, facts=replace(notice.facts, sender_name=name, replies=words))

    def _completed(self, row: OutboxRow, notice: Notice) -> Notice | None:
        """With its links, as the holds are now."""
        links = self._stationery.links
        if notice.kind == "digest" and links is not None:
            return self._store.write(lambda unit: self._with_items(unit, links, row, notice))
        if notice.kind in FIRST and notice.facts.deputy:
            notice = self._store.read(lambda view: self._timed(view, row, notice))
        if notice.kind in _REMINDING or (notice.kind in _CHOOSING and (links is not None or self._stationery.replies)):
            return self._store.write(lambda unit: self._with_ways(unit, row, notice))
        return notice

    def _timed(self, view: View, row: OutboxRow, notice: Notice) -> Notice:
        """A request that says when somebody else is asked: its reader's time begins now."""
        hold = holds.load(view, row.hold)
        asks = hold.asks if hold is not None else ()
        terms = [hold.waits[ask.lock].terms for ask in asks if hold is not None and is_same(ask.person, notice.to)]
        moments = [moment for one in terms if (moment := self._desk.escalation(self._clock(), one)) is not None]
        return replace(notice, facts=replace(notice.facts, deputy_at=min(moments, default=notice.facts.deputy_at)))

    def _with_ways(self, unit: Unit, row: OutboxRow, notice: Notice) -> Notice | None:
        """With the ways in which its reader can choose now; None where there is nothing to be reminded of."""
        hold = holds.load(unit, row.hold)
        offers = offers_of(hold, notice.to) if hold is not None else ()
        if notice.kind in _REMINDING and hold is not None:
            notice = replace(notice, facts=_renewed(notice.facts, hold))
        if notice.kind in _REMINDING and self._is_needless(notice, hold, offers):
            return None
        if hold is None or not offers:
            return notice
        notice = self._with_reply(unit, hold, row, notice)
        return self._with_link(unit, hold, offers, row, notice) if self._stationery.links is not None else notice

    def _with_reply(self, unit: Unit, hold: HoldRow, row: OutboxRow, notice: Notice) -> Notice:
        """With an address to answer to, where answers by mail count for anything."""
        if not self._stationery.replies or notice.kind not in _ANSWERED or needs_step_up(hold):
            return notice
        local, _, domain = self._stationery.letterhead.sender.rpartition("@")
        tag = answering.invite(unit, hold, notice.to, row.id, self._clock())
        words = texts_of(notice.language, self._stationery.letterhead.zone).replies
        return replace(notice, facts=replace(notice.facts, replies=words, reply_to=f"{local}+{tag}@{domain}"))

    def _with_link(self, unit: Unit, hold: HoldRow, offers: Sequence[str], row: OutboxRow, notice: Notice) -> Notice:
        assert self._stationery.links is not None
        approver = notice.kind in TO_APPROVER
        invite = self._stationery.links.invite
        link = invite(unit, hold, notice.to, self._clock(), notice=row.id, approver=approver)
        code = link.code if any(sends(hold, offer) for offer in offers) else ""
        return replace(notice, facts=replace(notice.facts, choices=tuple(offers), link=link.url, code=code))

    def _is_needless(self, notice: Notice, hold: HoldRow | None, offers: Sequence[str]) -> bool:
        """Whether there is nothing to be reminded of any more, or not yet: the time may have been put off."""
        if hold is None or notice.kind == "reminder":
            return not offers
        due = reminder_due(hold, self._stationery.reminder, self._clock())
        return hold.state is not State.HELD or (due is not None and due > self._clock())

    def _with_items(self, unit: Unit, links: Links, row: OutboxRow, notice: Notice) -> Notice:
        items = tuple(self._item(unit, links, row, notice.to, item) for item in notice.facts.items)
        return replace(notice, facts=replace(notice.facts, items=items))

    def _item(self, unit: Unit, links: Links, row: OutboxRow, person: str, item: Item) -> Item:
        hold = holds.load(unit, item.ref)
        if hold is None or not offers_of(hold, person):
            return item
        link = links.invite(unit, hold, person, self._clock(), notice=row.id, approver=True)
        return replace(item, link=link.url, code=link.code)


def _renewed(facts: HoldFacts, hold: HoldRow) -> HoldFacts:
    """Who waits now, and until when."""
    deadline, fate = deadline_of(hold)
    if hold.state is not State.HELD:
        return facts
    waiting = tuple(person.path.address for person in hold.recipients if person.state is State.HELD)
    members = hold.members if facts.members is not None else None
    return replace(facts, waiting=waiting, deadline=deadline, on_expiry=fate, members=members)


def reminder_due(hold: HoldRow | None, before: timedelta, now: datetime) -> datetime | None:
    """When to remind the sender of a hold; None where its time is too short for that, or it has none."""
    deadline = hold.expires if hold is not None and hold.state is State.HELD else None
    if deadline is None or deadline - now <= 2 * before:
        return None
    return deadline - before
