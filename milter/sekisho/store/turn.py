"""Whose turn it is to write, among the processes that share one SQLite database.

SQLite lets who finds the database locked ask again after longer and longer pauses; a process may sleep while the
database is free, or never be lucky. Writers wait for their turn in the kernel instead, and wake when it is theirs. It
orders them, nothing more: SQLite's own lock keeps transactions apart, from each other and from programs that know no
turns. The lock is on the database's folder, which is always there and of which no descriptor but ours is ever locked.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class Turn:
    """A context that is entered by one process at a time; made after the fork, as a lock belongs to an open file."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> None:
        fcntl.flock(self._folder, fcntl.LOCK_EX)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        fcntl.flock(self._folder, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._folder)
