"""Connections to PostgreSQL: many gateways on one database, none of which ever waits for a server without end.

A commit means "on disk" whatever the server's default is, and on a synchronous standby where there is one. Every wait
is bounded three times: by the server (lock and statement time-outs), by us (`_bounded`: a server that stands still
keeps no time-out of its own), and by the network (TCP keep-alives). Needs psycopg 3.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Text, bindparam, create_engine, func, literal_column, select
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from sekisho.store.errors import StoreUnavailable
from sekisho.store.prepared import ask, failures

CONNECT = 5
"""How long to wait for a connection, seconds."""
LOCK = 4.0
"""How long to wait for another's transaction at most, seconds."""
STATEMENT = 10.0
"""How long a statement may take, seconds."""
PATIENCE = 12.0
"""How long to wait for any answer, seconds."""

_LOOK = 0.5
"""How often a wait looks at the clock, seconds."""
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("key", type_=Text), literal_column("0"))))
_CROSSED = ("40001", "40P01")
"""serialization_failure and deadlock_detected (PostgreSQL, appendix A)."""

_WHYS = {
    "53100": "the database server's disk is full",
    "53300": "the database server has too many connections",
    "25006": "the database is read-only",
    "55P03": "the database is locked by another process",
    "57014": "the database did not answer in time",
    "28P01": "the database server refused the password",
    "42501": "no permission in the database",
    "3D000": "there is no such database",
}


def make_postgresql_engine(url: URL, *, writing: bool, busy: float, patient: bool = False) -> Engine:
    """An engine; connects when it is first used. `StoreUnavailable` where psycopg is not installed.

    Readers see one moment (REPEATABLE READ) and cannot write. A ``patient`` engine waits as long as it takes.
    """
    psycopg = _psycopg()
    options = _options(writing=writing, lock=min(busy, LOCK), statement=0 if patient else STATEMENT)
    wanted = _arguments(url)
    wanted["options"] = f"{wanted['options']} {options}" if "options" in wanted else options
    connect = psycopg.Connection if patient else _bounded(psycopg)

    def creator() -> Any:
        return connect.connect(**wanted)

    isolation = "READ COMMITTED" if writing else "REPEATABLE READ"
    if patient:
        return create_engine(url, creator=creator, isolation_level=isolation, poolclass=NullPool)
    return create_engine(
        url,
        creator=creator,
        isolation_level=isolation,
        pool_size=5,
        max_overflow=20,
        pool_timeout=CONNECT,
        pool_pre_ping=not writing,
    )


def keep_alone(connection: Connection, key: str) -> None:
    """Until the transaction ends, no other that asks for the same key goes on."""
    if connection.dialect.name == "postgresql":
        ask(connection, _ALONE, {"key": key})


@contextmanager
def in_one_parcel(connection: Connection) -> Iterator[None]:
    """Changes that are sent to a server without waiting for the answer to each; what fails is raised at the end."""
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with failures(connection, "several changes"), driver.pipeline():
        yield


def has_crossed(error: BaseException) -> bool:
    """Whether the transaction was undone because of another's, so that doing it again helps."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _CROSSED


def has_gone(error: BaseException) -> bool:
    """Whether the server or the network closed the connection (no SQLSTATE, or class 08 or 57P0)."""
    origin = getattr(error, "orig", None)
    state = getattr(origin, "sqlstate", None) or ""
    return type(origin).__module__.startswith("psycopg") and (not state or state.startswith(("08", "57P0")))


def why_of_state(error: BaseException) -> str:
    """What a SQLSTATE means in words; empty for one that has none here."""
    return _WHYS.get(getattr(error, "sqlstate", None) or "", "")


def _psycopg() -> Any:
    if importlib.util.find_spec("psycopg") is None:
        raise StoreUnavailable("a store in PostgreSQL needs psycopg; install sekisho[postgresql]")
    return importlib.import_module("psycopg")


def _arguments(url: URL) -> dict[str, Any]:
    """What the URL says, as libpq calls it, and what it leaves open."""
    names = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    given = {name: value for name, value in names.items() if value is not None}
    defaults = {
        "application_name": "sekisho",
        "connect_timeout": CONNECT,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": int(PATIENCE * 1000),
    }
    asked = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    return {**defaults, **asked, **given}


def _options(*, writing: bool, lock: float, statement: float) -> str:
    wanted = {
        "lock_timeout": f"{lock * 1000:.0f}ms",
        "statement_timeout": f"{statement * 1000:.0f}ms",
        "synchronous_commit": "on",
        "idle_in_transaction_session_timeout": "60s",
        "default_transaction_read_only": "off" if writing else "on",
    }
    return " ".join(f"-c {name}={value}" for name, value in wanted.items())


def _bounded(psycopg: Any) -> Any:
    """The class of connections whose every wait ends."""

    class Bounded(psycopg.Connection):  # type: ignore[misc]
        def wait(self, gen: Any, interval: float = _LOOK, **more: Any) -> Any:
            def late() -> Exception:
                self.pgconn.finish()
                error: Exception = psycopg.errors.QueryCanceled("the server stands still")
                return error

            return super().wait(_until(gen, time.monotonic() + PATIENCE, late), min(interval, _LOOK), **more)

    return Bounded


def _until(inner: Generator[Any, Any, Any], end: float, late: Callable[[], Exception]) -> Generator[Any, Any, Any]:
    """The same steps of waiting; psycopg says each time whether anything has come, or that the interval is over."""
    try:
        wanted = next(inner)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                raise late()
            wanted = inner.send(ready)
    except StopIteration as done:
        return done.value
