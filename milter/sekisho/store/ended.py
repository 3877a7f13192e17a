"""Holds that have ended, by what they were good for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from sekisho.core.lifecycle import State
from sekisho.store.holds import JOINED, load_rows
from sekisho.store.rows import HoldRow
from sekisho.store.tables import holds, recipients
from sekisho.store.unit import Unit, View

_UNSENT = (State.REJECTED, State.CANCELLED, State.EXPIRED)


def unsent(view: View, outcomes: Collection[str], since: datetime, made: datetime) -> list[HoldRow]:
    """Holds of which nothing was sent, with one of these outcomes, that ended since ``since`` and were made since
    ``made``."""
    late = select(recipients.c.hold).where(recipients.c.hold == holds.c.id, recipients.c.decided > since)
    query = JOINED.where(holds.c.state.in_(_UNSENT), holds.c.created > made, holds.c.outcome.in_(list(outcomes)))
    return load_rows(view, view.connection.execute(query.where(late.exists())).mappings().all())


def set_outcome(unit: Unit, hold: str, outcome: str, instead_of: Collection[str]) -> bool:
    """Write a hold's outcome; whether it was one of those that may be replaced."""
    query = update(holds).where(holds.c.id == hold, holds.c.outcome.in_(list(instead_of)))
    return unit.connection.execute(query.values(outcome=outcome)).rowcount == 1
