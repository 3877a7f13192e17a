"""What people agreed to, so that they are not asked again: kept when a hold is let go, asked when a message comes.

Only a person's yes counts, never a timer's, a campaign's for its members, or one for a message that was changed first:
what was agreed to is then not what would come. Each question that is not asked is put on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sekisho.core.memory import Answer, Question, kinds_for
from sekisho.core.ports import Unavailable
from sekisho.store import Store, StoreUnavailable, remembered
from sekisho.store.remembered import PAIR, THREAD, RememberedRow, key_of
from sekisho.store.rows import HoldRow, WaitRow
from sekisho.store.unit import Entry, Unit

_PEOPLE = frozenset({"person", "operator"})
TIMER = "timer"
"""The name by which a lock was opened that nobody opened."""


class Remembered:
    """The memory of a store (`sekisho.core.memory.Memory`)."""

    def __init__(self, store: Store, *, on_record: bool) -> None:
        """``on_record``: what is spared is put on record; not where somebody only asks what would happen."""
        self._store = store
        self._on_record = on_record

    def answers(self, questions: Collection[Question], now: datetime) -> Mapping[Question, Answer]:
        """Those that somebody has answered. Raises `Unavailable`."""
        keys = {question: list(_keys(question)) for question in questions}
        wanted = [key for those in keys.values() for key in those]
        try:
            rows = self._store.read(lambda view: remembered.valid(view, wanted, now)) if wanted else []
            found = {question: answer for question in questions if (answer := _answer(question, keys[question], rows))}
            if found and self._on_record:
                self._store.write(lambda unit: _put_on_record(unit, found, now))
        except StoreUnavailable as error:
            raise Unavailable("store", str(error)) from error
        return found


def remember(unit: Unit, hold: HoldRow, chosen: Sequence[int], by: str, role: str, now: datetime) -> None:
    """Somebody has let these recipients' copies go."""
    sender = hold.message.sender_of_record
    if not sender or hold.offers.made:
        return
    for lock in hold.waits:
        person = _who_opened(lock, by, role)
        for ordinal in chosen if person else ():
            for row in _rows(unit, hold, lock, ordinal, person, now):
                remembered.add(unit, row)


def forget(store: Store, row_id: str, actor: str, role: str, now: datetime) -> RememberedRow | None:
    """Ask again from now on; gives what was forgotten, None if there is none."""

    def work(unit: Unit) -> RememberedRow | None:
        row = remembered.forget(unit, row_id)
        if row is not None:
            details = {"rule": row.rule, "sender": row.sender, "recipient": row.recipient, "kind": row.kind}
            unit.record(Entry(now, actor, role, "forget", row.hold, details=details))
        return row

    return store.write(work)


def _who_opened(lock: WaitRow, by: str, role: str) -> str:
    """The person who opened a lock, or let the hold go over it; empty where a timer did."""
    if lock.opened is not None:
        return "" if lock.opened_by == TIMER else lock.opened_by
    return by if role in _PEOPLE else ""


def _rows(
    unit: Unit, hold: HoldRow, lock: WaitRow, ordinal: int, person: str, now: datetime
) -> Iterator[RememberedRow]:
    sender, recipient = hold.message.sender_of_record, hold.recipients[ordinal].path.address
    codes = tuple(sorted(kinds_for(hold.evidence.findings, ordinal)))

    def row(kind: str, lasts: timedelta, thread: str = "") -> RememberedRow:
        key = key_of(kind, lock.rule, sender, recipient, thread)
        return RememberedRow(
            unit.new_id(), key, kind, lock.rule, sender, recipient, codes, hold.id, person, now, now + lasts
        )

    if lock.terms.remember is not None:
        yield row(PAIR, lock.terms.remember)
    for thread in hold.evidence.thread if lock.terms.approved_for is not None else ():
        yield row(THREAD, lock.terms.approved_for or timedelta(), thread)


def _keys(question: Question) -> Iterator[str]:
    rule, sender, recipient = question.rule, question.sender, question.recipient
    if question.pair:
        yield key_of(PAIR, rule, sender, recipient)
    for thread in question.thread:
        yield key_of(THREAD, rule, sender, recipient, thread)


def _answer(question: Question, keys: Collection[str], rows: Sequence[RememberedRow]) -> Answer | None:
    """The newest answer for nothing less than what the message shows."""
    fitting = (row for row in rows if row.key in keys and question.kinds <= frozenset(row.codes))
    return next((Answer(row.hold, row.person) for row in fitting), None)


def _put_on_record(unit: Unit, found: Mapping[Question, Answer], now: datetime) -> None:
    for question, answer in found.items():
        details = {
            "rule": question.rule,
            "sender": question.sender,
            "recipient": question.recipient,
            "person": answer.person,
        }
        unit.record(Entry(now, "", "gateway", "spared", answer.hold, details=details))
