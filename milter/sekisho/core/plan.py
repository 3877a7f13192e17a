"""From a decision to what is done: edits of the MTA's copy, deposits, one reply. Pure; nothing is done here.

End-of-message has one reply and one queue file. Per recipient reject > tempfail > hold > accept. All rejected: 5xx.
Anybody tempfailed: 4xx for all, nothing stored. Some rejected: they are taken off and returned by a DSN, for senders
whom we may answer, otherwise the whole message is refused. Some held: they are taken off and deposited, the rest goes
on at once. No recipient left with the MTA: discard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sekisho.core import replies
from sekisho.core.actions import (
    CopyTo,
    EnvelopeOnly,
    Hold,
    OnExpiry,
    PutOnMtaHold,
    Refuse,
    Tell,
)
from sekisho.core.approval import CC_APPROVER, roles, steps
from sekisho.core.campaign import Campaign, campaign_key
from sekisho.core.changes import Change
from sekisho.core.decision import Decision, Disposition, those
from sekisho.core.edits import AddRecipient, Edit, MtaHold, RemoveRecipient
from sekisho.core.facts import Facts
from sekisho.core.message import Path
from sekisho.core.path import is_plain, parse_path
from sekisho.core.replies import Reply
from sekisho.core.rewriting import bears_our_fields, header_edits
from sekisho.core.rule import Match
from sekisho.core.terms import USUAL, Terms
from sekisho.core.trial import on_trial
from sekisho.core.truth import Mask, members
from sekisho.core.values import value
from sekisho.core.worktime import ends

RULES = ", "
"""Between the rules of one notice."""

WARNED = "warned"
"""The kind of notice that tells a sender what would have happened."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One lock on a deposit: a rule's hold, who may open it, and what happens when nobody does."""

    rule: str
    expires: datetime | None
    """As it will be if the timer starts at once; it starts when the sender has been told, if the sender is told."""
    on_expiry: OnExpiry
    terms: Terms = USUAL
    among: tuple[str, ...] = ()
    """The message's recipients who are ours, where one of them may approve."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """Recipients whose copies wait for the same locks, and the edits to make when they leave."""

    recipients: tuple[Path, ...]
    changes: tuple[Change, ...]
    waits: tuple[Wait, ...]
    rules: tuple[str, ...]
    campaign: Campaign | None = None
    """Where all its rules treat messages that are alike as one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody to be told: ``kind`` names the text, ``whom`` is ``sender`` or an address."""

    kind: str
    whom: str
    rule: str
    """The rule that asked for it; several are joined by `RULES`."""
    recipients: tuple[Path, ...]
    outcome: str = ""
    """Of a warning, what would have become of the message: ``refused``, ``held`` or ``changed``."""


@value(frozen=True, slots=True)
class Plan:
    """Everything that follows from a decision."""

    edits: tuple[Edit, ...]
    deposits: tuple[Deposit, ...]
    notices: tuple[Notice, ...]
    reply: Reply
    dispositions: tuple[Disposition, ...]
    """What becomes of each recipient after all; partial holds and refusals may have been made whole."""

    @property
    def strictest(self) -> Disposition:
        """The message's disposition in the metrics."""
        return max(self.dispositions, default=Disposition.ACCEPT)


def plan(facts: Facts, decision: Decision) -> Plan:
    """What to do with a message."""
    if not decision.enforced and not decision.warned:
        return Plan(_edits(facts, decision, facts.everyone), (), (), replies.ACCEPT, decision.dispositions)
    dispositions = _settled(facts, decision)
    if Disposition.TEMPFAIL in dispositions:
        return _refusal(decision, dispositions, Disposition.TEMPFAIL)
    if dispositions and all(one is Disposition.REJECT for one in dispositions):
        return _refusal(decision, dispositions, Disposition.REJECT)
    leaving = those(dispositions, Disposition.ACCEPT)
    deposits = _deposits(facts, decision, leaving, those(dispositions, Disposition.HOLD))
    notices = _notices(facts, decision, leaving, those(dispositions, Disposition.REJECT))
    if not leaving and dispositions:
        return Plan((), deposits, notices, replies.DISCARD, dispositions)
    return Plan(_edits(facts, decision, leaving), deposits, notices, replies.ACCEPT, dispositions)


