"""Sending notices: what a decision put into the outbox goes to the re-injection listener, with the null reverse-path.

A notice is neither lost nor sent twice, but for a crash between the listener's 250 and our commit. What is refused, or
cannot be written, or was tried for too long, is given up, loudly, and the postmaster gets it instead; what the
postmaster does not take goes to nobody. Where it asked somebody to decide, somebody else is asked besides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sekisho.quarantine.desk import Desk
from sekisho.quarantine.leased import Record, Report
from sekisho.quarantine.notify import POSTMASTER
from sekisho.quarantine.reached import FIRST, TO_APPROVER, reached, unreached
from sekisho.quarantine.release import Send
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.timers import start
from sekisho.quarantine.watch import Watch, backoff
from sekisho.quarantine.writing import Stationery, Writer, reminder_due
from sekisho.store import Store, holds, outbox
from sekisho.store.rows import HoldRow, OutboxRow
from sekisho.store.unit import Entry, Unit

DEFERRED = "deferred"
_REMINDED = frozenset({("held", outbox.SENT), ("expiring", outbox.NEEDLESS)})
"""What is followed by a reminder to the sender, if there is still time for one."""


class Notices:
    """The source of notices to be sent, for a `sekisho.quarantine.leased.Pool`."""

    def __init__(
        self,
        store: Store,
        send: Send,
        stationery: Stationery,
        watch: Watch,
        clock: Callable[[], datetime],
        desk: Desk,
        retry_for: timedelta,
    ) -> None:
        self._desk = desk
        self._retry_for = retry_for
        self._store = store
        self._send = send
        self._stationery = stationery
        self._writer = Writer(store, stationery, clock, desk)
        self._watch = watch
        self._clock = clock

    def is_due(self, now: datetime) -> bool:
        return self._store.read(lambda view: outbox.is_due(view, now))

    def claim(self, unit: Unit, owner: str, now: datetime, lasts: timedelta, limit: int) -> list[OutboxRow]:
        return outbox.claim(unit, owner, now, lasts, limit)

    def renew(self, unit: Unit, keys: Sequence[str], owner: str, until: datetime) -> None:
        outbox.renew(unit, keys, owner, until)

    def key(self, row: OutboxRow) -> str:
        return row.id

    def attempt(self, row: OutboxRow) -> Record:
        """Write the mail and send it."""
        try:
            written = self._writer.written(row)
        except ValueError as error:
            return partial(self._record, row=row, word=outbox.FAILED, reply=f"cannot be written: {error}")
        if written is None:
            return partial(self._record, row=row, word=outbox.NEEDLESS, reply="")
        outcome = self._send(written.sender, [written.recipient], [written.octets], len(written.octets))[0]
        return partial(self._record, row=row, word=self._word(outcome, row), reply=_reply(outcome))

    def _word(self, outcome: Outcome, row: OutboxRow) -> str:
        """What became of an attempt; what was tried for too long is given up."""
        if outcome.kind is Kind.ACCEPTED:
            return outbox.SENT
        is_young = self._clock() - row.created < self._retry_for
        return DEFERRED if outcome.kind is Kind.DELAYED and is_young else outbox.FAILED

    def _record(self, unit: Unit, row: OutboxRow, word: str, reply: str) -> Report:
        now = self._clock()
        if word == DEFERRED:
            outbox.postpone(unit, row.id, now + timedelta(seconds=backoff(row.attempts)), reply)
        else:
            outbox.finish(unit, row.id, word, reply)
            hold = self._begin(unit, row, word, now)
            self._follow_up(unit, row, word, now, hold)
            details = {"kind": row.kind, "to": row.payload.get("to", ""), "reply": reply}
            unit.record(Entry(now, "", "release", f"notice-{word}", row.hold, details=details))
        return partial(self._report, row, word, reply)

    def _begin(self, unit: Unit, row: OutboxRow, word: str, now: datetime) -> HoldRow | None:
        """The times that waited for this notice begin: the hold's, which is given, or that of who was asked."""
        person = str(row.payload.get("to", ""))
        if row.kind == "held":
            return start(unit, row.hold, now, self._desk.calendar)
        if row.kind in FIRST and word == outbox.SENT:
            reached(unit, row.hold, person, now, self._desk)
        elif row.kind in TO_APPROVER and word == outbox.FAILED:
            unreached(unit, row.hold, person, now)
        return None

    def _follow_up(self, unit: Unit, row: OutboxRow, word: str, now: datetime, hold: HoldRow | None) -> None:
        """What was sent may need a reminder later; what cannot be delivered goes to the postmaster, once."""
        if (row.kind, word) in _REMINDED:
            due = reminder_due(hold or holds.load(unit, row.hold), self._stationery.reminder, now)
            if due is not None:
                payload = {**row.payload, "kind": "expiring"}
                outbox.add(unit, "expiring", payload, now, hold=row.hold, due=due)
        if word == outbox.FAILED and (instead := _to_postmaster(row)) is not None:
            outbox.add(unit, row.kind, instead, now, hold=row.hold)

    def _report(self, row: OutboxRow, word: str, reply: str) -> None:
        self._watch.noticed(row.kind, word)
        if word == outbox.FAILED:
            self._watch.alarmed("notice", row.hold or row.id, reply)


def _to_postmaster(row: OutboxRow) -> dict[str, Any] | None:
    """The same for the postmaster; None for what the postmaster was told, or should have been, already."""
    facts, to = row.payload.get("facts"), row.payload.get("to")
    if not isinstance(facts, dict) or to == POSTMASTER:
        return None
    return {**row.payload, "to": POSTMASTER, "facts": {**facts, "instead_of": str(to)}}


def _reply(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
