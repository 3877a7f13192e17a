"""One private PostgreSQL for all tests of a session, started by the first that asks; a database of its own for each.

New databases are copies of one that has the tables already, so that no test waits for migrations.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from integration.guard import Guard
from integration.postgresql import PostgreSQL
from sekisho.store import open_store


@cache
def cluster() -> PostgreSQL:
    """The server; gone when the session is."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(PostgreSQL(stack.enter_context(Guard())))


@cache
def template() -> str:
    """A database with the tables of this program, and nothing in them."""
    name = cluster().create()
    store = open_store(cluster().url(name), Path("/nonexistent"))
    store.upgrade()
    store.close()
    return name


_NAMES: dict[Path, str] = {}


def url_for(folder: Path) -> str:
    """The database that belongs to a test's folder."""
    name = _NAMES.get(folder) or _NAMES.setdefault(folder, cluster().create(template()))
    return cluster().url(name)


def forget(folder: Path) -> None:
    """Drop the folder's database, if it has one."""
    if name := _NAMES.pop(folder, None):
        cluster().drop(name)
