"""What waits for people to look at it: checks of what has gone already, and what one person was asked.

Both are few, whatever is kept: their ids are read at once, and the holds page by page, the newest first as `listing`
gives them. Open holds are walked, and the few locks whose mail is to be checked; what has ended is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from sekisho.core.lifecycle import OPEN, State
from sekisho.store.holds import load_rows_of
from sekisho.store.rows import HoldRow
from sekisho.store.search import Position, is_address, is_there
from sekisho.store.store import Store
from sekisho.store.tables import asks, holds, messages, waits
from sekisho.store.unit import View

_PAGE = 500


def to_check(store: Store) -> Iterator[HoldRow]:
    """Holds of which everything has gone, and which somebody is still to check. Raises `StoreUnavailable`."""
    return _loaded(store, store.read(lambda view: _checks(view, holds.c.state.not_in(OPEN))))


def asked_of(store: Store, person: str) -> Iterator[HoldRow]:
    """Holds about which a person was asked and has not said no, and those of the person's own mail that wait."""
    # Not as the column itself, whose index would give whatever the person was ever asked.
    whom = func.coalesce(asks.c.person, "") == person
    asked = is_there(select(1).where(asks.c.hold == holds.c.id, whom, asks.c.answer != "reject").limit(1))
    own = is_there(select(1).where(messages.c.id == holds.c.message, is_address(messages.c.sender_of_record, person)))
    led = (holds.c.state == State.HELD, holds.c.campaign.is_(None))
    waiting = select(holds.c.created, holds.c.id).where(*led, or_(asked, own))

    def found(view: View) -> list[Position]:
        return [*map(_position, view.connection.execute(waiting)), *_checks(view, holds.c.state != State.HELD, asked)]

    return _loaded(store, store.read(found))


def _checks(view: View, *which: ColumnElement[bool]) -> list[Position]:
    """Holds of which something is to be checked and for which that is so."""
    ids = iter(view.connection.scalars(select(waits.c.hold).where(waits.c.checking.is_not(None)).distinct()).all())
    found: list[Position] = []
    while some := list(islice(ids, _PAGE)):
        query = select(holds.c.created, holds.c.id).where(holds.c.id.in_(some), holds.c.campaign.is_(None), *which)
        found += map(_position, view.connection.execute(query))
    return found


def _loaded(store: Store, found: Iterable[Position]) -> Iterator[HoldRow]:
    ids = [hold for _, hold in sorted(found, reverse=True)]
    for start in range(0, len(ids), _PAGE):
        yield from store.read(partial(load_rows_of, ids=ids[start : start + _PAGE]))


def _position(row: Sequence[Any]) -> Position:
    return row[0], row[1]
