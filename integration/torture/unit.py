"""Sekisho as a unit of a service manager: its processes by what they do, killed one by one, the whole restarted.

A supervisor that died is started again at once. What it left behind either leaves by itself (a manager that only
restarts) or is killed too (systemd with KillMode=mixed).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterable
from enum import Enum
from http.client import HTTPException
from pathlib import Path

from integration import waiting
from integration.daemon import SEKISHO
from integration.guard import Guard


class Part(Enum):
    """A kind of process."""

    WORKER = "worker"
    RELEASE = "release worker"
    HTTP = "http"
    SUPERVISOR = "supervisor"
    DECIDER = "approver's process"
    """Not one of the daemon's: somebody at the command line."""


class Unit:
    """``sekisho serve`` with one configuration in ``home``."""

    def __init__(self, guard: Guard, configuration: Path, http: int) -> None:
        self._guard = guard
        self._configuration = configuration
        self._http = http
        self._log = configuration.with_name("sekisho.log")
        self._main: subprocess.Popen[bytes] | None = None
        self.ends: list[int] = []
        """Exit statuses of supervisors that ended by themselves; each was started again, as a manager does."""

    def start(self) -> None:
        """Start it; `wait_until_ready` says when it takes mail."""
        self._main = self._guard.start([SEKISHO, "serve", "-c", self._configuration], self._log)

    def stop(self) -> int:
        """End it as a manager does, and wait for all that an earlier supervisor left; gives the exit status."""
        assert self._main is not None
        status = self._guard.stop(self._main)
        self._main = None
        waiting.until(lambda: not self.processes(), "nothing of the daemon runs any more", patience=90)
        return status

    def wait_until_ready(self) -> None:
        """Return when /readyz says that store, milter and re-injection listener are there."""
        try:
            waiting.until(self._is_ready, "sekisho serve is ready", patience=60)
        except waiting.NeverHappened as error:
            raise waiting.NeverHappened(f"{error}\n{self.log()[-4000:]}") from None

    def _is_ready(self) -> bool:
        self._revive()
        page = f"http://127.0.0.1:{self._http}/readyz"
        with contextlib.suppress(OSError, HTTPException), urllib.request.urlopen(page, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def _revive(self) -> None:
        if self._main is not None and self._main.poll() is not None:
            self.ends.append(self._guard.stop(self._main))
            self.start()

    def living(self, part: Part) -> list[int]:
        """Process ids of the present supervisor's own."""
        self._revive()
        assert self._main is not None
        if part is Part.SUPERVISOR:
            return [self._main.pid]
        return [pid for pid in _children(self._main.pid) if _part(pid) is part]

    def is_at_work(self, pid: int) -> bool:
        """Whether a worker or role has come so far as to open the database."""
        with contextlib.suppress(OSError):
            return any(str(link.readlink()).endswith("/sekisho.db") for link in Path(f"/proc/{pid}/fd").iterdir())
        return False

    def kill(self, pid: int, *, orphans_too: bool) -> None:
        """kill -9; a supervisor is started again, its children killed with it if ``orphans_too``."""
        self._revive()
        assert self._main is not None
        if pid != self._main.pid:
            _kill([pid])
            return
        children = _children(pid)
        _kill([pid, *(children if orphans_too else [])])
        self._guard.stop(self._main, signal.SIGKILL)
        self.start()

    def processes(self) -> list[int]:
        """Everything that runs with this configuration, whoever started it."""
        wanted = str(self._configuration).encode()
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if wanted in _command_line(int(path.name))]

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _children(parent: int) -> list[int]:
    """Living children (proc(5): state and parent follow the name in brackets)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, above = stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
            if int(above) == parent and state not in {"Z", "X"}:
                found.append(int(stat.parent.name))
    return found


def _part(pid: int) -> Part:
    line = _command_line(pid)
    if b"\0--only\0release\0" in line:
        return Part.RELEASE
    return Part.HTTP if b"\0--only\0http\0" in line else Part.WORKER


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
