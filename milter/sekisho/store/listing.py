"""Questions about holds: lists that stream, counts, ages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from sekisho.core.lifecycle import WHOLE, State
from sekisho.store.holds import JOINED, load_rows, load_rows_of
from sekisho.store.rows import HoldRow
from sekisho.store.search import Entries, Filter, Position, choose
from sekisho.store.store import Store
from sekisho.store.tables import holds
from sekisho.store.unit import View

_PAGE = 500
_LED = holds.c.campaign.is_(None)
"""Holds that are decided about; what follows them is not counted."""


def listing(store: Store, wanted: Filter, *, limit: int | None = None, after: str = "") -> Iterator[HoldRow]:
    """Holds, the newest first, from the one after the hold-id ``after``; page by page, so that a million stream.

    Each page is read by itself, so that no log grows meanwhile.
    """
    position = _position(store, after)
    way = store.read(lambda view: choose(view, wanted))
    left = sys.maxsize if limit is None else limit
    while left > 0:
        size = min(_PAGE, left)
        found, page = store.read(partial(_page, query=way.page(wanted, position, size)))
        yield from page
        if len(found) < size:
            return
        left, position = left - len(page), found[-1]


def next_due(store: Store, limit: int) -> list[HoldRow]:
    """Holds that wait and whose time will be over, the first to expire first."""
    query = JOINED.where(holds.c.state == State.HELD, holds.c.expires.is_not(None), _LED)
    query = query.order_by(holds.c.expires, holds.c.id).limit(limit)
    return store.read(lambda view: load_rows(view, view.connection.execute(query).mappings().all()))


def counts(view: View) -> dict[State, int]:
    """How many holds are in each state that a hold can have; a campaign is one."""
    query = select(holds.c.state, func.count()).where(_LED).group_by(holds.c.state)
    known = {row[0]: row[1] for row in view.connection.execute(query)}
    return {state: known.get(state, 0) for state in WHOLE}


def oldest(view: View) -> datetime | None:
    """When the oldest hold that still waits was made; what follows one is never older."""
    query = select(holds.c.created).where(holds.c.state == State.HELD, _LED).order_by(holds.c.created).limit(1)
    return view.connection.scalars(query).one_or_none()


def expiring(view: View, until: datetime) -> int:
    """How many waiting holds expire up to then."""
    query = select(func.count()).select_from(holds).where(holds.c.state == State.HELD, holds.c.expires <= until, _LED)
    return view.connection.scalar(query) or 0


def _position(store: Store, after: str) -> Position | None:
    if not after:
        return None
    query = select(holds.c.created, holds.c.id).where(holds.c.id == after)
    row = store.read(lambda view: view.connection.execute(query).one_or_none())
    return (row.created, row.id) if row is not None else None


def _page(view: View, query: Entries) -> tuple[list[Position], list[HoldRow]]:
    """Where the page stands, and its holds; one with an address twice is found twice."""
    found = [(row.created, row.hold) for row in view.connection.execute(query)]
    return found, load_rows_of(view, list(dict.fromkeys(hold for _, hold in found)))
