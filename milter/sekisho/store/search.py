"""How holds are found: which index is walked, the newest hold first, and what is looked up for each entry of it.

A search asks for some of state, sender, recipient, rule, campaign and time. Each but time has an index of its own in
the order of the list; entries of all of them carry the moment when the hold was made, so that each page begins where
the last ended and the bounds of time are bounds of the walk. One of them is walked, the one with the fewest entries as
far as they are counted; the other conditions are looked up by key, entry by entry. They are scalar subqueries because
no planner joins those in another order, whatever it believes of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    Table,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from sekisho.core.lifecycle import OPEN, WHOLE, State
from sekisho.store.indexes import address_key, has_other_owner
from sekisho.store.tables import holds, messages, recipients, waits
from sekisho.store.types import Moment, Prose
from sekisho.store.unit import View

Position = tuple[datetime, str]
"""When a hold was made, and its id."""

COUNTED = 5_000
"""So many entries of an index are counted at most before one is chosen."""

_ONE: ColumnElement[int] = literal_column("1")
Condition = ColumnElement[bool]
Entries = Select[*tuple[Any, ...]]
"""A query that gives moments and ids."""
Moments = ColumnElement[Any]


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

    @property
    def only_led(self) -> bool:
        """Whether holds that follow another are left out."""
        return not self.campaign and not self.recipient


@dataclass(frozen=True, slots=True)
class _Walk:
    """A part of an index: what it stands on, where its entries have the moment and the hold, and which are meant."""

    source: FromClause
    created: Moments
    hold: ColumnElement[str]
    entries: Condition
    looked_up: tuple[Condition, ...]
    """What is still to be asked about each entry."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find all that is wanted: parts of an index that have no entry in common."""

    name: str
    walks: tuple[_Walk, ...]

    def page(self, wanted: Filter, after: Position | None, size: int) -> Entries:
        """The moments and ids of so many holds, the newest first, from the one after a position."""
        parts = [_part(walk, wanted, after, size) for walk in self.walks]
        if len(parts) == 1:
            return parts[0]
        every = union_all(*(select(*part.subquery().c) for part in parts)).subquery()
        return select(every.c.created, every.c.hold).order_by(every.c.created.desc(), every.c.hold.desc()).limit(size)

    def count(self, wanted: Filter) -> ColumnElement[int]:
        """How many entries would be walked through, counted up to `COUNTED` in each part."""
        return sum((_count(walk, wanted) for walk in self.walks[1:]), _count(self.walks[0], wanted))


def choose(view: View, wanted: Filter) -> Way:
    """The way with the fewest entries; where all have many, the one that comes first in `ways`."""
    every = list(ways(wanted))
    if len(every) == 1:
        return every[0]
    found = view.connection.execute(select(*(way.count(wanted) for way in every))).one()
    return min(zip(found, every, strict=True), key=lambda one: min(one[0], COUNTED))[1]


def ways(wanted: Filter) -> Iterator[Way]:
    """Each index that is worth a walk. What is open comes first: it is never much beside what has ended; all states
    together are never few."""
    by_state = Way("state", tuple(_by_state(wanted)))
    few = bool(wanted.campaign or (wanted.states and wanted.states <= OPEN))
    if few:
        yield by_state
    if wanted.sender:
        yield Way("sender", tuple(_by_sender(wanted)))
    if wanted.recipient:
        yield Way("recipient", (_walk(wanted, recipients, is_address(recipients.c.address, wanted.recipient)),))
    if wanted.rule:
        yield Way("rule", (_walk(wanted, waits, waits.c.rule == wanted.rule),))
    if not few and (wanted.states or not (wanted.sender or wanted.recipient or wanted.rule)):
        yield by_state


def _by_state(wanted: Filter) -> Iterator[_Walk]:
    """One walk a state, for one index is of those that follow another hold, and one of all others."""
    for state in sorted(wanted.states or WHOLE, key=lambda one: one.value):
        if wanted.campaign:
            kinds = [holds.c.campaign == wanted.campaign]
        else:
            kinds = [holds.c.campaign.is_(None), *([] if wanted.only_led else [holds.c.campaign.is_not(None)])]
        for kind in kinds:
            asked = [*_by_key(wanted, holds.c.created, holds.c.id, holds)]
            if wanted.sender:
                sent = select(_ONE).where(messages.c.id == holds.c.message, _is_of(wanted.sender))
                asked.append(is_there(sent))
            yield _Walk(holds, holds.c.created, holds.c.id, and_(holds.c.state == state, kind), tuple(asked))


