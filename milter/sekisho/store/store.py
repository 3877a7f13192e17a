"""The store of a gateway: one database and one folder of content files, for all that must survive.

Given a database URL and a folder. Use-cases hand it work: `Store.write` commits a `Unit` together with its audit rows,
`Store.read` gives a consistent `View`. Whatever database or disk do wrong is raised as `StoreUnavailable`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from sekisho.store import schema
from sekisho.store.content import ContentFiles
from sekisho.store.engine import BUSY, FAILURES, database_path, make_engine, make_log_durable, read_url, unavailable
from sekisho.store.errors import StoreUnavailable
from sekisho.store.ids import RandomOctets, new_id
from sekisho.store.unit import Unit, View
from sekisho.store.writer import Writer

T = TypeVar("T")

MIN_FREE = 256 << 20
"""Octets that must stay free on the store's disks; below that nothing new is held."""

DUPLICATE_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Store:
    """Made by `open_store`; shared by all threads of a process."""

    files: ContentFiles
    instance: str
    duplicate_window: timedelta
    _min_free: int
    new_id: Callable[[], str]
    """Gives an identifier that nobody can guess."""
    _path: Path | None
    _engine: Engine
    _readers: Engine
    _writer: Writer

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

    def require_room(self, size: int) -> None:
        """`StoreUnavailable` unless ``size`` more octets leave the floor of free space untouched."""
        try:
            free = min(_free(folder) for folder in self._folders())
        except OSError as error:
            raise unavailable(error) from error
        if free - size < self._min_free:
            raise StoreUnavailable("free disk space is below store.min-free")

    def upgrade(self) -> None:
        """Create what is absent and bring the schema up to date, durably. Safe to be run by several at once."""
        try:
            self.files.create()
            if self._path is not None:
                schema.create_file(self._path)
            with self._engine.connect() as connection:
                with connection.begin():
                    schema.upgrade(connection)
                if self._path is not None:
                    make_log_durable(self._path)
        except FAILURES as error:
            raise unavailable(error) from error

    def check(self) -> None:
        """`StoreUnavailable` (`SchemaOutdated`) unless the store is there and of this program's version."""
        if self._path is not None and not self._path.is_file():
            raise StoreUnavailable(f"no database at {self._path}")
        self.read(lambda view: schema.check(view.connection))
        if not self.files.folder.is_dir():
            raise StoreUnavailable(f"no content folder at {self.files.folder}")

    def close(self) -> None:
        """Finish what is being written and close all connections."""
        self._writer.close()
        with suppress(Exception):
            self._engine.dispose()
            self._readers.dispose()

    def _folders(self) -> list[Path]:
        return [self.files.folder] if self._path is None else [self.files.folder, self._path.parent]


def open_store(
    url: str,
    content: Path,
    *,
    instance: str = "",
    min_free: int = MIN_FREE,
    duplicate_window: timedelta = DUPLICATE_WINDOW,
    busy: float = BUSY,
    random: RandomOctets = secrets.token_bytes,
) -> Store:
    """A store that connects when it is first used; a bad URL is `StoreUnavailable`. ``instance`` names this gateway."""
    parsed = read_url(url)
    path = database_path(parsed)
    engine = make_engine(parsed, writing=True, busy=busy)
    readers = make_engine(parsed, writing=False, busy=busy)
    files = ContentFiles(content)
    ids = partial(new_id, random)
    name = instance or os.uname().nodename
    writer = Writer(engine, path, ids, busy)
    return Store(files, name, duplicate_window, min_free, ids, path, engine, readers, writer)


def _free(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
