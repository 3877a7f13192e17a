"""Claiming rows that are due: by lease, with no leader, by any number of workers at once (outbox and releases).

A row is free while nobody's lease on it runs. PostgreSQL's workers skip rows that another is just claiming.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, Table, or_, select, update

from sekisho.store.unit import Unit, View


def is_due(view: View, table: Table, now: datetime) -> bool:
    """Whether a free row of the table is due."""
    return view.connection.execute(select(table.c.due).where(_free(table, now)).limit(1)).first() is not None


def claim(
    unit: Unit, table: Table, key: str, owner: str, now: datetime, lasts: timedelta, limit: int
) -> list[RowMapping]:
    """Take up to ``limit`` rows that are due and free, the longest due first."""
    query = select(table).where(_free(table, now)).order_by(table.c.due).limit(limit)
    rows = list(unit.connection.execute(query.with_for_update(skip_locked=True)).mappings())
    hold(unit, table, key, [row[key] for row in rows], owner, now + lasts)
    return rows


def hold(unit: Unit, table: Table, key: str, keys: Iterable[str], owner: str, until: datetime) -> None:
    """Lease rows, or lease them longer."""
    wanted = list(keys)
    if wanted:
        query = update(table).where(table.c[key].in_(wanted))
        unit.connection.execute(query.values(owner=owner, leased_until=until))


def _free(table: Table, now: datetime) -> ColumnElement[bool]:
    return (table.c.due <= now) & or_(table.c.leased_until.is_(None), table.c.leased_until <= now)