def _settled(facts: Facts, decision: Decision) -> tuple[Disposition, ...]:
    """The dispositions, made whole where a part of the envelope cannot be dealt with by itself."""
    wanted = _unedited(facts, decision)
    if Disposition.TEMPFAIL in wanted or len(set(wanted)) < 2:
        return wanted
    if Disposition.REJECT in wanted and not (facts.trusted and _can_take_off(facts, wanted)):
        return (Disposition.REJECT,) * len(wanted)
    if not _can_take_off(facts, wanted):
        return tuple(max(one, Disposition.HOLD) for one in wanted)
    return wanted


def _unedited(facts: Facts, decision: Decision) -> tuple[Disposition, ...]:
    """Signed and encrypted mail is never edited: where a rule asks to rewrite its header it is held instead."""
    matched = [match.rule for match in decision.enforced if match.truth.yes]
    rewrites = any(isinstance(action, EnvelopeOnly) for rule in matched for action in rule.actions)
    if rewrites and facts.structure.protected:
        return tuple(max(one, Disposition.HOLD) for one in decision.dispositions)
    return decision.dispositions


def _can_take_off(facts: Facts, wanted: tuple[Disposition, ...]) -> bool:
    """Whether the MTA will surely let go of those who are not to get the message now.

    delrcpt has no reply and misses in silence on odd spellings; with NOTIFY=SUCCESS it makes the MTA report a delivery
    that did not happen; copies that the MTA adds by itself are not touched by it.
    """
    if facts.site.invisible_copies:
        return False
    paths = [path for path, one in zip(facts.transaction.recipients, wanted, strict=True) if one > Disposition.ACCEPT]
    return all(is_plain(path) and not _wants_success_report(path) for path in paths)


def _wants_success_report(path: Path) -> bool:
    return any(param.upper().startswith("NOTIFY=") and "SUCCESS" in param.upper() for param in path.params)


def _refusal(decision: Decision, dispositions: tuple[Disposition, ...], kind: Disposition) -> Plan:
    permanent = kind is Disposition.REJECT
    reply = replies.REFUSED if permanent else replies.NOT_NOW
    texts = (
        action.text
        for match in decision.enforced
        for action in match.rule.actions
        if isinstance(action, Refuse) and action.permanent is permanent and action.text and match.truth.yes
    )
    return Plan((), (), (), replace(reply, text=next(texts, reply.text)), (kind,) * len(dispositions))


def _deposits(facts: Facts, decision: Decision, leaving: Mask, held: Mask) -> tuple[Deposit, ...]:
    """One deposit for each set of locks: all its recipients wait for the same."""
    holds = _holds(facts, decision)
    copies = _copies(facts, decision, leaving)
    groups: dict[tuple[int, ...], Mask] = {}
    for index in members(held):
        locks = tuple(number for number, (mask, _) in enumerate(holds) if mask >> index & 1)
        # Held only because the message cannot be divided: it waits for whatever the others wait for.
        key = locks or tuple(range(len(holds)))
        groups[key] = groups.get(key, 0) | 1 << index
    deposits = []
    for key, mask in groups.items():
        added = [address for address, concerned in copies.items() if concerned & mask]
        deposits.append(_deposit(facts, decision, mask, added, [holds[number][1] for number in key]))
        copies = {address: concerned for address, concerned in copies.items() if address not in added}
    return tuple(deposits)


def _copies(facts: Facts, decision: Decision, leaving: Mask) -> dict[str, Mask]:
    """Recipients to be added, with those whom their rules matched; who gets a copy now needs none of a deposit."""
    known = {path.address.lower() for path in facts.transaction.recipients}
    return {
        action.address: match.truth.yes
        for match in decision.enforced
        for action in match.rule.actions
        if isinstance(action, CopyTo) and not match.truth.yes & leaving and action.address.lower() not in known
    }


def _holds(facts: Facts, decision: Decision) -> list[tuple[Mask, Wait]]:
    """Each hold of the matches: whom it concerns, and what they wait for."""
    found: list[tuple[Mask, Wait]] = []
    for match in decision.enforced:
        for action in match.rule.actions if match.truth.yes else ():
            if isinstance(action, Hold):
                held = match.held(facts.everyone, whole=action.whole)
                found += [(held, _wait(facts, match, action))] if held else []
            elif isinstance(action, EnvelopeOnly) and facts.structure.protected:
                found.append((facts.everyone, _wait(facts, match, Hold())))
    return found


