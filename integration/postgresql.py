"""A private PostgreSQL on a loopback port, as strict as a site's own: every commit is synced.

Given a `Guard`, which ends it whatever happens to us. It runs as a user that is not root, with its data in a folder of
its own, and asks nobody for a password. It can be stopped as an administrator, a crash or a stuck disk would.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from integration import waiting
from integration.guard import Guard

OWNER = "sekisho"
_TEMPLATE = "template0"
_SETTINGS = {"listen_addresses": "127.0.0.1", "max_connections": "200", "log_min_messages": "warning"}


def why_not() -> str:
    """Why a private PostgreSQL cannot run here; empty when it can."""
    return "" if _programs() is not None else "PostgreSQL's server is not installed"


class PostgreSQL:
    """One cluster; `start` returns when it answers."""

    def __init__(self, guard: Guard) -> None:
        programs = _programs()
        assert programs is not None, why_not()
        self._programs = programs
        self._guard = guard
        self._user = _account()
        self._home = guard.directory("seki-pg-")
        self._data = self._home / "data"
        self._log = self._home / "log"
        (self.port,) = waiting.free_ports(1)
        self._server: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        if self._user is not None:
            shutil.chown(self._home, self._user)
        self._run("initdb", "-D", self._data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def __enter__(self) -> PostgreSQL:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGQUIT)

    def url(self, database: str) -> str:
        """As ``store.url`` has it."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, or start it again."""
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self._data,
            "-p",
            str(self.port),
            "-k",
            self._home,
            *settings,
        ]
        self._server = self._guard.start(command, self._log, user=self._user)
        waiting.until(self._answers, "PostgreSQL answers")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT is a *fast*, SIGQUIT an *immediate* shutdown, SIGKILL a crash of the postmaster."""
        if self._server is not None:
            children = _children(self._server.pid)
            self._guard.stop(self._server, how)
            self._server = None
            waiting.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "PostgreSQL has ended")

    @contextlib.contextmanager
    def stuck(self) -> Iterator[None]:
        """All its processes stand still: connections stay open, nothing is answered."""
        assert self._server is not None
        processes = [self._server.pid, *_children(self._server.pid)]
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def create(self, template: str = _TEMPLATE) -> str:
        """A new database, a copy of another; gives its name."""
        name = f"d{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the database's owner; gives what psql prints."""
        connection = ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", database]
        command = [str(self._programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *connection, "-c", statement]
        return str(subprocess.run(command, check=True, capture_output=True, text=True).stdout).strip()

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _answers(self) -> bool:
        connection = ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", "postgres"]
        asked = subprocess.run([self._programs / "pg_isready", "-q", *connection], check=False, timeout=30)
        return asked.returncode == 0

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        ended = subprocess.run(command, user=self._user, capture_output=True, check=False, cwd=self._home)
        if ended.returncode:
            raise RuntimeError(f"{program}: {ended.stderr.decode(errors='replace')}")


def _children(parent: int) -> list[int]:
    """Its processes; each leads a session of its own, so that no signal to a group reaches them."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _signal(processes: Iterable[int], number: signal.Signals) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _programs() -> Path | None:
    """The folder of the newest server's programs: Debian keeps them beside each other and out of the PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("[0-9]*"), key=lambda path: int(path.name))
    folders = [version / "bin" for version in reversed(versions)]
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def _account() -> str | None:
    """Whom to run as, since PostgreSQL refuses root; None where we are somebody else already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("there is no user to run PostgreSQL as")
