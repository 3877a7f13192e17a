"""What a notice tells of, as values that can be kept as JSON until the notice is sent.

A `Notice` is enough to write the mail without asking anybody: quarantine fills one in, the outbox keeps its JSON, and
`sekisho.notices.build` turns it into octets at the moment of sending. Nothing here holds a body or an attachment;
evidence is as masked as the inspectors made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sekisho.core.actions import OnExpiry
from sekisho.core.finding import Finding
from sekisho.core.letters import KINDS
from sekisho.core.reason import Reason

REPORTS = frozenset({"undeliverable", "refused"})
"""Kinds that are delivery status notifications (RFC 3464)."""

Plain = dict[str, Any]
_MOMENTS = ("received", "deadline", "deputy_at", "decided")


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient who does not get the message, and the answer that said so."""

    recipient: str
    """``local@domain``."""
    code: int = 0
    """SMTP reply code; 0 where there was none."""
    text: str = ""
    """The reply without its code, or the policy's own words."""
    params: tuple[str, ...] = ()
    """The ESMTP parameters of the forward-path: NOTIFY and ORCPT are what is asked of them (RFC 3461)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a digest: a hold that waits for its reader."""

    ref: str
    sender: str
    subject: str
    waiting: tuple[str, ...]
    since: datetime
    """When its reader was asked."""
    deadline: datetime | None = None
    link: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """What happened to one message. Addresses are ``local@domain``, moments aware."""

    ref: str
    """What people quote to the operator: the hold-id, or the queue-id where nothing was held."""
    subject: str
    """Decoded."""
    sender: str
    received: datetime
    sender_name: str = ""
    """As colleagues know the sender: section and name."""
    waiting: tuple[str, ...] = ()
    """Whom the notice is about: those who wait, or who after the decision get it, or do not."""
    gone: tuple[str, ...] = ()
    """To whom the message went on at once."""
    hidden: tuple[str, ...] = ()
    """Which of those waiting no header field shows: approvers see them marked as Bcc."""
    findings: tuple[Finding, ...] = ()
    reasons: tuple[Reason, ...] = ()
    """Why the rules matched; said where there are no findings."""
    messages: tuple[Mapping[str, str], ...] = ()
    """The rules' own words for people, by language."""
    rule: str = ""
    """The rule that asked for a ``rule`` notice."""
    files: int | None = None
    """How many attachments; None where nobody counted."""
    deadline: datetime | None = None
    on_expiry: OnExpiry = OnExpiry.KEEP
    choices: tuple[str, ...] = ()
    """What is offered, the safest first: ``envelope-only``, ``drop-recipient``, ``cancel`` …"""
    link: str = ""
    """The page where one chooses; without it people are sent to the operator."""
    code: str = ""
    """What must be typed on that page to have something sent."""
    replies: tuple[str, ...] = ()
    """Words that may be sent back as an answer; empty where mail is no answer."""
    reply_to: str = ""
    """To which address."""
    deputy: str = ""
    """Who is asked when its reader does not answer …"""
    deputy_at: datetime | None = None
    """… until then."""
    actor: str = ""
    """Who decided …"""
    decided: datetime | None = None
    """… and when."""
    comment: str = ""
    """The reason given: one of the ready ones (``wrong-recipient`` …) or free text."""
    outcome: str = ""
    """For ``decided``: ``released``, ``rejected``, ``cancelled`` or ``expired``. For ``warned``: ``refused``,
    ``held`` or ``changed``."""
    message_id: str = ""
    """Of the message, as it stands in its header."""
    envelope_id: str = ""
    """ENVID, as it was given (xtext)."""
    failures: tuple[Failure, ...] = ()
    items: tuple[Item, ...] = ()
    """Of a digest."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Of a heartbeat."""
    members: int | None = None
    """How many more messages follow what is decided about this one; None where none ever will."""
    instead_of: str = ""
    """To whom the notice was sent first, in vain."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to one person. Raises `ValueError` for a kind that has no text."""

    kind: str
    to: str
    language: str
    """``ja``, ``en`` or ``zh``; any other is English."""
    facts: HoldFacts

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such notice: {self.kind!r}")


def to_json(notice: Notice) -> Plain:
    """Plain data for the outbox; octets that are no characters stay surrogate escapes."""
    facts = notice.facts
    plain: Plain = {one.name: getattr(facts, one.name) for one in fields(HoldFacts)}
    plain |= {name: _moment_to_json(getattr(facts, name)) for name in _MOMENTS}
    plain |= {
        "on_expiry": facts.on_expiry.value,
        "findings": [_finding_to_json(finding) for finding in facts.findings],
        "reasons": [_reason_to_json(reason) for reason in facts.reasons],
        "messages": [dict(message) for message in facts.messages],
        "failures": [asdict(failure) for failure in facts.failures],
        "items": [_item_to_json(item) for item in facts.items],
        "numbers": dict(facts.numbers),
    }
    return {"kind": notice.kind, "to": notice.to, "language": notice.language, "facts": plain}


def from_json(data: Plain) -> Notice:
    """The inverse of `to_json`, also after JSON text. What an older version did not write has its default."""
    known = {one.name for one in fields(HoldFacts)}
    facts: Plain = data["facts"]
    plain: Plain = {
        key: tuple(facts[key]) if isinstance(facts[key], list) else facts[key] for key in known & set(facts)
    }
    plain |= {name: _moment_from_json(facts.get(name)) for name in _MOMENTS}
    plain |= {
        "on_expiry": OnExpiry(facts.get("on_expiry", OnExpiry.KEEP.value)),
        "findings": tuple(Finding(**finding) for finding in facts.get("findings", ())),
        "reasons": tuple(_reason_from_json(reason) for reason in facts.get("reasons", ())),
        "failures": tuple(_failure_from_json(failure) for failure in facts.get("failures", ())),
        "items": tuple(_item_from_json(item) for item in facts.get("items", ())),
    }
    return Notice(data["kind"], data["to"], data["language"], HoldFacts(**plain))


def _moment_to_json(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment_from_json(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _item_to_json(item: Item) -> Plain:
    moments = {"since": item.since.isoformat(), "deadline": _moment_to_json(item.deadline)}
    return {one.name: getattr(item, one.name) for one in fields(Item)} | moments


def _item_from_json(data: Plain) -> Item:
    moments = {"since": datetime.fromisoformat(data["since"]), "deadline": _moment_from_json(data["deadline"])}
    return Item(**{**data, **moments, "waiting": tuple(data["waiting"])})


def _finding_to_json(finding: Finding) -> Plain:
    return {one.name: getattr(finding, one.name) for one in fields(Finding)} | {"values": dict(finding.values)}


def _reason_to_json(reason: Reason) -> Plain:
    parts = [_reason_to_json(part) for part in reason.parts]
    return {"code": reason.code, "values": dict(reason.values), "parts": parts}


def _reason_from_json(data: Plain) -> Reason:
    return Reason(data["code"], data["values"], tuple(_reason_from_json(part) for part in data["parts"]))


def _failure_from_json(data: Plain) -> Failure:
    return Failure(data["recipient"], data["code"], data["text"], tuple(data["params"]))
