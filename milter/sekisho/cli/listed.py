"""What ``quarantine list`` lists: holds, and among them what has gone and is still to be checked, in one order."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile, islice

from sekisho.core.lifecycle import OPEN
from sekisho.quarantine.rights import Choice, rights
from sekisho.store import Store, holds
from sekisho.store.listing import listing
from sekisho.store.rows import HoldRow
from sekisho.store.search import Filter
from sekisho.store.waiting import asked_of, to_check

_ANSWERS = {Choice.APPROVE, Choice.SEND_WITH_REASON, Choice.REJECT}


def listed(
    store: Store, wanted: Filter, person: str = "", *, limit: int | None = None, after: str = ""
) -> Iterator[HoldRow]:
    """The newest first, from the one after ``after``; only what waits for a person's answer where one is named."""
    if person:
        found = (hold for hold in asked_of(store, person) if _ANSWERS & set(rights(hold, person)))
        return islice(filter(lambda hold: _fits(hold, wanted), _after(store, found, after)), limit)
    if wanted.states != OPEN or wanted.campaign:
        return listing(store, wanted, limit=limit, after=after)
    checks = filter(lambda hold: _fits(hold, wanted), _after(store, to_check(store), after))
    return islice(heapq.merge(listing(store, wanted, limit=limit, after=after), checks, key=_age, reverse=True), limit)


def _age(hold: HoldRow) -> tuple[datetime, str]:
    return hold.created, hold.id


def _after(store: Store, found: Iterator[HoldRow], after: str) -> Iterator[HoldRow]:
    """Those that are older than the hold ``after``; all where there is no such hold."""
    created = store.read(lambda view: holds.created(view, after)) if after else None
    return found if created is None else dropwhile(lambda hold: _age(hold) >= (created, after), found)


def _fits(hold: HoldRow, wanted: Filter) -> bool:
    """As `listing` chooses, but for the state."""
    senders = {hold.message.sender.address.lower(), hold.message.sender_of_record.lower()}
    people = {one.path.address.lower() for one in hold.recipients}
    return (
        (not wanted.sender or wanted.sender.lower() in senders)
        and (not wanted.recipient or wanted.recipient.lower() in people)
        and (not wanted.rule or wanted.rule in {lock.rule for lock in hold.waits})
        and (wanted.since is None or hold.created >= wanted.since)
        and (wanted.until is None or hold.created < wanted.until)
    )
