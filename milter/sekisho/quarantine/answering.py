"""Answers by mail: an approver replies to a request, and the first line is exactly one word.

Off unless a site asks for it. An answer counts if it comes from the authenticated person who was asked, to the address
that the request named, while the hold is as it may be decided; never where a second proof is asked for. What a program
sent counts for nothing and is answered by nothing. Anything else that the person got wrong is told by a notice.
"""

from __future__ import annotations

from datetime import datetime

from sekisho.core.message import Client, Transaction
from sekisho.notices.links import LIFETIME, fingerprint
from sekisho.notices.texts import REPLIES
from sekisho.notices.whom import is_automatic
from sekisho.quarantine.choose import needs_step_up
from sekisho.quarantine.decide import decide_within
from sekisho.quarantine.notify import tell_unanswered
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice, is_same, rights
from sekisho.store import Store, holds, tokens
from sekisho.store.rows import HoldRow
from sekisho.store.tokens import TokenRow
from sekisho.store.unit import Entry, Unit

REPLY = "reply"
BY_MAIL = "other: by mail"


def invite(unit: Unit, hold: HoldRow, person: str, notice: str, now: datetime) -> str:
    """A tag for the address to which the person may reply: 26 letters and digits, whose case does not matter."""
    tag = unit.new_id().lower()
    tokens.add(unit, TokenRow(_mark(tag), hold.id, REPLY, person, notice, "", now + LIFETIME))
    return tag


def answer(store: Store, tag: str, transaction: Transaction, line: str, now: datetime) -> bool:
    """Whether the message is an answer; then it is dealt with and goes nowhere. Raises `StoreUnavailable`."""
    return store.write(lambda unit: _answered(unit, tag, transaction, line, now))


def _answered(unit: Unit, tag: str, transaction: Transaction, line: str, now: datetime) -> bool:
    row = tokens.find(unit, _mark(tag.lower()))
    hold = holds.load(unit, row.hold) if row is not None else None
    if row is None or hold is None or row.action != REPLY or not _is_by(transaction.client, row.person):
        return False
    if transaction.sender.is_null or is_automatic(transaction.fields):
        unit.record(Entry(now, row.person, "person", "reply-ignored", hold.id))
        return True
    problem = _carried_out(unit, row, hold, line, now)
    if problem:
        tell_unanswered(unit, hold, row.person, problem, now)
    return True


def _carried_out(unit: Unit, row: TokenRow, hold: HoldRow, line: str, now: datetime) -> str:
    """Decide; gives what is wrong, or nothing."""
    wanted = REPLIES.get(line.strip().casefold())
    if wanted is None:
        return "word"
    choice = Choice(wanted)
    if row.used is not None or now >= row.expires or choice not in rights(hold, row.person):
        return "right"
    if choice is Choice.APPROVE and needs_step_up(hold):
        return "step-up"
    try:
        reason = BY_MAIL if choice is Choice.REJECT else ""
        decide_within(unit, hold.id, choice, Actor(row.person), now, reason=reason)
    except NotDecided:
        return "right"
    tokens.use(unit, row.fingerprint, now)
    return ""


def _is_by(client: Client, person: str) -> bool:
    """Whether the client proved to be the person: by the whole address, or by the name in front of it."""
    return is_same(client.user, person) or is_same(client.user, person.rpartition("@")[0])


def _mark(tag: str) -> str:
    """What the store keeps of a tag."""
    return fingerprint(f"{REPLY} {tag}")
