"""Claiming rows that are due: by lease, with no leader, by any number of workers at once (outbox and releases).

A row is free while nobody's lease on it runs. PostgreSQL's workers skip rows that another is just claiming.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, Update, bindparam, or_, select, update

from sekisho.store.types import Moment
from sekisho.store.unit import Row, Unit, View


def is_due(view: View, table: Table, now: datetime) -> bool:
    """Whether a free row of the table is due."""
    return bool(view.ask(_due(table), now=now))


def claim(unit: Unit, table: Table, key: str, owner: str, now: datetime, lasts: timedelta, limit: int) -> list[Row]:
    """Take up to ``limit`` rows that are due and free, the longest due first."""
    rows = unit.find(_claimed(table), now=now, most=limit)
    hold(unit, table, key, [row[key] for row in rows], owner, now + lasts)
    return rows


def hold(unit: Unit, table: Table, key: str, keys: Iterable[str], owner: str, until: datetime) -> None:
    """Lease rows, or lease them longer."""
    wanted = [{"of": one, "by": owner, "until": until} for one in keys]
    if wanted:
        unit.change(_leased(table, key), *wanted)


def put_back(unit: Unit, table: Table, now: datetime, later: datetime) -> None:
    """The clock was put back to ``now``: free what is leased, and try again what is put off, until after ``later``."""
    retried = update(table).where(table.c.attempts > 0, table.c.due > later)
    unit.connection.execute(retried.values(due=now))
    leased = update(table).where(table.c.leased_until > later)
    unit.connection.execute(leased.values(owner="", leased_until=None))


@lru_cache
def _due(table: Table) -> Select[Any]:
    return select(table.c.due).where(_free(table)).limit(1)


@lru_cache
def _claimed(table: Table) -> Select[Any]:
    most = bindparam("most", type_=Integer)
    return select(table).where(_free(table)).order_by(table.c.due).limit(most).with_for_update(skip_locked=True)


@lru_cache
def _leased(table: Table, key: str) -> Update:
    return (
        update(table)
        .where(table.c[key] == bindparam("of"))
        .values(owner=bindparam("by"), leased_until=bindparam("until"))
    )


def _free(table: Table) -> ColumnElement[bool]:
    now = bindparam("now", type_=Moment)
    return (table.c.due <= now) & or_(table.c.leased_until.is_(None), table.c.leased_until <= now)
