"""Keeping a message for those who must wait, before the MTA is answered.

Given a transaction, its plan and the evidence for people; gives the hold-ids, committed on return together with audit
and outbox rows. A message offered again within the window finds its holds: who is covered is not deposited twice.
Raises `StoreUnavailable` (answer 4.3.1; nothing is lost, the client comes again) and `ReleaseLoop`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sekisho.core.changes import DropAttachment
from sekisho.core.decision import Disposition
from sekisho.core.evidence import Evidence
from sekisho.core.identity import offer_key
from sekisho.core.lifecycle import Event, State, after, summary
from sekisho.core.message import Path, Transaction, message_octets
from sekisho.core.offers import Offers
from sekisho.core.plan import Deposit, Plan, Wait
from sekisho.core.thread import thread_of
from sekisho.core.truth import renumbered
from sekisho.quarantine.campaigns import Joined, join, record_followed
from sekisho.quarantine.notify import announces, answer_to, is_announced, tell, tell_planned
from sekisho.quarantine.received import hold_ids, released_just_now
from sekisho.quarantine.voting import must_ask
from sekisho.store import Store, StoreUnavailable, holds, offered, releases
from sekisho.store.codec import header_lengths
from sekisho.store.rows import HoldRow, MessageRow, RecipientRow, WaitRow
from sekisho.store.unit import Entry, Unit, View
from sekisho.transforms.offers import offers_of

HoldId = str

_ROLE = "gateway"
_LET_GO = frozenset({State.RELEASING, State.RELEASED})
_Spelling = tuple[bytes, tuple[str, ...]]


class ReleaseLoop(Exception):
    """The message is our own release coming back: the re-injection listener, or what follows it, asks this milter."""

    def __init__(self, hold: HoldId) -> None:
        super().__init__(f"the release of hold {hold} came back to this milter")
        self.hold = hold


def deposit(store: Store, transaction: Transaction, plan: Plan, evidence: Evidence) -> tuple[HoldId, ...]:
    """Commit the plan's deposits and notices; gives the holds in which its recipients are, each once."""
    offer = _Offer(transaction, plan, evidence, _message(store, transaction, evidence), store.duplicate_window)
    if plan.deposits:
        store.require_room(offer.message.size)
        # Writing a file for nothing is worth a look beforehand; octets at hand are not.
        if offer.message.size <= holds.INLINE or not store.read(offer.is_covered):
            return _with_content(store, offer)
    return store.write(lambda unit: offer.commit(unit, None)).holds


@dataclass(frozen=True, slots=True)
class _Kept:
    """A message whose content is in a file, or at hand to become a row."""

    message: MessageRow
    inline: bytes | None


@dataclass(frozen=True, slots=True)
class _Committed:
    holds: tuple[HoldId, ...]
    content_used: bool


