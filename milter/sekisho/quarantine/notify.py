"""Notices about holds, put into the outbox in the transaction that makes them true.

What is known is written down now; the language, and who the postmaster is, are settled when the notice is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sekisho.core.actions import BRIEF, OnExpiry
from sekisho.core.evidence import Evidence
from sekisho.core.lifecycle import Lock, State
from sekisho.core.message import Path, Transaction
from sekisho.core.plan import RULES
from sekisho.core.plan import Notice as PlannedNotice
from sekisho.core.replies import REFUSED
from sekisho.core.terms import Terms
from sekisho.notices.facts import REPORTS, Failure, HoldFacts, Notice, to_json
from sekisho.notices.whom import recipient_of_notice
from sekisho.store import outbox
from sekisho.store.rows import AskRow, HoldRow, MessageRow, RecipientRow, WaitRow
from sekisho.store.unit import Unit

DRAFT = "draft"
"""In the payload of a notice that brings the message back, to be edited."""

POSTMASTER = "postmaster"
"""Stands for the site's postmaster until the notice is sent."""


def is_announced(hold: HoldRow) -> bool:
    """Whether the sender is told of the hold without anybody deciding."""
    keeping = (lock for lock in hold.waits if lock.terms.review is None)
    return any(announces(lock.terms, lock.expires, hold.created) for lock in keeping)


def announces(terms: Terms, expires: datetime | None, created: datetime) -> bool:
    """Whether the sender is told of a lock: as the rule says, else unless it is brief."""
    return terms.notice if terms.notice is not None else expires is None or expires - created > BRIEF


def answer_to(transaction: Transaction, sender_of_record: str) -> str:
    """Whom notices to the sender of a message go to."""
    found = recipient_of_notice(transaction.sender, transaction.fields, sender_of_record, POSTMASTER)
    return found or POSTMASTER


def tell(
    unit: Unit,
    kind: str,
    hold: HoldRow,
    about: Sequence[RecipientRow],
    now: datetime,
    *,
    actor: str = "",
    comment: str = "",
    draft: bool = False,
) -> None:
    """Tell the sender of a held message about these of its recipients; with ``draft`` the message goes back too."""
    told = _hold_facts(hold, about)
    facts = replace(
        told,
        on_expiry=_fate(hold) if kind == "expired" else told.on_expiry,
        actor=actor,
        comment=comment,
        failures=tuple(_failure(person) for person in about) if kind in REPORTS else (),
    )
    notice = Notice(kind, hold.message.answer_to, "", facts)
    outbox.add(unit, kind, {**to_json(notice), **({DRAFT: True} if draft else {})}, now, hold=hold.id)


def ask_person(
    unit: Unit, kind: str, hold: HoldRow, ask: AskRow, now: datetime, *, then: str = "", then_at: datetime | None = None
) -> None:
    """Ask somebody to decide (``approve``), once more (``reminder``), or to check what has gone (``review``).

    ``then``: the address of whoever is asked at the moment ``then_at`` unless there is an answer.
    """
    about = [person for person in hold.recipients if person.state is State.HELD or hold.passed]
    facts = replace(
        _hold_facts(hold, about),
        comment=explanation_of(hold),
        deputy=then,
        deputy_at=then_at,
    )
    _put(unit, Notice(kind, ask.person, "", facts), hold, now)


def tell_asked(unit: Unit, hold: HoldRow, outcome: str, actor: str, now: datetime, comment: str = "") -> None:
    """Tell everybody who was asked about a hold, and is not the one who decided, that it is decided.

    ``outcome``: ``released``, ``rejected``, ``cancelled`` or ``expired``.
    """
    facts = _hold_facts(hold, hold.recipients)
    facts = replace(facts, outcome=outcome, actor=actor, decided=now, comment=comment, deadline=None)
    over = (ask for ask in hold.asks if hold.waits[ask.lock].terms.review is None)
    asked = {ask.person.lower(): ask.person for ask in over if ask.person.lower() != actor.lower()}
    for person in asked.values():
        _put(unit, Notice("decided", person, "", facts), hold, now)


def tell_unanswered(unit: Unit, hold: HoldRow, person: str, problem: str, now: datetime) -> None:
    """Tell somebody who answered by mail that it was in vain: ``word``, ``right`` or ``step-up``."""
    facts = replace(_hold_facts(hold, hold.recipients), outcome=problem)
    _put(unit, Notice("unanswered", person, "", facts), hold, now)


