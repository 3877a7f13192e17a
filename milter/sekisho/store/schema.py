"""The database's version: making it, raising it, and asking whether it is the one that this program needs."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from sekisho.store.errors import SchemaOutdated

MIGRATIONS = Path(__file__).with_name("migrations")


def create_file(path: Path) -> None:
    """An empty database file that others cannot read; one that exists is left alone. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o640))


def upgrade(connection: Connection, version: str = "head") -> None:
    """Run the migrations that are missing up to a version, within the connection's transaction.

    `SchemaOutdated` where the database has a version that this program does not know.
    """
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    try:
        command.upgrade(configuration, version)
    except CommandError as error:
        raise SchemaOutdated(f"the database is not of this program's versions: {error}") from error


def check(connection: Connection) -> None:
    """`SchemaOutdated` unless the database is at this program's version."""
    have = MigrationContext.configure(connection).get_current_revision()
    need = ScriptDirectory.from_config(_configuration()).get_current_head()
    if have != need:
        raise SchemaOutdated(f"the database is at version {have or 'none'}, this program needs {need}")


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return configuration
