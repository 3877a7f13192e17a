"""A body being collected: in memory up to a limit, beyond it in a temporary file without a name.

The file vanishes with its descriptor, so nothing is left behind by a crash. Where it cannot be written (no space, no
folder) the body stays in memory: a full disk never stops clean mail. Reading what was collected does not depend on a
file position, so threads and repeats do not disturb it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sekisho.core.content import EMPTY, Content, Octets

CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class SpooledContent:
    """Content in an open file; readable until the collecting body is closed."""

    descriptor: int
    size: int

    def read(self, limit: int = -1) -> bytes:
        wanted = self.size if limit < 0 else min(limit, self.size)
        return b"".join(self._pieces(wanted))

    def chunks(self) -> Iterator[bytes]:
        yield from self._pieces(self.size)

    def _pieces(self, wanted: int) -> Iterator[bytes]:
        done = 0
        while done < wanted:
            piece = os.pread(self.descriptor, min(CHUNK, wanted - done), done)
            if not piece:
                raise OSError("the spooled body is shorter than it was")
            done += len(piece)
            yield piece


class Body:
    """Takes chunks as they come. ``limit`` is in octets, ``folder`` is where a longer body goes."""

    __slots__ = ("_chunks", "_file", "_folder", "_limit", "_size", "_spooling")

    def __init__(self, limit: int, folder: Path) -> None:
        self._limit = limit
        self._folder = folder
        self._chunks: list[bytes] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._spooling = True

    def write(self, chunk: bytes) -> None:
        if self._spooling and self._size + len(chunk) > self._limit:
            try:
                self._spool(chunk)
            except OSError:
                self._take_back()
                self._chunks.append(chunk)
        else:
            self._chunks.append(chunk)
        self._size += len(chunk)

    def content(self) -> Content:
        """Everything that was written; valid until `close`."""
        if self._file is not None:
            return SpooledContent(self._file.fileno(), self._size)
        if not self._chunks:
            return EMPTY
        return Octets(self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks))

    def close(self) -> None:
        """Forget everything."""
        self._chunks = []
        self._size = 0
        self._spooling = True
        if self._file is not None:
            self._close_file()

    def _spool(self, chunk: bytes) -> None:
        """Put into the file what is still in memory, and the chunk."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - closed by `close`
        for piece in (*self._chunks, chunk):
            _write_all(self._file, piece)
        self._chunks = []

    def _take_back(self) -> None:
        """The disk takes no more: what it has goes back into memory, and the rest of this body stays there."""
        self._spooling = False
        spooled = self._size - sum(map(len, self._chunks))
        if self._file is not None and spooled:
            self._chunks.insert(0, SpooledContent(self._file.fileno(), spooled).read())
        self._close_file()

    def _close_file(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # what was never written has no reader either
                self._file.close()
            self._file = None


def _write_all(file: IO[bytes], octets: bytes) -> None:
    """A nearly full disk takes a part and refuses the rest."""
    view = memoryview(octets)
    while view:
        view = view[file.write(view) :]
