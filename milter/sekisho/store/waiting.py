"""What waits for people to look at it: checks of what has gone already, and what one person was asked.

Both are few, whatever is kept: they are read at once, the newest first, as `listing` gives its holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import ColumnElement, func, or_, select

from sekisho.core.lifecycle import OPEN, State
from sekisho.store.holds import JOINED, load_rows
from sekisho.store.rows import HoldRow
from sekisho.store.store import Store
from sekisho.store.tables import asks, holds, messages, waits
from sekisho.store.unit import View

_PAGE = 500
_CHECKING = holds.c.id.in_(select(waits.c.hold).where(waits.c.checking.is_not(None)))


def to_check(store: Store) -> Iterator[HoldRow]:
    """Holds of which everything has gone, and which somebody is still to check. Raises `StoreUnavailable`."""
    return _found(store, _CHECKING & holds.c.state.not_in(OPEN))


def asked_of(store: Store, person: str) -> Iterator[HoldRow]:
    """Holds about which a person was asked and has not said no, and those of the person's own mail that wait."""
    asked = holds.c.id.in_(select(asks.c.hold).where(asks.c.person == person, asks.c.answer != "reject"))
    own = func.lower(messages.c.sender_of_record) == person.lower()
    return _found(store, (asked & or_(holds.c.state == State.HELD, _CHECKING)) | (own & (holds.c.state == State.HELD)))


def _found(store: Store, which: ColumnElement[bool]) -> Iterator[HoldRow]:
    ids = (
        select(holds.c.id)
        .join(messages, holds.c.message == messages.c.id)
        .where(which, holds.c.campaign.is_(None))
        .order_by(holds.c.created.desc(), holds.c.id.desc())
    )
    wanted = store.read(lambda view: view.connection.scalars(ids).all())
    for start in range(0, len(wanted), _PAGE):
        yield from store.read(partial(_page, ids=wanted[start : start + _PAGE]))


def _page(view: View, ids: Sequence[str]) -> list[HoldRow]:
    query = JOINED.where(holds.c.id.in_(ids)).order_by(holds.c.created.desc(), holds.c.id.desc())
    return load_rows(view, view.connection.execute(query).mappings().all())