def _by_sender(wanted: Filter) -> Iterator[_Walk]:
    """Messages from an address, and those of its owner that have another; a hold is as old as its message."""
    source = messages.join(holds, holds.c.message == messages.c.id)
    asked = (*_by_key(wanted, messages.c.received, holds.c.id, messages), *_of_hold(wanted))
    ours = is_address(messages.c.sender, wanted.sender)
    owned = and_(is_address(messages.c.sender_of_record, wanted.sender), has_other_owner(messages))
    for entries in (ours, owned):
        yield _Walk(source, messages.c.received, holds.c.id, entries, asked)


def _walk(wanted: Filter, table: Table, entries: Condition) -> _Walk:
    """Through what belongs to holds."""
    asked = [*_by_key(wanted, table.c.created, table.c.hold, table)]
    of_hold = [*_of_hold(wanted)]
    if wanted.sender:
        of_hold.append(_is_of(wanted.sender))
    if of_hold:
        source = holds.join(messages, holds.c.message == messages.c.id) if wanted.sender else holds
        asked.append(is_there(select(_ONE).select_from(source).where(holds.c.id == table.c.hold, *of_hold)))
    return _Walk(table, table.c.created, table.c.hold, entries, tuple(asked))


def _by_key(wanted: Filter, created: Moments, hold: ColumnElement[str], walked: Table) -> Iterator[Condition]:
    """Whether a recipient and a rule belong to the hold, asked of the very index that could be walked for them."""
    named = (
        (recipients, wanted.recipient, is_address(recipients.c.address, wanted.recipient)),
        (waits, wanted.rule, waits.c.rule == wanted.rule),
    )
    for table, value, ours in named:
        if value and table is not walked:
            yield is_there(select(_ONE).where(ours, table.c.created == created, table.c.hold == hold).limit(1))


def _of_hold(wanted: Filter) -> Iterator[Condition]:
    """What the row of a hold itself must say."""
    if wanted.states:
        yield holds.c.state.in_(sorted(wanted.states, key=lambda one: one.value))
    if wanted.campaign:
        yield holds.c.campaign == wanted.campaign
    elif wanted.only_led:
        yield holds.c.campaign.is_(None)


def _is_of(sender: str) -> Condition:
    return or_(is_address(messages.c.sender, sender), is_address(messages.c.sender_of_record, sender))


def is_address(column: ColumnElement[str], address: str) -> Condition:
    """Whether a column has that address, in the words of its index."""
    return address_key(column) == address_key(literal(address, Prose))


def is_there(query: Select[Any]) -> Condition:
    """Whether a query that selects 1 finds a row, looked up once for each row that it is asked about."""
    found: ScalarSelect[Any] = query.scalar_subquery()
    return found == _ONE


def _part(walk: _Walk, wanted: Filter, after: Position | None, size: int) -> Entries:
    query = select(walk.created.label("created"), walk.hold.label("hold")).select_from(walk.source)
    query = query.where(walk.entries, *_bounds(walk, wanted), *walk.looked_up)
    if after is not None:
        # The first bound is that of the index where it has no ids.
        created, hold = literal(after[0], Moment), literal(after[1])
        query = query.where(walk.created <= created, tuple_(walk.created, walk.hold) < tuple_(created, hold))
    return query.order_by(walk.created.desc(), walk.hold.desc()).limit(size)


def _count(walk: _Walk, wanted: Filter) -> ColumnElement[int]:
    # In its order, so that no planner reads a table in the hope of many rows.
    few = (
        select(_ONE).where(walk.entries, *_bounds(walk, wanted)).order_by(walk.created.desc()).limit(COUNTED).subquery()
    )
    return select(func.count()).select_from(few).scalar_subquery()


def _bounds(walk: _Walk, wanted: Filter) -> Iterator[Condition]:
    if wanted.since is not None:
        yield walk.created >= wanted.since
    if wanted.until is not None:
        yield walk.created < wanted.until
