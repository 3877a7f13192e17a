"""Sending notices: what a decision put into the outbox goes to the re-injection listener, with the null reverse-path.

A notice is neither lost nor sent twice, but for a crash between the listener's 250 and our commit. What is refused, or
cannot be written, or was tried for five days, is given up, loudly; nobody is told of a failed notice by another notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sekisho.notices.build import Letterhead, build, envelope
from sekisho.notices.facts import Notice, from_json
from sekisho.quarantine.leased import Record, Report
from sekisho.quarantine.notify import POSTMASTER
from sekisho.quarantine.release import MAX_AGE, Send
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.watch import Watch, backoff
from sekisho.store import Store, outbox
from sekisho.store.rows import OutboxRow
from sekisho.store.unit import Entry, Unit


@dataclass(frozen=True, slots=True)
class Stationery:
    """What a site puts on its notices."""

    letterhead: Letterhead
    language: str
    """Of notices whose reader's language is not known."""
    postmaster: str
    """Who is told where the sender cannot be."""


class Notices:
    """The source of notices to be sent, for a `sekisho.quarantine.leased.Pool`."""

    def __init__(
        self, store: Store, send: Send, stationery: Stationery, watch: Watch, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._send = send
        self._stationery = stationery
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
            notice = self._addressed(from_json(dict(row.payload)))
            octets = build(notice, self._stationery.letterhead, row.id, row.created)
            sender, recipient = envelope(notice)
        except (ValueError, KeyError, TypeError) as error:
            why = f"cannot be written: {error}"
            return partial(self._record, row=row, kind=Kind.REFUSED, reply=why)
        outcome = self._send(sender, [recipient], [octets], len(octets))[0]
        return partial(self._record, row=row, kind=outcome.kind, reply=_reply(outcome))

    def _addressed(self, notice: Notice) -> Notice:
        to = self._stationery.postmaster if notice.to == POSTMASTER else notice.to
        return replace(notice, to=to, language=notice.language or self._stationery.language)

    def _record(self, unit: Unit, row: OutboxRow, kind: Kind, reply: str) -> Report:
        now = self._clock()
        if kind is Kind.ACCEPTED:
            word = outbox.SENT
            outbox.finish(unit, row.id, word, reply)
        elif kind is Kind.DELAYED and now - row.created < MAX_AGE:
            word = "deferred"
            outbox.postpone(unit, row.id, now + timedelta(seconds=backoff(row.attempts)), reply)
        else:
            word = outbox.FAILED
            outbox.finish(unit, row.id, word, reply)
        if word != "deferred":
            details = {"kind": row.kind, "to": row.payload.get("to", ""), "reply": reply}
            unit.record(Entry(now, "", "release", f"notice-{word}", row.hold, details=details))
        return partial(self._report, row, word, reply)

    def _report(self, row: OutboxRow, word: str, reply: str) -> None:
        self._watch.noticed(row.kind, word)
        if word == outbox.FAILED:
            self._watch.alarmed("notice", row.hold or row.id, reply)


def _reply(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
