"""Holds are found in the order of the list by whatever is asked; indexes have no entries that nobody looks for.

Recipients and locks learn when their hold was made, a part of them at a time, so that somebody who waits sees how far
it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import context, op

revision = "0008"
down_revision = "0007"

_GONE = {
    "holds": ("holds_by_state", "holds_of_campaign", "holds_by_expiry"),
    "recipients": ("recipients_by_address",),
    "waits": ("waits_rule",),
}
_HOLDS = sa.table("holds", sa.column("id"), sa.column("created"))
_PARTS = 32
_KEY = "lower(substr({}, 1, 320))"
_INDEXES = {
    "holds_by_state": ("holds", "state, created, id", "campaign IS NULL"),
    "holds_of_campaign": ("holds", "state, campaign, created, id", "campaign IS NOT NULL"),
    "holds_by_expiry": ("holds", "expires", "expires IS NOT NULL"),
    "recipients_by_address": ("recipients", f"{_KEY.format('address')}, created, hold", ""),
    "waits_by_rule": ("waits", "rule, created, hold", ""),
    "messages_by_sender": ("messages", f"{_KEY.format('sender')}, received", ""),
    "messages_by_owner": (
        "messages",
        f"{_KEY.format('sender_of_record')}, received",
        f"{_KEY.format('sender_of_record')} != {_KEY.format('sender')}",
    ),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA cache_size = -65536")
    for table, names in _GONE.items():
        for name in names:
            op.drop_index(name, table)
    for table in ("recipients", "waits"):
        op.add_column(table, sa.Column("created", sa.BigInteger(), nullable=False, server_default="0"))
        _learn(sa.table(table, sa.column("hold"), sa.column("created")))
    for done, (name, (table, columns, which)) in enumerate(_INDEXES.items()):
        _progress("indexes", done, len(_INDEXES))
        op.execute(f"CREATE INDEX {name} ON {table} ({columns}){' WHERE ' + which if which else ''}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ANALYZE messages, holds, recipients, waits")
    _progress("indexes", len(_INDEXES), len(_INDEXES))


def _learn(table: sa.TableClause) -> None:
    """When each row's hold was made."""
    made = sa.select(_HOLDS.c.created).where(_HOLDS.c.id == table.c.hold).scalar_subquery()
    for done, part in enumerate(_parts(table.name)):
        _progress(table.name, done, _PARTS)
        op.get_bind().execute(sa.update(table).where(part).values(created=made))


def _parts(table: str) -> Iterator[sa.TextClause]:
    """Rows by where they stand in the file, so that no page is written twice; rows that are changed go behind all."""
    if op.get_bind().dialect.name == "sqlite":
        last, bound = op.get_bind().scalar(sa.text(f"SELECT max(rowid) FROM {table}")), "{}"  # noqa: S608
        name = "rowid"
    else:
        size = f"pg_relation_size('{table}') / current_setting('block_size')::bigint"
        last, bound = op.get_bind().scalar(sa.text(f"SELECT {size}")), "'({},0)'"
        name = "ctid"
    step = (last or 0) // _PARTS + 1
    for first in range(0, step * _PARTS, step):
        ends = (bound.format(first), bound.format(first + step))
        yield sa.text(f"{name} >= {ends[0]} AND {name} < {ends[1]}")


def _progress(what: str, done: int, total: int) -> None:
    context.config.attributes["progress"](what, done, total)
