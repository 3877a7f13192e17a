"""The gateway's files port (`sekisho.core.ports.Files`): a few extractors kept warm, and answers kept by content.

Safe in threads. Nothing is started before the first question, so a pool may be made before a fork. What an extractor
dies of is a problem of the file, and the process is replaced; `Unavailable` is raised when none can be started, or when
all are busy for too long.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from queue import Empty, LifoQueue

from sekisho.core.opened import NOTHING, Opened, Problem
from sekisho.core.parts import Part
from sekisho.core.ports import Unavailable
from sekisho.sandbox.extractor import Died, Extractor, Walls

_CELL = 30
"""Characters that take as much memory as the place of a cell."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many processes, and how long they serve."""

    processes: int = 2
    jobs: int = 1_000
    """Files after which an extractor is replaced: what a library leaks goes with it."""
    wait: float = 30.0
    """Seconds to wait for a free extractor."""
    largest: int = 100_000_000
    """Octets of a file; a larger one is too big."""
    remembered: int = 8_000_000
    """Characters of answers kept for files that come again."""


class Pool:
    """Opens files."""

    def __init__(self, walls: Walls | None = None, settings: PoolSettings | None = None) -> None:
        self._walls = walls or Walls()
        self._settings = settings or PoolSettings()
        self._answers = Answers(self._settings.remembered)
        self._idle: LifoQueue[Extractor | None] = LifoQueue()
        for _ in range(self._settings.processes):
            self._idle.put(None)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._starting = threading.Lock()

    def open(self, part: Part) -> Opened:
        """All that is in a file. Raises `Unavailable`."""
        if not part.content.size:
            return NOTHING
        if part.content.size > self._settings.largest:
            return Opened(problems=(Problem("too-big", ""),))
        key = _key(part)
        known = self._answers.get(key)
        if known is None:
            known, is_final = self._ask(part)
            if is_final:
                self._answers.put(key, known)
        return known

    def _ask(self, part: Part) -> tuple[Opened, bool]:
        """The answer, and whether it would be the same another time."""
        try:
            extractor = self._idle.get(timeout=self._settings.wait)
        except Empty:
            raise Unavailable("files", "all extractors are busy") from None
        keep: Extractor | None = None
        try:
            extractor = extractor or Extractor(self._walls, self._working_folder())
            try:
                opened = extractor.open(part.names, part.content.chunks())
            except Died as died:
                extractor.close()
                return Opened(problems=(Problem(str(died), ""),)), False
            if extractor.jobs < self._settings.jobs:
                keep = extractor
            else:
                extractor.close()
            return opened, True
        finally:
            self._idle.put(keep)

    def _working_folder(self) -> str:
        """An empty folder for the extractors to stand in."""
        with self._starting:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="sekisho-", ignore_cleanup_errors=True)
            return self._folder.name

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the extractors that are idle; those that are busy end with their clients."""
        for _ in range(self._settings.processes):
            try:
                extractor = self._idle.get_nowait()
            except Empty:
                break
            if extractor is not None:
                extractor.close()
            self._idle.put(None)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


class Answers:
    """What was found in the files of late, by a key, up to so many characters."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[bytes, Opened] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Opened | None:
        """What is known, if anything."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: bytes, opened: Opened) -> None:
        """Keep an answer; the one that was not asked for longest goes."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = opened
                self._size += _weight(opened)
            while self._size > self._most and self._kept:
                self._size -= _weight(self._kept.popitem(last=False)[1])


def _weight(opened: Opened) -> int:
    texts = sum(len(text.text) + _CELL * len(text.cells) for text in opened.texts)
    return 500 + texts + 100 * (len(opened.files) + len(opened.hidden) + len(opened.problems))


def _key(part: Part) -> bytes:
    digest = hashlib.sha256("\0".join(part.names).encode("utf-8", "surrogatepass") + b"\0")
    for chunk in part.content.chunks():
        digest.update(chunk)
    return digest.digest()
