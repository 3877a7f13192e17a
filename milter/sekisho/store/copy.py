"""A whole store into another, whatever the two are: from SQLite and files to PostgreSQL, and back.

Rows go as they are stored, in one transaction of the target: a copy that was cut off leaves it empty. Big content goes
first, and is written again if it was there. At the end the numbers of rows, the digests of each table and of each
content, and the audit chain are compared. Nothing may write to the source meanwhile; that is found, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, delete, func, insert, select

from sekisho.store import audit
from sekisho.store.errors import ContentDamaged, StoreError
from sekisho.store.progress import Progress
from sekisho.store.store import Store
from sekisho.store.tables import audit_head, messages, metadata, pieces
from sekisho.store.types import stored

_BATCH = 500
_BATCH_OF_OCTETS = 20
_MODULUS = 1 << 256


class CannotCopy(StoreError):
    """The copy was not made, or is not equal to its source; the text says why."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What is in the target now."""

    rows: int
    contents: int
    missing: tuple[str, ...]
    """Messages whose content the source has not got any more, by id."""


def copy(source: Store, target: Store, progress: Progress) -> Copied:
    """Copy everything. Raises `CannotCopy` and `StoreUnavailable`."""
    tables = [_raw(table) for table in metadata.sorted_tables if table is not pieces]
    filled = target.read(lambda view: _filled(view.connection, tables))
    if filled:
        raise CannotCopy(f"the target is not empty: it has rows in {', '.join(filled)}; copy into a new store")
    missing, contents = _copy_contents(source, target, progress)
    before = source.read(audit.last)
    sums = target.write_in_bulk(
        lambda connection: source.read(
            lambda view: [_copy(view.connection, connection, one, progress) for one in tables]
        )
    )
    if source.read(audit.last) != before:
        raise CannotCopy(
            "the source was written to meanwhile; stop every daemon that uses it, and copy into a new store"
        )
    _compare(target, tables, sums, progress)
    return Copied(sum(number for number, _ in sums), contents, missing)


def _raw(table: Table) -> Table:
    """The table with its values as they are stored."""
    columns = (Column(one.name, stored(one.type), primary_key=one.primary_key) for one in table.c)
    return Table(table.name, MetaData(), *columns)


def _filled(connection: Connection, tables: Sequence[Table]) -> list[str]:
    """The names of tables that have rows; the head of a new chain does not count."""
    used = [one.name for one in tables if one.name != audit_head.name and _has_rows(connection, one)]
    return used or ([audit_head.name] if connection.scalar(select(func.max(audit_head.c.sequence))) else [])


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table).limit(1)).first() is not None


def _copy(source: Connection, target: Connection, table: Table, progress: Progress) -> tuple[int, int]:
    """All rows of a table; gives their number and digest."""
    if table.name == audit_head.name:
        target.execute(delete(table))
    return _digest(source, table, lambda rows: target.execute(insert(table), rows), progress)


def _digest(
    connection: Connection, table: Table, also: Callable[[list[dict[str, Any]]], object], progress: Progress
) -> tuple[int, int]:
    """The number of rows and the sum of their digests: no two databases sort text alike. ``also`` is handed them."""
    total = connection.scalar(select(func.count()).select_from(table)) or 0
    digest, done = 0, 0
    size = _BATCH_OF_OCTETS if "octets" in table.c else _BATCH
    result = connection.execution_options(yield_per=size).execute(select(table))
    for part in result.mappings().partitions():
        rows = [dict(row) for row in part]
        digest = (digest + sum(map(_number, rows))) % _MODULUS
        also(rows)
        done += len(rows)
        progress(table.name, done, total)
    return done, digest


def _number(row: dict[str, Any]) -> int:
    return int.from_bytes(hashlib.sha256(repr(list(row.items())).encode("utf-8", "surrogatepass")).digest())


def _copy_contents(source: Store, target: Store, progress: Progress) -> tuple[tuple[str, ...], int]:
    """Big content, octet for octet as it is kept; gives what the source has not got, and how many were copied."""
    query = select(messages.c.id).where(messages.c.in_file == 1, messages.c.purged.is_(None)).order_by(messages.c.id)
    wanted = source.read(lambda view: view.connection.scalars(query).all())
    missing = []
    for done, message in enumerate(wanted, 1):
        try:
            _copy_content(source, target, message)
        except ContentDamaged:
            missing.append(message)
        progress("content", done, len(wanted))
    return tuple(missing), len(wanted) - len(missing)


def _copy_content(source: Store, target: Store, message: str) -> None:
    target.files.discard(message)
    target.files.discard_unfinished(message)
    given = hashlib.sha256()

    def pieces_of() -> Iterator[bytes]:
        for piece in source.files.pieces(message):
            given.update(piece)
            yield piece

    target.files.write(message, pieces_of())
    kept = hashlib.sha256()
    for piece in target.files.pieces(message):
        kept.update(piece)
    if kept.digest() != given.digest():
        raise CannotCopy(f"the content of message {message} arrived changed")


def _compare(target: Store, tables: Sequence[Table], sums: Sequence[tuple[int, int]], progress: Progress) -> None:
    def kept(table: Table) -> tuple[int, int]:
        def told(what: str, done: int, total: int) -> None:
            progress(f"{what}, compared", done, total)

        return target.read(lambda view: _digest(view.connection, table, lambda _: None, told))

    for table, given in zip(tables, sums, strict=True):
        if kept(table) != given:
            raise CannotCopy(f"table {table.name} arrived changed")
    found = target.read(audit.verify)
    if found.broken_at is not None:
        raise CannotCopy(f"all is copied, but the audit is broken at {found.broken_at} as it was: {found.why}")
