"""What is mailed every day: to each approver what waits for an answer, to the operators that the gateway is at work.

Put into the outbox once a day by whichever gateway of a store comes first. Silence is what people miss: a day without
the operators' mail says that something is wrong, even when nothing else can.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from sekisho.core.lifecycle import State
from sekisho.notices.facts import HoldFacts, Item, Notice, to_json
from sekisho.quarantine.choose import offers_of
from sekisho.quarantine.notify import POSTMASTER, deadline_of
from sekisho.store import Store, holds, locks, outbox
from sekisho.store.listing import counts, oldest
from sekisho.store.rows import HoldRow
from sekisho.store.unit import Unit, View

DAY = timedelta(days=1)
MOST_HOLDS = 500
"""Holds that are looked through for digests; who has more than that waiting needs no list."""


@dataclass(frozen=True, slots=True)
class Hour:
    """When the day's mails are due."""

    at: time
    zone: tzinfo

    def last(self, now: datetime) -> datetime:
        """The last such moment that is past."""
        today = datetime.combine(now.astimezone(self.zone).date(), self.at, self.zone)
        return today if today <= now else datetime.combine(today.date() - DAY, self.at, self.zone)


class Daily:
    """Looks whether the day's mails are due; cheap as long as they are not. ``hour`` None: there are none."""

    def __init__(self, store: Store, hour: Hour | None) -> None:
        self._store = store
        self._hour = hour
        self._done: datetime | None = None

    def step(self, now: datetime) -> int:
        """Put in what is due; gives how many mails. Raises `StoreUnavailable`."""
        due = self._hour.last(now) if self._hour else None
        if due is None or due == self._done:
            return 0
        put_in = self._store.write(lambda unit: _put_in(unit, due, now))
        self._done = due
        return put_in


def _put_in(unit: Unit, due: datetime, now: datetime) -> int:
    unit.keep_alone("daily")
    mark = f"daily {due.isoformat()}"
    if outbox.was_added(unit, mark, due - DAY):
        return 0
    digests = list(_digests(unit, now))
    beat = Notice("heartbeat", POSTMASTER, "", HoldFacts("", "", "", now, numbers=_numbers(unit, now)))
    outbox.add(unit, beat.kind, to_json(beat), now, once=mark)
    for notice in digests:
        outbox.add(unit, notice.kind, to_json(notice), now)
    return 1 + len(digests)


def _digests(view: View, now: datetime) -> Iterator[Notice]:
    """One for everybody who can still decide something, the longest asked first."""
    items: dict[str, dict[str, Item]] = {}
    known: dict[str, HoldRow | None] = {}
    for question in locks.unanswered(view, MOST_HOLDS):
        if question.hold not in known:
            known[question.hold] = holds.load(view, question.hold)
        hold = known[question.hold]
        if hold is not None and offers_of(hold, question.person):
            mine = items.setdefault(question.person.lower(), {})
            mine.setdefault(hold.id, _item(hold, question.asked))
    for person, waiting in items.items():
        yield Notice("digest", person, "", HoldFacts("", "", "", now, items=tuple(waiting.values())))


def _item(hold: HoldRow, since: datetime) -> Item:
    waiting = tuple(person.path.address for person in hold.recipients if person.state is State.HELD)
    sender = hold.message.sender_of_record or hold.message.sender.address
    return Item(hold.id, sender, hold.message.subject, waiting, since, deadline_of(hold)[0])


def _numbers(view: View, now: datetime) -> dict[str, int]:
    first = oldest(view)
    asked, overdue = locks.open_questions(view)
    return {
        "held": counts(view).get(State.HELD, 0),
        "oldest": int((now - first).total_seconds() // 60) if first else 0,
        "asked": asked,
        "overdue": overdue,
        "pending": outbox.pending(view, now),
        "failed": outbox.failed(view, now - DAY),
    }
