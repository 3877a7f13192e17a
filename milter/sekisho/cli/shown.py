"""A hold as people and programs see it: the lines of ``quarantine list`` and ``show``, and their JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from sekisho.cli.output import heading, say
from sekisho.core.approval import steps
from sekisho.core.changes import to_json
from sekisho.core.lifecycle import State
from sekisho.core.offers import Attachment
from sekisho.quarantine.rights import rights
from sekisho.serve.question import finding_record
from sekisho.store.rows import AskRow, HoldRow, RecipientRow
from sekisho.words import say as words


def as_json(hold: HoldRow) -> dict[str, Any]:
    """The object of ``quarantine list --json`` (DESIGN section 7)."""
    return {
        "hold_id": hold.id,
        "state": hold.state.value,
        "created": _iso(hold.created),
        "expires": _iso(hold.expires),
        "sender": hold.message.sender.address,
        "recipients": {one.path.address: one.state.value for one in hold.recipients},
        "subject": hold.message.subject,
        "size": hold.message.size,
        "rules": list(hold.rules),
        "findings": sorted({finding.code for finding in hold.evidence.findings}),
        "queue_id": hold.message.queue_id,
        "members": hold.members,
        "legal_hold": hold.legal_hold,
        "to_check": is_to_check(hold),
    }


def in_full(hold: HoldRow, language: str) -> dict[str, Any]:
    """The object of ``quarantine show --json``: everything but the octets."""
    paths = [one.path for one in hold.recipients]
    return {
        **as_json(hold),
        "sender_of_record": hold.message.sender_of_record,
        "received": _iso(hold.message.received),
        "client": hold.message.client.address,
        "host": hold.message.host,
        "digest": hold.message.digest,
        "content_purged": _iso(hold.message.purged),
        "offered": hold.offered,
        "outcome": hold.outcome,
        "campaign": hold.campaign,
        "decisions": {one.path.address: _decision(one) for one in hold.recipients if one.decided},
        "waits": [_lock(hold, number) for number in range(len(hold.waits))],
        "rights": {person: [choice.value for choice in rights(hold, person)] for person in _concerned(hold)},
        "replies": {one.path.address: one.reply for one in hold.recipients if one.reply},
        "because": {rule: words.reason(reason, language) for rule, reason in hold.evidence.reasons.items()},
        "evidence": [finding_record(finding, paths, language) for finding in hold.evidence.findings],
        "changes": [to_json(change) for change in hold.changes],
        "files": [_file(file) for file in hold.offers.files],
    }


def line(hold: HoldRow, zone: tzinfo) -> str:
    """One line of the list."""
    waiting = ", ".join(f"{one.path.address}" for one in hold.recipients[:3])
    more = f" (+{len(hold.recipients) - 3})" if len(hold.recipients) > 3 else ""
    when = hold.created.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    rules = ",".join(hold.rules)
    alike = f"  and {hold.members} more alike" if hold.members else ""
    sender = hold.message.sender.address
    check = "  to be checked" if is_to_check(hold) else ""
    return f"{hold.id}  {hold.state.value:<9}  {when}  {sender} -> {waiting}{more}{alike}{check}  [{rules}]"


def is_to_check(hold: HoldRow) -> bool:
    """Whether somebody is still to look at what has gone already."""
    return hold.passed and any(lock.terms.review is not None and lock.opened is None for lock in hold.waits)


def tell(hold: HoldRow, zone: tzinfo, language: str) -> None:
    """The whole hold, for people."""
    heading(f"{hold.id}: {hold.state.value}")
    say(f"  from     {hold.message.sender.address or '<>'}")
    say(f"  subject  {hold.message.subject}")
    say(f"  came     {_local(hold.created, zone)}, queue-id {hold.message.queue_id or '-'}, {hold.message.size} octets")
    if hold.expires is not None:
        say(f"  expires  {_local(hold.expires, zone)}")
    if hold.members:
        say(f"  alike    {hold.members} more, for which the same will be decided (list --campaign {hold.id})")
    if hold.campaign:
        say(f"  follows  {hold.campaign}")
    if hold.outcome:
        say(f"  outcome  {hold.outcome}")
    if hold.legal_hold:
        say(f"  kept     under legal hold: {hold.legal_hold}")
    if hold.message.purged is not None:
        say(f"  content  purged {_local(hold.message.purged, zone)}; only the record is kept")
    if hold.offered > 1:
        say(f"  offered  {hold.offered} times")
    heading("recipients")
    for one in hold.recipients:
        by = f"  by {one.decided_by or 'the gateway'}, {_local(one.decided, zone)}" if one.decided else ""
        say(f"  {one.path.address}: {one.state.value}{by}{'  ' + one.reply if one.reply else ''}")
    for file in hold.offers.files:
        say(f"  file {file.name or file.place}: {f'must stay ({file.stays})' if file.stays else 'can be left out'}")
    _tell_locks(hold, zone)
    heading("why")
    for rule, reason in hold.evidence.reasons.items():
        say(f"  {rule}: {words.reason(reason, language)}")
    for finding in hold.evidence.findings:
        say(f"  {finding.where}: {words.finding(finding, language)}")


def _file(file: Attachment) -> dict[str, str | int]:
    """Why it ``stays`` is empty where it can be left out."""
    return {"place": file.place, "name": file.name, "type": file.type, "size": file.size, "stays": file.stays}


def needed(hold: HoldRow) -> Iterator[str]:
    """What a hold still waits for, lock by lock; nothing where nothing waits."""
    if hold.state is State.HELD:
        for lock in hold.waits:
            if lock.opened is None:
                every = steps(lock.terms.approval)
                step = f" (step {lock.step + 1} of {len(every)})" if len(every) > 1 else ""
                yield f"  still needed for {lock.rule}: {every[lock.step]}{step}"


def _tell_locks(hold: HoldRow, zone: tzinfo) -> None:
    """What is waited for, who was asked, what they said, and what may be done."""
    heading("locks")
    for number, lock in enumerate(hold.waits):
        fate = f"opened by {lock.opened_by}, {_local(lock.opened, zone)}" if lock.opened else "shut"
        say(f"  {lock.rule}: {lock.terms.approval}, {fate}")
        for ask in hold.asks:
            if ask.lock == number:
                say(f"    {_told_ask(ask, zone)}")
    for person in _concerned(hold):
        choices = ", ".join(choice.value for choice in rights(hold, person))
        if choices:
            say(f"  {person} may: {choices}")


def _told_ask(ask: AskRow, zone: tzinfo) -> str:
    deputy = f" for {ask.principal}" if ask.principal != ask.person else ""
    why = f" ({ask.why})" if ask.why else ""
    return f"{ask.role}: {ask.person}{deputy}{why}: {_said(ask, zone)}{'  ' + ask.reason if ask.reason else ''}"


def _said(ask: AskRow, zone: tzinfo) -> str:
    """The answer; else how far the question has come."""
    if ask.answered:
        return f"{ask.answer}, {_local(ask.answered, zone)}"
    if ask.unreached:
        return f"not reached, {_local(ask.unreached, zone)}"
    waits = "" if ask.told else ", the request is not sent yet"
    return f"asked {_local(ask.asked, zone)}{waits}"


def _concerned(hold: HoldRow) -> tuple[str, ...]:
    """Everybody who may have a right: the sender of record, and who was asked."""
    people = (hold.message.sender_of_record, *(ask.person for ask in hold.asks))
    return tuple(dict.fromkeys(person for person in people if person))


def _lock(hold: HoldRow, number: int) -> dict[str, Any]:
    lock = hold.waits[number]
    return {
        "rule": lock.rule,
        "approval": str(lock.terms.approval),
        "step": lock.step + 1,
        "steps": len(steps(lock.terms.approval)),
        "started": _iso(lock.started),
        "expires": _iso(lock.expires),
        "on_expiry": lock.on_expiry.value,
        "ran_out": _iso(lock.ran_out),
        "opened": _iso(lock.opened),
        "opened_by": lock.opened_by,
        "asks": [_ask(hold, ask) for ask in hold.asks if ask.lock == number],
    }


def _ask(hold: HoldRow, ask: AskRow) -> dict[str, Any]:
    return {
        "step": ask.step + 1,
        "role": ask.role,
        "person": ask.person,
        "for": ask.principal,
        "why": ask.why,
        "asked": _iso(ask.asked),
        "told": _iso(ask.told),
        "unreached": _iso(ask.unreached),
        "due": _iso(ask.due),
        "answered": _iso(ask.answered),
        "answer": ask.answer,
        "recipients": [hold.recipients[ordinal].path.address for ordinal in sorted(ask.covers)],
        "reason": ask.reason,
    }


def _decision(person: RecipientRow) -> dict[str, str | None]:
    return {"by": person.decided_by, "at": _iso(person.decided)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