@dataclass(frozen=True, slots=True)
class _Offer:
    """One offer of a message."""

    transaction: Transaction
    plan: Plan
    evidence: Evidence
    message: MessageRow
    """Still without digest: the content is not kept yet."""
    window: timedelta

    def is_covered(self, view: View) -> bool:
        """Whether earlier holds of the message have every recipient that is to be deposited."""
        covered = self._covered(view)
        return all(_spelling(path) in covered for one in self.plan.deposits for path in one.recipients)

    def commit(self, unit: Unit, kept: _Kept | None) -> _Committed:
        """Everything that the plan asks the store for, in one transaction."""
        covered = self._covered(unit)
        self._refuse_loop(unit, covered.values())
        found: dict[HoldId, None] = {}
        missing = []
        for one in self.plan.deposits:
            found |= dict.fromkeys(covered[_spelling(path)] for path in one.recipients if _spelling(path) in covered)
            rest = tuple(path for path in one.recipients if _spelling(path) not in covered)
            if rest:
                missing.append(replace(one, recipients=rest))
        self._count_repeat(unit, tuple(found))
        if missing:
            found |= dict.fromkeys(self._add(unit, kept, missing))
        self._tell_planned(unit)
        return _Committed(tuple(found), bool(missing))

    def _covered(self, view: View) -> dict[_Spelling, HoldId]:
        since = self.message.received - self.window
        return {_spelling(one.path): one.hold for one in offered.covered(view, self.message.offer_key, since)}

    def _refuse_loop(self, view: View, covering: Iterable[HoldId]) -> None:
        """A release that comes back may look like a repeat of the message: it must not be swallowed as one."""
        named = set(hold_ids(self.transaction.fields))
        suspects = named & set(covering) | {released_just_now(self.transaction.fields)} - {""}
        for hold in suspects:
            if holds.state(view, hold) in _LET_GO:
                raise ReleaseLoop(hold)

    def _count_repeat(self, unit: Unit, found: tuple[HoldId, ...]) -> None:
        offered.count_offer(unit, found)
        for hold in found:
            details = {"queue_id": self.message.queue_id}
            unit.record(Entry(self.message.received, "", _ROLE, "offered-again", hold, details=details))

    def _add(self, unit: Unit, kept: _Kept | None, missing: list[Deposit]) -> list[HoldId]:
        """Put the message and its new holds in."""
        if kept is None:
            raise StoreUnavailable("an earlier hold of this message has just been removed")
        holds.add_message(unit, kept.message, kept.inline)
        return [self._add_hold(unit, kept.message, one) for one in missing]

    def _add_hold(self, unit: Unit, message: MessageRow, one: Deposit) -> HoldId:
        goes = all(wait.terms.review is not None for wait in one.waits)
        state = after(State.HELD, Event.RELEASE) if goes else State.HELD
        people = tuple(RecipientRow(path, state) for path in one.recipients)
        hold = HoldRow(
            id=unit.new_id(),
            message=message,
            state=summary(person.state for person in people),
            version=1,
            created=message.received,
            expires=min((wait.expires for wait in one.waits if wait.expires), default=None),
            rules=one.rules,
            changes=one.changes,
            evidence=self._evidence_for(one),
            offered=1,
            recipients=people,
            waits=tuple(_lock(wait, message) for wait in one.waits),
            offers=self._offers(one),
            passed=goes and bool(one.waits),
        )
        joined = join(unit, one.campaign, hold) if one.campaign else Joined(hold)
        hold = joined.hold
        holds.add_hold(unit, hold)
        unit.record(Entry(message.received, "", _ROLE, "held", hold.id, details=_details(hold)))
        if joined.campaign is not None:
            record_followed(unit, hold, joined.campaign, message.received)
        if hold.state is State.RELEASING:
            releases.start(unit, hold.id, message.received)
        if not hold.campaign and not hold.passed and is_announced(hold):
            tell(unit, "held", hold, people, message.received)
        return hold.id

    def _evidence_for(self, one: Deposit) -> Evidence:
        """What concerns this deposit: findings with masks that count its recipients, reasons of its own rules."""
        places = {_spelling(path): index for index, path in enumerate(self.transaction.recipients)}
        indexes = [places.get(_spelling(path)) for path in one.recipients]
        findings = (
            replace(finding, recipients=renumbered(finding.recipients, indexes)) for finding in self.evidence.findings
        )
        concerned = tuple(finding for finding in findings if finding.recipients)
        hidden = renumbered(self.evidence.hidden, indexes)
        thread = thread_of(self.transaction.fields) if any(lock.terms.approved_for for lock in one.waits) else ()
        return replace(self.evidence.of(one.rules), thread=thread, findings=concerned, hidden=hidden, gone=self._gone())

    def _offers(self, one: Deposit) -> Offers:
        """What the message allows of the fixes that the rules of this deposit offer."""
        wanted = {offer for wait in one.waits for offer in wait.terms.offer}
        edits = [change for change in one.changes if not isinstance(change, DropAttachment)]
        return offers_of(self.transaction.fields, edits, self.transaction.body, wanted)

    def _gone(self) -> tuple[str, ...]:
        """Those who get the message at once."""
        fates = zip(self.transaction.recipients, self.plan.dispositions, strict=True)
        return tuple(path.address for path, fate in fates if fate is Disposition.ACCEPT)

    def _tell_planned(self, unit: Unit) -> None:
        for planned in self.plan.notices:
            notice = tell_planned(unit, self.message, self.evidence, planned, self.window)
            if notice is not None:
                details = {"to": notice.to, "rule": planned.rule, "queue_id": self.message.queue_id}
                entry = Entry(self.message.received, "", _ROLE, f"notice-{planned.kind}", details=details)
                unit.record(entry)


