"""The database's version: making it, raising it, and asking whether it is the one that this program needs.

Alembic is loaded only where there is something to raise: it takes a fifth of a second that no start should wait for.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from sekisho.store.errors import SchemaOutdated
from sekisho.store.progress import Progress, silent

MIGRATIONS = Path(__file__).with_name("migrations")


def create_file(path: Path) -> None:
    """An empty database file that others cannot read; one that exists is left alone. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o640))


def upgrade(connection: Connection, version: str = "", progress: Progress = silent) -> None:
    """Run the migrations that are missing up to a version (the newest), within the connection's transaction.

    Those that take long say how far they are.
    `SchemaOutdated` where the database has a version that this program does not know.
    """
    wanted = version or newest()
    if current(connection) == wanted:
        return
    from alembic import command  # noqa: PLC0415  (see above)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    configuration.attributes["progress"] = progress
    try:
        command.upgrade(configuration, wanted)
    except CommandError as error:
        raise SchemaOutdated(f"the database is not of this program's versions: {error}") from error


def check(connection: Connection) -> None:
    """`SchemaOutdated` unless the database is at this program's version."""
    have, need = current(connection), newest()
    if have != need:
        raise SchemaOutdated(f"the database is at version {have or 'none'}, this program needs {need}")


def current(connection: Connection) -> str:
    """The database's version; empty where it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def newest() -> str:
    """The version that this program needs: each migration is a file ``vVERSION_NAME.py``."""
    return max(path.name[1:].partition("_")[0] for path in (MIGRATIONS / "versions").glob("v*.py"))
