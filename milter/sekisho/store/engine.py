"""Connections to the database, set up so that a commit means "on disk", and what its errors mean in words.

SQLite: WAL, synchronous=FULL, foreign keys, a busy time-out. Transactions that write begin IMMEDIATE, so that what they
read cannot change under them. The log beside the database exists and is synced before anything is committed: SQLite
ignores an error of the directory sync that follows making it. PostgreSQL: `sekisho.store.postgresql`.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from sekisho.store.content import sync_directory
from sekisho.store.errors import StoreUnavailable
from sekisho.store.postgresql import make_postgresql_engine, why_of_state

BUSY = 5.0
"""How long to wait for another process's transaction, seconds."""

_WHYS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "the database is locked by another process",
    "SQLITE_LOCKED": "the database is locked",
    "SQLITE_READONLY": "the database is read-only",
    "SQLITE_CANTOPEN": "the database cannot be opened",
    "SQLITE_PERM": "no permission for the database",
    "SQLITE_IOERR": "input/output error in the database",
    "SQLITE_CORRUPT": "the database is damaged",
    "SQLITE_NOTADB": "the file is not a database",
}


def read_url(url: str) -> URL:
    """A database URL, or `StoreUnavailable` with what is wrong with it."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnavailable("store.url is not a database URL") from None
    if parsed.get_backend_name() == "sqlite" and not parsed.database:
        raise StoreUnavailable("store.url names no file")
    return parsed


def database_path(url: URL) -> Path | None:
    """SQLite's file; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def make_engine(url: URL, *, writing: bool, busy: float = BUSY, patient: bool = False) -> Engine:
    """An engine; connects when it is first used. A ``patient`` one lets the server take as long as it takes."""
    if url.get_backend_name() != "sqlite":
        return make_postgresql_engine(url, writing=writing, busy=busy, patient=patient)
    # mode=rw: a wrong path is an error, not an empty database.
    name = f"file:{quote(str(url.database))}?mode=rw"
    engine = create_engine(
        url,
        creator=lambda: sqlite3.connect(name, uri=True, timeout=busy, check_same_thread=False),
        pool_size=5,
        max_overflow=20,
    )
    event.listen(engine, "connect", _set_up_writer if writing else _set_up_reader)
    event.listen(engine, "begin", _begin_immediate if writing else _begin)
    return engine


def make_log_durable(path: Path) -> None:
    """Make the name of the log durable, for a connection that has read something; raises OSError.

    Only the folder is opened: closing a file of the database that is open elsewhere in the process would drop SQLite's
    locks on it (POSIX locks belong to the process). SQLite itself syncs the octets, and says so when it fails.
    """
    sync_directory(path.parent)


def why(error: BaseException) -> str:
    """One line on what is wrong."""
    origin = getattr(error, "orig", None) or error
    name = getattr(origin, "sqlite_errorname", "") or ""
    for known, text in _WHYS.items():
        if name.startswith(known):
            return text
    if known := why_of_state(origin):
        return known
    if isinstance(origin, OSError):
        return origin.strerror or type(origin).__name__
    return " ".join(str(origin).split())[:200] or type(origin).__name__


def unavailable(error: BaseException, *, undone: bool = True) -> StoreUnavailable:
    """The typed error for a failure of database or file system."""
    return StoreUnavailable(why(error), undone=undone)


FAILURES = (SQLAlchemyError, sqlite3.Error, OSError)
"""What database and file system raise."""


def _set_up_writer(connection: Any, record: Any) -> None:  # noqa: ARG001
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _set_up_reader(connection: Any, record: Any) -> None:  # noqa: ARG001
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def close_quietly(connection: Connection) -> None:
    """Give a connection up for good, whatever state it is in."""
    with suppress(Exception):
        connection.invalidate()
    with suppress(Exception):
        connection.close()
