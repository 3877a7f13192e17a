"""A list fetched from a database by a query whose first column is the entry: SQLite, or PostgreSQL with psycopg.

Not the daemon's own store: a table of the site's, read and never written.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sekisho.core.ports import Unavailable
from sekisho.lists.entries import BadList, Flaw
from sekisho.lists.table import Table

TIMEOUT = 30
"""Seconds for the whole query."""
_ROWS = 1000


def check_database(url: str) -> None:
    """``ValueError`` where nothing here can read such a database."""
    if re.fullmatch(r"sqlite:///[^?]+", url):
        return
    if not re.fullmatch(r"postgresql://\S+", url):
        raise ValueError(f"{url!r} is not a database; write sqlite:///PATH or postgresql://USER@HOST/DATABASE")
    if importlib.util.find_spec("psycopg") is None:
        raise ValueError("lists in PostgreSQL need psycopg; install sekisho[postgresql]")


def fetch(url: str, query: str, password: str | None) -> Table:
    """The query's entries. Raises `Unavailable`, or `BadList` for what is no entry."""
    firsts = (next(reversed(row.values()), None) for row in rows(url, query, password))
    entries = [str(first).strip() for first in firsts if first is not None]
    try:
        return Table(filter(None, entries), sum(map(len, entries)))
    except ValueError as error:
        raise BadList([Flaw(url, 1, 1, str(error))]) from None


def rows(url: str, query: str, password: str | None) -> Iterator[dict[str, Any]]:
    """The query's rows, by the names of their columns. Raises `Unavailable`."""
    if url.startswith("sqlite:"):
        return _sqlite(url.removeprefix("sqlite:///"), query)
    return _postgresql(url, query, password)


def _named(cursor: Any) -> Iterator[dict[str, Any]]:
    """Of columns that have the same name the first counts."""
    for row in cursor:
        pairs = zip((str(column[0]).lower() for column in cursor.description), row, strict=True)
        yield dict(reversed(list(pairs)))


def _sqlite(path: str, query: str) -> Iterator[dict[str, Any]]:
    try:
        connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=TIMEOUT)
        try:
            yield from _named(connection.execute(query))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Unavailable(path, str(error)) from error


def _postgresql(url: str, query: str, password: str | None) -> Iterator[dict[str, Any]]:
    psycopg = importlib.import_module("psycopg")
    options = f"-c statement_timeout={TIMEOUT}s -c default_transaction_read_only=on"
    secret = {"password": password} if password else {}
    try:
        with (
            psycopg.connect(url, connect_timeout=5, options=options, **secret) as connection,
            connection.cursor(name="sekisho_list") as cursor,
        ):
            cursor.itersize = _ROWS
            cursor.execute(query)
            yield from _named(cursor)
    except psycopg.Error as error:
        raise Unavailable("PostgreSQL", str(error).strip() or type(error).__name__) from error
