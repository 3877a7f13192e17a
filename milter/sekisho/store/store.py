"""The store of a gateway: one database, for all that must survive; beside SQLite a folder of content files.

Given a database URL and a folder. Use-cases hand it work: `Store.write` commits a `Unit` together with its audit rows,
`Store.read` gives a consistent `View`. Whatever database or disk do wrong is raised as `StoreUnavailable`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from sekisho.store import schema
from sekisho.store.content import ContentFiles, LargeContent
from sekisho.store.content_rows import ContentRows
from sekisho.store.engine import BUSY, FAILURES, database_path, make_engine, make_log_durable, read_url, unavailable
from sekisho.store.epoch import EpochFile
from sekisho.store.errors import StoreUnavailable
from sekisho.store.ids import RandomOctets, new_id
from sekisho.store.keys import Keys
from sekisho.store.postgresql import keep_alone
from sekisho.store.progress import Progress, silent
from sekisho.store.unit import Unit, View
from sekisho.store.writer import Writer

T = TypeVar("T")

MIN_FREE = 256 << 20
"""Octets that must stay free on the store's disks; below that nothing new is held."""

DUPLICATE_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Store:
    """Made by `open_store`; shared by all threads of a process."""

    files: LargeContent
    instance: str
    duplicate_window: timedelta
    _min_free: int
    new_id: Callable[[], str]
    """Gives an identifier that nobody can guess."""
    _path: Path | None
    _content: Path
    _engine: Engine
    _readers: Engine
    _upgrading: Engine
    _writer: Writer

    @property
    def on_server(self) -> bool:
        """Whether a server keeps it."""
        return self._path is None

    @property
    def epoch(self) -> EpochFile:
        """How far this gateway saw the audit come."""
        return EpochFile(self._path.with_name(f"{self._path.name}-epoch") if self._path else self._content / "epoch")

    def write(self, work: Callable[[Unit], T]) -> T:
        """Do the work in one transaction; on return it is on disk. What the work raises rolls it back."""
        return self._writer.write(work)

    def read(self, work: Callable[[View], T]) -> T:
        """Read from one consistent view."""
        try:
            with self._readers.begin() as connection:
                return work(View(connection))
        except FAILURES as error:
            raise unavailable(error) from error

    def write_in_bulk(self, work: Callable[[Connection], T]) -> T:
        """One transaction that takes as long as it takes and puts nothing on record: for moving a whole store."""
        try:
            with self._upgrading.begin() as connection:
                return work(connection)
        except FAILURES as error:
            raise unavailable(error) from error

    def require_room(self, size: int) -> None:
        """`StoreUnavailable` unless ``size`` more octets leave the floor of free space untouched."""
        try:
            free = min((_free(folder) for folder in self._folders()), default=None)
        except OSError as error:
            raise unavailable(error) from error
        if free is not None and free - size < self._min_free:
            raise StoreUnavailable("free disk space is below store.min-free")

    def upgrade(self, progress: Progress = silent) -> None:
        """Create what is absent and bring the schema up to date, durably. Safe to be run by several at once."""
        try:
            self.files.create()
            if self._path is not None:
                schema.create_file(self._path)
            with self._upgrading.connect() as connection:
                with connection.begin():
                    keep_alone(connection, "upgrade")
                    schema.upgrade(connection, progress=progress)
                if self._path is not None:
                    make_log_durable(self._path)
        except FAILURES as error:
            raise unavailable(error) from error

    def check(self) -> None:
        """`StoreUnavailable` (`SchemaOutdated`) unless the store is there and of this program's version."""
        if self._path is not None and not self._path.is_file():
            raise StoreUnavailable(f"no database at {self._path}")
        self.read(lambda view: schema.check(view.connection))
        self.files.check()

    def make_ready(self) -> None:
        """Make or upgrade a store that is ours alone; one on a server is only checked, and upgraded when somebody asks.

        `StoreUnavailable`, or `SchemaOutdated` where ``sekisho db upgrade`` must be run first.
        """
        if self._path is not None:
            self.upgrade()
        else:
            self.check()

    def close(self) -> None:
        """Finish what is being written and close all connections."""
        self._writer.close()
        with suppress(Exception):
            self._engine.dispose()
            self._readers.dispose()
            self._upgrading.dispose()

    def _folders(self) -> list[Path]:
        """None of a server: whether its disk is full, it says itself."""
        return [] if self._path is None else [self._content, self._path.parent]


def open_store(
    url: str,
    content: Path,
    *,
    instance: str = "",
    min_free: int = MIN_FREE,
    duplicate_window: timedelta = DUPLICATE_WINDOW,
    busy: float = BUSY,
    keys: Sequence[bytes] = (),
    random: RandomOctets = secrets.token_bytes,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Store:
    """A store that connects when it is first used; a bad URL is `StoreUnavailable`. ``instance`` names this gateway.

    With ``keys`` content is encrypted by the first, and opened by all of them.
    """
    parsed = read_url(url)
    path = database_path(parsed)
    engine = make_engine(parsed, writing=True, busy=busy)
    readers = make_engine(parsed, writing=False, busy=busy)
    upgrading = make_engine(parsed, writing=True, busy=busy, patient=True)
    sealing = Keys(keys, random)
    files = ContentFiles(content, sealing) if path is not None else ContentRows(engine, readers, sealing, clock)
    ids = partial(new_id, random)
    name = instance or os.uname().nodename
    writer = Writer(engine, path, ids, busy)
    return Store(files, name, duplicate_window, min_free, ids, path, content, engine, readers, upgrading, writer)


def _free(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
