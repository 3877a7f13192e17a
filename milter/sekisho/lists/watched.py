"""A list kept in files, read again when they change, without keeping anybody waiting.

At most once a second somebody who asks also looks at the files' stamps (i-node, size, time). A small file that changed
is read at once, a big one in a thread of its own; then the new table takes the old one's place in one step. A file that
is still being written (changed in place less than a second ago) is left for later. One that cannot be read, or holds a
bad entry, changes nothing: the last good copy stays, and the log says so once.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from sekisho.lists.entries import BadList

INTERVAL = 1.0
"""Seconds between two looks at the files."""
SETTLED = 1.0
"""A file changed in place is read when it has not changed for so many seconds."""
SMALL = 64_000
"""Octets up to which a changed list is read by the thread that asks."""

Stamp = tuple[tuple[str, int, int, int], ...]
"""Name, i-node, size and time of change of each file."""


class Asked(Protocol):
    """What a list's entries are made into."""

    def contains(self, local: str, domain: str) -> bool: ...
    def __len__(self) -> int: ...


A = TypeVar("A", bound=Asked)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Ways to tell the time, and to run something beside the traffic; tests bring their own."""

    steady: Callable[[], float]
    wall: Callable[[], float]
    start: Callable[[Callable[[], None]], None]


def in_thread(work: Callable[[], None]) -> None:
    """Run it beside the traffic."""
    threading.Thread(target=work, name="list", daemon=True).start()


class Watched(Generic[A]):
    """The current table of a list's files."""

    def __init__(
        self, name: str, files: Callable[[], Iterable[Path]], read: Callable[[], A], clocks: Clocks, log: logging.Logger
    ) -> None:
        """Reads the files; raises OSError or `BadList` when they cannot be used."""
        self._name = name
        self._files = files
        self._read = read
        self._clocks = clocks
        self._log = log
        self._busy = threading.Lock()
        self._stamp = _stamp(files())
        self._refused: Stamp | None = None
        self._next = clocks.steady() + INTERVAL
        self.current = read()
        self.good_since = clocks.wall()
        self._confirmed = clocks.steady()

    def contains(self, local: str, domain: str) -> bool:
        return self.latest().contains(local, domain)

    def latest(self) -> A:
        """The current table, after a look at the files where it is time for one."""
        if self._clocks.steady() >= self._next:
            self._look()
        return self.current

    def __len__(self) -> int:
        return len(self.current)

    def age(self) -> float:
        """Seconds since the copy in use was last seen to be what the files say."""
        self.latest()
        return self._clocks.steady() - self._confirmed

    @property
    def stale(self) -> bool:
        """Whether the files have changed into something that cannot be used."""
        return self._refused is not None

    def _look(self) -> None:
        self._next = self._clocks.steady() + INTERVAL
        try:
            stamp = _stamp(self._files())
        except OSError as error:
            self._refuse((), str(error))
            return
        if stamp == self._stamp:
            self._refused = None
            self._confirmed = self._clocks.steady()
        elif stamp == self._refused:
            return
        elif self._is_settled(stamp) and self._busy.acquire(blocking=False):
            self._begin(stamp)

    def _is_settled(self, stamp: Stamp) -> bool:
        """Whether nothing is being written: a new i-node is whole, an old one should be left alone for a second."""
        before = {name: inode for name, inode, _, _ in self._stamp}
        now = self._clocks.wall()
        return all(before.get(name) != inode or not 0 <= now - time / 1e9 < SETTLED for name, inode, _, time in stamp)

    def _begin(self, stamp: Stamp) -> None:
        if sum(size for _, _, size, _ in stamp) <= SMALL:
            self._replace(stamp)
            return
        try:
            self._clocks.start(lambda: self._replace(stamp))
        except RuntimeError:  # no thread to be had now; the next look tries again
            self._busy.release()

    def _replace(self, stamp: Stamp) -> None:
        try:
            self.current = self._read()
        except (OSError, BadList) as error:
            self._refuse(stamp, str(error))
        else:
            self._stamp = stamp
            self._refused = None
            self.good_since = self._clocks.wall()
            self._confirmed = self._clocks.steady()
            self._log.info("list read again", extra={"list": self._name, "entries": len(self.current)})
        finally:
            self._busy.release()

    def _refuse(self, stamp: Stamp, why: str) -> None:
        if self._refused != stamp:
            self._refused = stamp
            self._log.warning("list cannot be read, the last good copy stays", extra={"list": self._name, "error": why})


def _stamp(files: Iterable[Path]) -> Stamp:
    found = []
    for path in files:
        status = os.stat(path)  # noqa: PTH116  (a symbolic link's target is what counts, either way)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        found.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)
