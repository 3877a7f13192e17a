"""Questions about holds: lists that stream, counts, ages."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from sekisho.core.lifecycle import OPEN, State
from sekisho.store.holds import JOINED, load_rows
from sekisho.store.rows import HoldRow
from sekisho.store.store import Store
from sekisho.store.tables import holds, messages, recipients, waits
from sekisho.store.unit import View

_PAGE = 500
_LED = holds.c.campaign.is_(None)
"""Holds that are decided about; what follows them is not counted."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which holds to list; addresses compare without letter case."""

    states: frozenset[State] = OPEN
    """Empty means all."""
    sender: str = ""
    """Envelope sender or sender of record."""
    recipient: str = ""
    rule: str = ""
    since: datetime | None = None
    """Made then or later."""
    until: datetime | None = None
    """Made before that."""
    campaign: str = ""
    """The holds that follow this one. Otherwise such holds are listed only where a recipient is asked for: they are
    what waits behind one line of the list."""


def listing(store: Store, wanted: Filter, *, limit: int | None = None, after: str = "") -> Iterator[HoldRow]:
    """Holds, the newest first, from the one after the hold-id ``after``; page by page, so that a million stream."""
    start = _position(store, after)
    page = _PAGE if limit is None else min(_PAGE, max(limit, 1))
    states: list[State | None] = [*sorted(wanted.states, key=lambda one: one.value)] or [None]
    rows = heapq.merge(*(_stream(store, wanted, state, start, page) for state in states), key=_age, reverse=True)
    for count, row in enumerate(rows):
        if limit is not None and count >= limit:
            return
        yield row


def counts(view: View) -> dict[State, int]:
    """How many holds are in each state that a hold can have; a campaign is one."""
    query = select(holds.c.state, func.count()).where(_LED).group_by(holds.c.state)
    known = {row[0]: row[1] for row in view.connection.execute(query)}
    return {state: known.get(state, 0) for state in State if state not in _OF_RECIPIENTS}


def oldest(view: View) -> datetime | None:
    """When the oldest hold that still waits was made."""
    query = select(holds.c.created).where(holds.c.state == State.HELD).order_by(holds.c.created).limit(1)
    return view.connection.scalars(query).one_or_none()


def expiring(view: View, until: datetime) -> int:
    """How many waiting holds expire up to then."""
    query = select(func.count()).select_from(holds).where(holds.c.state == State.HELD, holds.c.expires <= until, _LED)
    return view.connection.scalar(query) or 0


_OF_RECIPIENTS = frozenset({State.SENT, State.DEFERRED, State.BOUNCED})
_Position = tuple[datetime, str]


def _age(row: HoldRow) -> _Position:
    return row.created, row.id


def _position(store: Store, after: str) -> _Position | None:
    if not after:
        return None
    query = select(holds.c.created, holds.c.id).where(holds.c.id == after)
    row = store.read(lambda view: view.connection.execute(query).one_or_none())
    return (row.created, row.id) if row is not None else None


def _stream(store: Store, wanted: Filter, state: State | None, start: _Position | None, size: int) -> Iterator[HoldRow]:
    """One state's holds, or all; each page is read by itself, so that no log grows meanwhile."""
    position = start
    while page := store.read(_page(_query(wanted, state, position).limit(size))):
        yield from page
        position = _age(page[-1])


def _page(query: Select[tuple[object, ...]]) -> Callable[[View], list[HoldRow]]:
    return lambda view: load_rows(view, view.connection.execute(query).mappings().all())


def _query(wanted: Filter, state: State | None, position: _Position | None) -> Select[tuple[object, ...]]:
    query: Select[tuple[object, ...]] = JOINED.order_by(holds.c.created.desc(), holds.c.id.desc())
    if state is not None:
        query = query.where(holds.c.state == state)
    if wanted.since is not None:
        query = query.where(holds.c.created >= wanted.since)
    if wanted.until is not None:
        query = query.where(holds.c.created < wanted.until)
    if position is not None:
        created, hold = position
        query = query.where(or_(holds.c.created < created, and_(holds.c.created == created, holds.c.id < hold)))
    if wanted.sender:
        sender = wanted.sender.lower()
        query = query.where(
            or_(func.lower(messages.c.sender) == sender, func.lower(messages.c.sender_of_record) == sender)
        )
    if wanted.recipient:
        addressed = select(recipients.c.hold).where(func.lower(recipients.c.address) == wanted.recipient.lower())
        query = query.where(holds.c.id.in_(addressed))
    if wanted.campaign:
        query = query.where(holds.c.campaign == wanted.campaign)
    elif not wanted.recipient:
        query = query.where(_LED)
    if wanted.rule:
        query = query.where(holds.c.id.in_(select(waits.c.hold).where(waits.c.rule == wanted.rule)))
    return query