def _wait(facts: Facts, match: Match, hold: Hold) -> Wait:
    terms, fate = hold.terms, hold.on_expiry
    if terms.review is not None:
        # Whoever checks it afterwards is asked as an approver is; silence is never the end of it.
        terms, fate = replace(terms, approval=terms.review.by, lasts=terms.review.within, until=None), OnExpiry.ESCALATE
    expires = ends(facts.transaction.received, terms.lasts, terms.until, facts.site.calendar)
    return Wait(match.rule.id, expires, fate, terms, _among(facts, terms))


def _among(facts: Facts, terms: Terms) -> tuple[str, ...]:
    asked = (role.kind for step in steps(terms.approval) for role in roles(step))
    if CC_APPROVER not in asked:
        return ()
    ours = (path.address for path in facts.transaction.recipients if not facts.site.is_external(path))
    return tuple(dict.fromkeys(ours))


def _deposit(facts: Facts, decision: Decision, mask: Mask, added: Iterable[str], waits: Iterable[Wait]) -> Deposit:
    locks = tuple(waits)
    waiting = (facts.transaction.recipients[index] for index in members(mask))
    recipients = (*waiting, *(parse_path(f"<{address}>".encode()) for address in added))
    changes = header_edits(facts, decision, mask, marked=False)
    rules = tuple(dict.fromkeys(wait.rule for wait in locks))
    return Deposit(recipients, changes, locks, rules, _campaign(facts, locks, rules))


def _campaign(facts: Facts, locks: Sequence[Wait], rules: Sequence[str]) -> Campaign | None:
    windows = [lock.terms.campaign for lock in locks if lock.terms.campaign is not None]
    if not windows or len(windows) < len(locks):
        return None
    return Campaign(campaign_key(facts, rules), min(windows))


def _notices(facts: Facts, decision: Decision, leaving: Mask, rejected: Mask) -> tuple[Notice, ...]:
    recipients = facts.transaction.recipients
    notices = [
        Notice("rule", action.whom, match.rule.id, tuple(recipients[index] for index in members(match.truth.yes)))
        for match in decision.enforced
        for action in match.rule.actions
        if isinstance(action, Tell) and match.truth.yes
    ]
    if rejected:
        rules = [match.rule.id for match in decision.enforced if match.truth.yes & rejected]
        refused = tuple(recipients[index] for index in members(rejected))
        notices.append(Notice("refused", "sender", RULES.join(rules), refused))
    if tried := on_trial(decision, leaving):
        concerned = tuple(recipients[index] for index in members(tried.recipients))
        notices.append(Notice(WARNED, "sender", RULES.join(tried.rules), concerned, tried.outcome))
    return tuple(notices)


def _edits(facts: Facts, decision: Decision, leaving: Mask) -> tuple[Edit, ...]:
    """Header first, then the hold queue, recipients last."""
    if not decision.enforced and not bears_our_fields(facts):
        return ()
    added = [
        AddRecipient(f"<{action.address}>")
        for match in decision.enforced
        for action in match.rule.actions
        if isinstance(action, CopyTo) and match.truth.yes & leaving
    ]
    held_by = [
        MtaHold(match.rule.id)
        for match in decision.enforced
        for action in match.rule.actions
        if isinstance(action, PutOnMtaHold) and match.truth.yes & leaving
    ]
    taken_off = _taken_off(facts, leaving)
    return (*header_edits(facts, decision, leaving, marked=True), *held_by[:1], *dict.fromkeys(added), *taken_off)


def _taken_off(facts: Facts, leaving: Mask) -> tuple[RemoveRecipient, ...]:
    """Everybody who does not get the message now, once for each spelling."""
    gone = members(facts.everyone & ~leaving)
    spellings = dict.fromkeys(facts.transaction.recipients[index].raw for index in gone)
    return tuple(RemoveRecipient(raw.decode("utf-8", "surrogateescape")) for raw in spellings)
