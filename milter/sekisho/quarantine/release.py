"""Sending held messages on: at least once to each recipient, and the answer for each kept.

Given holds of which somebody let something go; sends their octets (proved first, by digest) to the re-injection
listener and records: 2xx sent; 4xx or a lost connection deferred, again after 5 s doubling to 15 min, as long as the
site says; 5xx bounced, and the sender told. Content that is damaged is never sent: the hold fails, loudly. Between
its 250 and our commit a crash makes a second copy; nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sekisho.core.lifecycle import Event, State, after
from sekisho.core.message import Path
from sekisho.quarantine.leased import Record, Report
from sekisho.quarantine.notify import tell
from sekisho.quarantine.outgoing import outgoing
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.watch import Watch, backoff
from sekisho.store import Store, holds, releases
from sekisho.store.content import StoredContent
from sekisho.store.errors import ContentDamaged
from sekisho.store.rows import HoldRow, RecipientRow, ReleaseRow
from sekisho.store.unit import Entry, Unit, View

Send = Callable[[Path, Sequence[Path], Iterable[bytes], int], Sequence[Outcome]]
"""`sekisho.quarantine.smtp_sessions.Sender.send`: sender, recipients, pieces, size."""

RETRY_FOR = timedelta(days=5)
"""How long a release is tried unless the site says otherwise (RFC 5321 4.5.4.1)."""

UNDER_WAY = frozenset({State.RELEASING, State.DEFERRED})
_ROLE = "release"
_EVENTS = {Kind.ACCEPTED: Event.ACCEPTED, Kind.DELAYED: Event.DELAYED, Kind.REFUSED: Event.REFUSED}
_WORDS = {State.SENT: "sent", State.DEFERRED: "deferred", State.BOUNCED: "bounced"}
_DAMAGED = "554 5.3.0 The stored message is damaged and cannot be sent"


class Releases:
    """The source of holds to be sent, for a `sekisho.quarantine.leased.Pool`."""

    def __init__(
        self, store: Store, send: Send, watch: Watch, clock: Callable[[], datetime], retry_for: timedelta
    ) -> None:
        self._retry_for = retry_for
        self._store = store
        self._send = send
        self._watch = watch
        self._clock = clock

    def is_due(self, now: datetime) -> bool:
        return self._store.read(lambda view: releases.is_due(view, now))

    def claim(self, unit: Unit, owner: str, now: datetime, lasts: timedelta, limit: int) -> list[ReleaseRow]:
        return releases.claim(unit, owner, now, lasts, limit)

    def renew(self, unit: Unit, keys: Sequence[str], owner: str, until: datetime) -> None:
        releases.renew(unit, keys, owner, until)

    def key(self, row: ReleaseRow) -> str:
        return row.hold

    def attempt(self, row: ReleaseRow) -> Record:
        """Send what is under way of a hold."""
        if row.cut_off:
            self._watch.alarmed("uncertain", row.hold, "an attempt was cut off, after which the listener may have it")
        try:
            hold, content = self._store.read(lambda view: self._loaded(view, row.hold))
            going = [n for n, person in enumerate(hold.recipients) if person.state in UNDER_WAY]
            content.verify()
            message = outgoing(hold, content)
            paths = [hold.recipients[n].path for n in going]
            outcomes = self._send(hold.message.sender, paths, message.chunks(), message.size) if going else ()
        except ContentDamaged as error:
            self._watch.alarmed("damaged", row.hold, str(error))
            return partial(self._record, row=row, seen=None, answers=None)
        return partial(self._record, row=row, seen=hold, answers=dict(zip(going, outcomes, strict=True)))

    def _loaded(self, view: View, hold_id: str) -> tuple[HoldRow, StoredContent]:
        hold = holds.load(view, hold_id)
        if hold is None:
            raise ContentDamaged(hold_id, "the hold is gone")
        return hold, holds.content(view, self._store.files, hold.message)

    def _record(
        self, unit: Unit, row: ReleaseRow, seen: HoldRow | None, answers: Mapping[int, Outcome] | None
    ) -> Report:
        """Write the answers down; without answers the content was damaged, and everybody under way is given up."""
        hold = holds.again(unit, seen) if seen is not None else holds.load(unit, row.hold)
        if hold is None:
            releases.finish(unit, row.hold)
            return partial(self._report, row.hold, (), ())
        now = self._clock()
        before = hold.recipients
        people = tuple(
            _damaged(person) if answers is None else self._answered(person, answers.get(n), now, hold.created)
            for n, person in enumerate(before)
        )
        saved = holds.save(unit, hold, replace(hold, recipients=people))
        changed = [new for new, old in zip(people, before, strict=True) if new != old]
        unsure = [one for one in (answers or {}).values() if one.uncertain]
        if row.cut_off:
            unit.record(Entry(now, "", _ROLE, "sent-again", hold.id))
        _put_on_record(unit, saved, now, changed, unsure, damaged=answers is None)
        bounced = [person for person in changed if person.state is State.BOUNCED]
        if bounced:
            tell(unit, "undeliverable", saved, bounced, now)
        _go_on(unit, row, people, now)
        return partial(self._report, row.hold, changed, unsure, now)

    def _answered(
        self, person: RecipientRow, outcome: Outcome | None, now: datetime, created: datetime
    ) -> RecipientRow:
        """The recipient after an answer. One that another worker has settled meanwhile stays as it is."""
        if outcome is None or person.state not in UNDER_WAY:
            return person
        event = _EVENTS[outcome.kind]
        reply = f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
        if event is Event.DELAYED and now - (person.decided or created) >= self._retry_for:
            event, reply = Event.REFUSED, f"554 5.4.7 Not delivered within {_words(self._retry_for)}; last: {reply}"
        return replace(person, state=after(person.state, event), reply=reply, attempts=person.attempts + 1)

    def _report(
        self, hold: str, changed: Sequence[RecipientRow], unsure: Sequence[Outcome], now: datetime | None = None
    ) -> None:
        """Tell the watch, once all is committed."""
        for state, word in _WORDS.items():
            those = [person for person in changed if person.state is state]
            if those and now is not None:
                decided = min(person.decided or now for person in those)
                self._watch.released(hold, word, len(those), (now - decided).total_seconds())
        if unsure:
            self._watch.alarmed("uncertain", hold, "the listener may have taken the message; it is sent again")


def _words(lasts: timedelta) -> str:
    whole = lasts > timedelta(days=1) and not lasts.seconds
    return f"{lasts.days} days" if whole else f"{lasts.total_seconds() / 3600:g} hours"


def _damaged(person: RecipientRow) -> RecipientRow:
    if person.state not in UNDER_WAY:
        return person
    return replace(person, state=after(person.state, Event.REFUSED), reply=_DAMAGED)


def _put_on_record(
    unit: Unit,
    hold: HoldRow,
    now: datetime,
    changed: Sequence[RecipientRow],
    unsure: Sequence[Outcome],
    *,
    damaged: bool,
) -> None:
    """One audit row for each kind of outcome; of deferrals only the first, so that a long outage stays readable."""
    if damaged:
        unit.record(Entry(now, "", _ROLE, "damaged", hold.id))
    for state, word in _WORDS.items():
        those = [one for one in changed if one.state is state and (state is not State.DEFERRED or one.attempts == 1)]
        if those:
            replies = {person.path.address: person.reply for person in those}
            unit.record(Entry(now, "", _ROLE, word, hold.id, details={"replies": replies}))
    if unsure:
        addresses = [one.path.address for one in unsure]
        unit.record(Entry(now, "", _ROLE, "uncertain", hold.id, details={"recipients": addresses}))


def _go_on(unit: Unit, row: ReleaseRow, people: Sequence[RecipientRow], now: datetime) -> None:
    """Plan the next attempt: at once for those let go meanwhile, later for the deferred, never when all are settled."""
    states = {person.state for person in people}
    if State.RELEASING in states:
        releases.postpone(unit, row.hold, now)
    elif State.DEFERRED in states:
        releases.postpone(unit, row.hold, now + timedelta(seconds=backoff(row.attempts)))
    else:
        releases.finish(unit, row.hold)
