"""One daemon a socket: a lock beside it, held by the supervisor alone.

lockf, because a record lock belongs to the process: workers that outlive a killed supervisor do not hold it, as they
would hold a flock that they inherited. For the same reason it has to be taken after the last fork of daemonizing.
"""

from __future__ import annotations

import fcntl
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Self

_FLOCK = "hhqqi0q"
"""Linux's ``struct flock``: type, whence, start, length, pid."""


class AlreadyRunning(Exception):
    """Another daemon has the socket."""

    def __init__(self, socket: Path, pid: str) -> None:
        super().__init__(f"{socket} is in use by another sekisho" + (f" (pid {pid})" if pid else ""))


def owner(socket: Path) -> int | None:
    """The process that has the socket; None where none has. Raises `OSError` where the lock cannot be looked at."""
    try:
        descriptor = os.open(f"{socket}.lock", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, question))
    finally:
        os.close(descriptor)
    return pid if kind != fcntl.F_UNLCK else None


class SocketLock:
    """``SOCKET.lock``, held until `release` or until the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, socket: Path) -> Self:
        """Raises `AlreadyRunning`, or `OSError` where the folder does not let us."""
        descriptor = os.open(f"{socket}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            if not isinstance(error, (BlockingIOError, PermissionError)):
                raise
            raise AlreadyRunning(socket, owner) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