def _with_content(store: Store, offer: _Offer) -> tuple[HoldId, ...]:
    """Keep the content, then commit. Content that surely no row refers to does not stay."""
    kept = _keep(store, offer)
    needed = False
    try:
        committed = store.write(lambda unit: offer.commit(unit, kept))
        needed = committed.content_used
    except StoreUnavailable as error:
        needed = not error.undone
        raise
    finally:
        if kept.message.in_file and not needed:
            store.files.discard(kept.message.id)
    return committed.holds


def _keep(store: Store, offer: _Offer) -> _Kept:
    """The message with the digest of its octets, which are in a file now if they are many."""
    octets = message_octets(offer.transaction.fields, offer.transaction.body)
    digest = _Digest()
    in_file = offer.message.size > holds.INLINE
    inline = None
    kept = store.files.keys.sealed(offer.message.id, digest.over(octets))
    if in_file:
        store.files.write(offer.message.id, kept)
    else:
        inline = b"".join(kept)
    message = replace(offer.message, size=digest.size, digest=digest.hexadecimal, in_file=in_file)
    return _Kept(message, inline)


class _Digest:
    """Size and SHA-256 of octets that pass by."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()
        self.size = 0

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces."""
        for piece in pieces:
            self._sum.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def hexadecimal(self) -> str:
        return self._sum.hexdigest()


def _message(store: Store, transaction: Transaction, evidence: Evidence) -> MessageRow:
    """The message's row, before its content is kept."""
    ids = (field.value.decode("utf-8", "surrogateescape") for field in transaction.fields if field.key == "message-id")
    return MessageRow(
        id=store.new_id(),
        offer_key=offer_key(transaction),
        received=transaction.received,
        host=transaction.macros.get("j", ""),
        instance=store.instance,
        queue_id=transaction.queue_id,
        sender=transaction.sender,
        client=transaction.client,
        subject=evidence.subject,
        sender_of_record=evidence.sender_of_record,
        answer_to=answer_to(transaction, evidence.sender_of_record),
        message_id=next(ids, "").strip(),
        size=transaction.size,
        digest="",
        header=header_lengths(transaction.fields),
        in_file=False,
    )


def _lock(wait: Wait, message: MessageRow) -> WaitRow:
    """A lock: its first people are asked at once, if any need be; its time begins when the sender has been told."""
    now = message.received
    ask = now if must_ask(wait.terms.approval, 0, message.sender_of_record) else None
    waits = wait.expires and wait.terms.review is None
    started = None if waits and announces(wait.terms, wait.expires, now) else now
    return WaitRow(
        wait.rule, wait.expires, wait.on_expiry, terms=wait.terms, started=started, ask=ask, among=wait.among
    )


def _details(hold: HoldRow) -> dict[str, object]:
    """What the audit keeps of a deposit when the message is long gone."""
    return {
        "sender": hold.message.sender.address,
        "sender_of_record": hold.message.sender_of_record,
        "recipients": [person.path.address for person in hold.recipients],
        "rules": list(hold.rules),
        "queue_id": hold.message.queue_id,
        "message_id": hold.message.message_id,
        "size": hold.message.size,
        "digest": hold.message.digest,
        **({"campaign": hold.campaign} if hold.campaign else {}),
    }


def _spelling(path: Path) -> _Spelling:
    return path.raw, path.params
