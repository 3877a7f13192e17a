"""Answers that are remembered: for a sender and a recipient, or within a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select

from sekisho.store.tables import remembered
from sekisho.store.unit import Unit, View

PAIR, THREAD = "pair", "thread"
_MANY = 500
"""Keys asked for at once."""
_PAGE = 500
_NAMES = tuple(column.name for column in remembered.c)


@dataclass(frozen=True, slots=True)
class RememberedRow:
    """That somebody agreed to something, and for how long it counts."""

    id: str
    key: str
    """As `key_of` makes it."""
    kind: str
    """``pair`` or ``thread``."""
    rule: str
    sender: str
    recipient: str
    codes: tuple[str, ...]
    """Kinds of findings that were agreed to."""
    hold: str
    person: str
    created: datetime
    until: datetime


def key_of(kind: str, rule: str, sender: str, recipient: str, thread: str = "") -> str:
    """64 hexadecimal digits: what an answer is found again by."""
    digest = hashlib.sha256()
    for piece in (kind, rule, sender.lower(), recipient.lower(), thread):
        octets = piece.encode("utf-8", "surrogateescape")
        digest.update(b"%d:%b" % (len(octets), octets))
    return digest.hexdigest()


def add(unit: Unit, row: RememberedRow) -> None:
    """Remember it."""
    unit.add(remembered, {**{name: getattr(row, name) for name in _NAMES}, "codes": list(row.codes)})


def valid(view: View, keys: Collection[str], now: datetime) -> list[RememberedRow]:
    """What is remembered under these keys and still counts, the newest first."""
    wanted = list(keys)
    found: list[RememberedRow] = []
    for start in range(0, len(wanted), _MANY):
        some = remembered.c.key.in_(wanted[start : start + _MANY])
        found += _rows(view, select(remembered).where(some, remembered.c.until > now))
    return sorted(found, key=lambda row: row.created, reverse=True)


def listing(
    view: View, now: datetime, *, sender: str = "", recipient: str = "", rule: str = "", after: str = ""
) -> list[RememberedRow]:
    """A page of what still counts, in the order of ids, from the one after ``after``; addresses in any case."""
    query = select(remembered).where(remembered.c.until > now, remembered.c.id > after)
    if sender:
        query = query.where(func.lower(remembered.c.sender) == sender.lower())
    if recipient:
        query = query.where(func.lower(remembered.c.recipient) == recipient.lower())
    if rule:
        query = query.where(remembered.c.rule == rule)
    return list(_rows(view, query.order_by(remembered.c.id).limit(_PAGE)))


def forget(unit: Unit, row_id: str) -> RememberedRow | None:
    """Remove it; gives what it was, None if there is none."""
    row = next(_rows(unit, select(remembered).where(remembered.c.id == row_id)), None)
    unit.connection.execute(delete(remembered).where(remembered.c.id == row_id))
    return row


def has_expired(view: View, now: datetime) -> bool:
    """Whether there is anything that does not count any more."""
    return (
        view.connection.execute(select(remembered.c.id).where(remembered.c.until <= now).limit(1)).first() is not None
    )


def drop_expired(unit: Unit, now: datetime) -> int:
    """Remove what does not count any more; gives how many."""
    return unit.connection.execute(delete(remembered).where(remembered.c.until <= now)).rowcount


def _rows(view: View, query: Select[tuple[object, ...]]) -> Iterator[RememberedRow]:
    for row in view.connection.execute(query).mappings():
        yield RememberedRow(**{**row, "codes": tuple(row["codes"])})