def explanation_of(hold: HoldRow) -> str:
    """What the sender said when confirming; empty where nothing was said."""
    own = hold.message.sender_of_record.lower()
    return next((ask.reason for ask in hold.asks if ask.reason and ask.person.lower() == own), "")


def deadline_of(hold: HoldRow) -> tuple[datetime | None, OnExpiry]:
    """When something happens to a hold by itself, and what; without a timer it is kept."""
    first = min(filter(_runs, hold.waits), key=lambda lock: lock.expires or hold.created, default=None)
    return (first.expires, first.on_expiry) if first else (None, OnExpiry.KEEP)


def _runs(lock: WaitRow) -> bool:
    """Whether something still happens by itself when the lock's time is over."""
    return lock.expires is not None and lock.state is Lock.SHUT


def _fate(hold: HoldRow) -> OnExpiry:
    """What became of a hold whose time is over."""
    return OnExpiry.KEEP if hold.state is State.HELD else OnExpiry.RETURN


def _put(unit: Unit, notice: Notice, hold: HoldRow, now: datetime) -> None:
    outbox.add(unit, notice.kind, to_json(notice), now, hold=hold.id)


def leads(hold: HoldRow) -> bool:
    """Whether others may follow what is decided about the hold."""
    return not hold.campaign and any(lock.terms.campaign for lock in hold.waits)


def _hold_facts(hold: HoldRow, about: Sequence[RecipientRow]) -> HoldFacts:
    """What every notice about a hold says; the deadline is that of the lock whose time is over first."""
    deadline, fate = deadline_of(hold)
    ordinals = enumerate(hold.recipients)
    hidden = (person.path for ordinal, person in ordinals if hold.evidence.hidden >> ordinal & 1)
    return replace(
        _message_facts(hold.message, hold.evidence),
        ref=hold.id,
        waiting=_addresses(person.path for person in about),
        gone=hold.evidence.gone,
        hidden=_addresses(hidden),
        files=hold.evidence.files,
        members=hold.members if leads(hold) else None,
        deadline=deadline,
        on_expiry=fate,
    )


def tell_planned(
    unit: Unit, message: MessageRow, evidence: Evidence, planned: PlannedNotice, window: timedelta
) -> Notice | None:
    """Put in a notice that the plan asks for, unless the same was put in for an earlier offer within the window."""
    once = _once(message.offer_key, planned)
    if outbox.was_added(unit, once, message.received - window):
        return None
    refused = planned.recipients if planned.kind in REPORTS else ()
    facts = replace(
        _message_facts(message, _concerning(evidence, planned)),
        waiting=_addresses(planned.recipients),
        rule=planned.rule,
        outcome=planned.outcome,
        failures=tuple(Failure(path.address, 550, REFUSED.text, path.params) for path in refused),
    )
    notice = Notice(planned.kind, message.answer_to if planned.whom == "sender" else planned.whom, "", facts)
    outbox.add(unit, notice.kind, to_json(notice), message.received, once=once)
    return notice


def _concerning(evidence: Evidence, planned: PlannedNotice) -> Evidence:
    """Without the reasons of other rules than those that the notice is about."""
    return evidence.of(planned.rule.split(RULES))


def _message_facts(message: MessageRow, evidence: Evidence) -> HoldFacts:
    """What every notice about a message says of it."""
    return HoldFacts(
        ref=message.queue_id or message.id,
        subject=message.subject,
        sender=message.sender.address,
        received=message.received,
        findings=evidence.findings,
        reasons=tuple(evidence.reasons.values()),
        messages=tuple(evidence.messages.values()),
        message_id=message.message_id,
        envelope_id=_parameter(message.sender.params, "ENVID"),
    )


def _failure(person: RecipientRow) -> Failure:
    code, _, text = person.reply.partition(" ")
    known = code.isdigit() and len(code) == 3
    shown = text if known else person.reply
    return Failure(person.path.address, int(code) if known else 0, shown, person.path.params)


def _addresses(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.address for path in paths)


def _parameter(params: Iterable[str], name: str) -> str:
    found = (param.partition("=")[2] for param in params if param.upper().startswith(f"{name}="))
    return next(found, "")


def _once(offer_key: str, planned: PlannedNotice) -> str:
    digest = hashlib.sha256()
    parts = (offer_key, planned.kind, planned.whom, planned.rule)
    for piece in (*(part.encode("utf-8", "surrogateescape") for part in parts), *(p.raw for p in planned.recipients)):
        digest.update(b"%d:%b" % (len(piece), piece))
    return digest.hexdigest()
