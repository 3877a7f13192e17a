"""What the store gives: rows as frozen values, joined as people think of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sekisho.core.actions import OnExpiry
from sekisho.core.changes import Change
from sekisho.core.evidence import Evidence
from sekisho.core.lifecycle import State
from sekisho.core.message import Client, Path


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
    approval: str
    expires: datetime | None
    on_expiry: OnExpiry
    opened: datetime | None = None
    opened_by: str = ""


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


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A hold that is to be sent, claimed by an owner until its lease ends."""

    hold: str
    decided: datetime
    due: datetime
    attempts: int


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


@dataclass(frozen=True, slots=True)
class RuleStatistics:
    """What became of the holds of one rule, by the holds' states."""

    rule: str
    holds: int
    outcomes: Mapping[str, int]
