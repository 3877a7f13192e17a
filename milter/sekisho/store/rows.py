"""What the store gives: rows as frozen values, joined as people think of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sekisho.core.actions import OnExpiry
from sekisho.core.changes import Change
from sekisho.core.evidence import Evidence
from sekisho.core.lifecycle import Answer, Asked, Lock, LockEvent, State, after
from sekisho.core.message import Client, Path
from sekisho.core.offers import NOTHING, Offers
from sekisho.core.terms import USUAL, Terms


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as the MTA gave it, without its octets."""

    id: str
    offer_key: str
    received: datetime
    host: str
    """The MTA's own name, which with ``instance`` and ``received`` tells equal queue-ids apart."""
    instance: str
    queue_id: str
    sender: Path
    client: Client
    subject: str
    sender_of_record: str
    answer_to: str
    """Whom notices to the sender go to: the sender of record, or ``postmaster`` where the sender is not written to."""
    message_id: str
    """Message-ID as it stands in the header; empty where there is none."""
    size: int
    digest: str
    """SHA-256 of the octets, hexadecimal."""
    header: tuple[tuple[int, int], ...]
    """Of each header field the length of its name and of the whole, line end included."""
    in_file: bool
    purged: datetime | None = None
    """When its content was removed because nobody needs it any more; None while it is kept."""


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One forward-path of a hold."""

    path: Path
    state: State
    decided: datetime | None = None
    decided_by: str = ""
    reply: str = ""
    """The last answer of the re-injection listener."""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One lock of a hold."""

    rule: str
    expires: datetime | None
    on_expiry: OnExpiry
    opened: datetime | None = None
    opened_by: str = ""
    terms: Terms = USUAL
    step: int = 0
    """The last step of its approval that anybody has come to."""
    started: datetime | None = None
    """When its timer began to run; until then ``expires`` is only what it would be."""
    ran_out: datetime | None = None
    """When its time was over and it was kept, or escalated, nevertheless."""
    ask: datetime | None = None
    """When the people of its step are to be found and asked; None when they have been, or nobody need be."""
    attempts: int = 0
    """How often they could not be found because somebody who knows was away."""
    among: tuple[str, ...] = ()
    """The message's recipients who are ours, where one of them may approve."""

    @property
    def state(self) -> Lock:
        """Where it stands; time that was put off after it was over makes it shut again."""
        if self.opened is not None:
            return Lock.OPEN
        late = self.ran_out is not None and (self.expires is None or self.ran_out >= self.expires)
        return Lock.LATE if late else Lock.SHUT

    def after(self, event: LockEvent, by: str, now: datetime) -> WaitRow:
        """The lock after an event, or `Refused`."""
        if after(self.state, event) is Lock.OPEN:
            return replace(self, opened=now, opened_by=by, ask=None)
        return replace(self, ran_out=now)


@dataclass(frozen=True, slots=True)
class AskRow:
    """Somebody who was asked to open a lock, and the answer."""

    id: str
    lock: int
    """The lock's ordinal."""
    step: int
    role: str
    """Of the step, as it is spelled, or one of `core.approval.STAND_INS`."""
    person: str
    """The address of whoever was asked."""
    principal: str
    """For whom: the person, or the one whose deputy the person is."""
    why: str
    """Why this one and nobody else, as a code; empty for the people whom the policy names."""
    asked: datetime
    told: datetime | None = None
    """When the MTA took the request: the person's time runs from then on."""
    unreached: datetime | None = None
    """When it, or a reminder, was refused or given up."""
    due: datetime | None = None
    """When to remind or to ask somebody else; None for never."""
    answered: datetime | None = None
    answer: str = ""
    """``approve`` or ``reject``."""
    covers: frozenset[int] = frozenset()
    """For which recipients it was approved, by ordinal."""
    reason: str = ""

    @property
    def state(self) -> Asked:
        return Asked(self.answer)

    def after(self, answer: Answer, now: datetime, reason: str, covers: frozenset[int] = frozenset()) -> AskRow:
        """The question after an answer for some recipients, or `Refused`."""
        said = after(self.state, answer)
        return replace(self, answered=now, answer=said.value, covers=self.covers | covers, reason=reason or self.reason)


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold with its message, recipients and locks."""

    id: str
    message: MessageRow
    state: State
    version: int
    created: datetime
    expires: datetime | None
    """The first moment at which something happens by itself."""
    rules: tuple[str, ...]
    changes: tuple[Change, ...]
    evidence: Evidence
    """Masks of its findings count this hold's recipients."""
    offered: int
    """How often the message came: 1, and one for each repeat."""
    recipients: tuple[RecipientRow, ...]
    waits: tuple[WaitRow, ...]
    asks: tuple[AskRow, ...] = ()
    outcome: str = ""
    """What the hold was good for: ``corrected``, ``cancelled``, ``rejected``, ``unchanged``, ``false-alarm``."""
    passed: bool = False
    """Its recipients had the message at once; it is kept to be checked."""
    offers: Offers = NOTHING
    """What the message allows of the fixes that its rules offer."""
    campaign: str = ""
    """The hold that stands for all of its campaign; empty where it stands for itself."""
    members: int = 0
    """How many more holds follow what is decided about this one."""
    legal_hold: str = ""
    """Why nothing of it may be purged; empty where nothing forbids it."""

    def is_pending(self, ask: AskRow) -> bool:
        """Whether a question has no answer yet, or none for some of those who wait."""
        left = {ordinal for ordinal, person in enumerate(self.recipients) if person.state is State.HELD}
        return ask.state is Asked.PENDING or (ask.state is Asked.APPROVED and not left <= ask.covers)


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A hold that is to be sent, claimed by an owner until its lease ends."""

    hold: str
    decided: datetime
    due: datetime
    attempts: int
    cut_off: bool = False
    """Whether another owner's lease ran out: what it did is not known."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A notice to send. ``payload`` is plain data, enough to write it without asking anybody."""

    id: str
    kind: str
    hold: str
    """Empty where it is about no hold."""
    payload: Mapping[str, Any]
    created: datetime
    attempts: int
    outcome: str = "pending"
    reply: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link of the audit chain."""

    sequence: int
    at: datetime
    actor: str
    role: str
    """``person``, ``operator``, ``timer``, ``gateway`` or ``release``."""
    action: str
    hold: str
    reason: str
    details: Mapping[str, Any]
    hash: str
    """SHA-256 over the previous link's hash and everything above, hexadecimal."""
