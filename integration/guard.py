"""Nothing is left behind: processes and directories that end with us, even when we are killed.

A guard is a small process of its own session that holds one end of a pipe. It is told of process groups and
directories; when the pipe closes, because we closed it or because we died, it ends what is still on its list. Each
line it reads is ``group PID``, ``ended PID`` or ``directory PATH``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

PATIENCE = 10.0
"""Seconds that a process has to end by itself before it is killed."""


class Guard:
    """A context: what is started and made through it is gone when it closes."""

    def __init__(self) -> None:
        self._guard = subprocess.Popen(
            [sys.executable, "-I", __file__], stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def directory(self, prefix: str = "seki-") -> Path:
        """A new directory that other users may enter; its name is short enough for unix sockets in it."""
        path = Path(tempfile.mkdtemp(prefix=prefix))
        self._tell(f"directory {path}")
        path.chmod(0o755)
        return path

    def start(
        self,
        command: Sequence[str | Path],
        output: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process as leader of its own group, both outputs appended to the file ``output``.

        As another ``user`` if one is named, which takes root.
        """
        with output.open("ab") as file:
            child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
                user=user,
            )
        self._tell(f"group {child.pid}")
        self._children.append(child)
        return child

    def stop(self, child: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> int:
        """End a process and then whatever its group still has; gives its exit status."""
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        kill_group(child.pid)
        status = child.wait()
        self._tell(f"ended {child.pid}")
        self._children.remove(child)
        return status

    def close(self) -> None:
        """End everything, last started first."""
        for child in reversed(self._children):
            self.stop(child)
        with contextlib.suppress(BrokenPipeError):
            self._guard.communicate(timeout=2 * PATIENCE)

    def _tell(self, line: str) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(line + "\n")
        self._guard.stdin.flush()


def kill_group(group: int) -> None:
    """Kill what is left of a process group; returns when nothing of it runs."""
    while _runs(group):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        time.sleep(0.01)


def _runs(group: int) -> bool:
    """Whether a process of the group is more than a zombie (proc(5): state and group follow the name in brackets)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, pgrp = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
            if int(pgrp) == group and state not in {"Z", "X"}:
                return True
    return False


def watch(orders: IO[str]) -> None:
    """The guard itself: remember, and clean up at end of file."""
    groups: set[int] = set()
    directories: list[str] = []
    for line in orders:
        word, _, what = line.rstrip("\n").partition(" ")
        if word == "directory":
            directories.append(what)
        elif word == "group":
            groups.add(int(what))
        else:
            groups.discard(int(what))
    for group in groups:
        kill_group(group)
    for path in directories:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch(sys.stdin)
