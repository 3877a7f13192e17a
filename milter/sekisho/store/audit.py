"""The audit: an append-only chain of who did what to which hold, when and why.

Each row's hash covers the row before it and everything in its own, and ``audit_head`` names the last: a changed octet,
a removed row, an exchanged pair and a cut-off end are all found by `verify`. Rows are chained when a transaction is
about to commit, so that the lock on the head is held as short as can be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Text,
    bindparam,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from sekisho.store.postgresql import in_one_parcel
from sekisho.store.prepared import ask, change, renamed
from sekisho.store.rows import AuditRow
from sekisho.store.tables import audit, audit_head
from sekisho.store.types import dumps, micros, prose, stored
from sekisho.store.unit import Entry, Found, View

_CHAIN = 1
"""The number of the one chain in ``audit_head``, whose row the first migration made."""
START = "0" * 64
"""What stands for the hash before the first row."""
_PAGE = 1000
_RAW = select(*(column if column.name != "details" else type_coerce(column, Text) for column in audit.c))
"""Rows with their details as text: what was tampered with need not be JSON any more."""
_HEAD = select(audit_head.c.sequence, audit_head.c.hash).where(audit_head.c.chain == bindparam("chain"))
_LOCKED_HEAD = _HEAD.with_for_update()
_END = select(audit_head.c.sequence, audit_head.c.hash).where(audit_head.c.chain == bindparam("chain"))
_LATEST = _RAW.where(audit.c.hold == bindparam("hold")).order_by(audit.c.sequence.desc()).limit(1)
_MOVE = (
    update(audit_head)
    .where(audit_head.c.chain == _CHAIN)
    .values(sequence=bindparam("new_sequence"), hash=bindparam("new_hash"))
)
_APPEND = insert(audit).values(
    {column.name: bindparam(f"new_{column.name}", type_=stored(column.type)) for column in audit.c}
)
"""Takes values as they are stored: they have been made so for the hash."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found: how many rows are good, and the first that is not."""

    rows: int
    broken_at: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows to list: from a moment up to before another, of somebody, of a kind. What is empty is not asked."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    """Without letter case."""
    action: str = ""


def chain(connection: Connection, entries: Sequence[Entry]) -> tuple[int, str] | None:
    """Append the entries; gives the number and hash of the last, by which a commit can be recognised later."""
    if not entries:
        return None
    sequence, last = _head(connection, _LOCKED_HEAD)
    rows = []
    for entry in entries:
        sequence += 1
        values = _values(sequence, entry)
        last = link(last, values)
        rows.append(renamed({**values, "hash": last}))
    with in_one_parcel(connection):
        change(connection, _APPEND, rows)
        change(connection, _MOVE, [renamed({"sequence": sequence, "hash": last})])
    return sequence, last


def is_recorded(connection: Connection, mark: tuple[int, str]) -> bool:
    """Whether the row that `chain` gave is in the database."""
    sequence, last = mark
    return connection.scalar(select(audit.c.hash).where(audit.c.sequence == sequence)) == last


def entries(
    view: View, *, hold: str = "", after: int = 0, limit: int = _PAGE, wanted: Wanted | None = None
) -> list[AuditRow]:
    """Rows in order, of one hold or all, from the one after ``after``."""
    query = _RAW.where(audit.c.sequence > after).order_by(audit.c.sequence).limit(limit)
    if hold:
        query = query.where(audit.c.hold == hold)
    if wanted is not None:
        query = query.where(*_conditions(wanted))
    return [_row(row) for row in view.connection.execute(query).mappings()]


def last(view: View) -> int:
    """The number of the newest row; 0 where there is none."""
    return view.connection.scalar(select(audit_head.c.sequence).where(audit_head.c.chain == _CHAIN)) or 0


def end(view: View) -> tuple[int, str]:
    """The number and hash of the newest row; 0 and zeros where there is none."""
    ((sequence, hashed),) = view.ask(_END, chain=_CHAIN)
    return sequence, hashed


def latest(view: View, hold: str) -> AuditRow | None:
    """The newest row about a hold; None where there is none."""
    return next((_row(row) for row in view.find(_LATEST, hold=hold)), None)


def verify(view: View) -> Verified:
    """Walk the whole chain."""
    last, count = START, 0
    for row in _all(view):
        values = {name: row[name] for name in row if name != "hash"} | {"at": micros(row["at"])}
        last = link(last, values)
        if row["sequence"] != count + 1:
            return Verified(count, count + 1, "a row is missing or out of order")
        if row["hash"] != last:
            return Verified(count, row["sequence"], "the row does not fit the one before it")
        count += 1
    if _head(view.connection, _HEAD) != (count, last):
        return Verified(count, count + 1, "the end of the chain is missing")
    return Verified(count)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield audit.c.at >= wanted.since
    if wanted.until is not None:
        yield audit.c.at < wanted.until
    if wanted.actor:
        yield func.lower(audit.c.actor) == wanted.actor.lower()
    if wanted.action:
        yield audit.c.action == wanted.action


def _all(view: View) -> Iterator[RowMapping]:
    after = 0
    while True:
        query = _RAW.where(audit.c.sequence > after).order_by(audit.c.sequence).limit(_PAGE)
        page = view.connection.execute(query).mappings().all()
        if not page:
            return
        yield from page
        after = page[-1]["sequence"]


def _head(connection: Connection, query: Select[Any]) -> tuple[int, str]:
    """The end of the chain."""
    ((sequence, last),) = ask(connection, query, {"chain": _CHAIN})
    return sequence, last


def _values(sequence: int, entry: Entry) -> dict[str, Any]:
    """A row as it is stored, but for its hash."""
    return {
        "sequence": sequence,
        "at": micros(entry.at),
        "actor": prose(entry.actor),
        "role": entry.role,
        "action": entry.action,
        "hold": entry.hold,
        "reason": prose(entry.reason),
        "details": dumps(dict(entry.details)),
    }


def link(previous: str, values: Mapping[str, Any]) -> str:
    """The hash of a row, given the one before it and everything that the row holds, as it is stored."""
    text = dumps({**values, "previous": previous})
    return hashlib.sha256(text.encode()).hexdigest()


def _row(row: Found) -> AuditRow:
    try:
        details = json.loads(row["details"])
    except ValueError:
        details = {"damaged": row["details"]}
    return AuditRow(**{**row, "details": details})
