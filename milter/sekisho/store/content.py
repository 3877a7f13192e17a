"""Stored octets: files written so that they survive a power cut, and reading that proves what it reads.

A file is written under a temporary name, synced, renamed, and its directory synced (RFC 5321 4.5.4's duty of care in
system calls). A sync that failed is never tried again: the file goes, and the caller is told. Reading compares the
SHA-256 with the one that was stored; what differs raises `ContentDamaged` before its last chunk has been given.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sekisho.store.errors import ContentDamaged, StoreUnavailable
from sekisho.store.ids import ALPHABET, LENGTH
from sekisho.store.keys import Keys

PIECE = 1 << 16
_TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True)
class StoredContent:
    """The octets of a held message, from rows or a file; a `sekisho.core.content.Content` that can raise."""

    message: str
    size: int
    digest: str
    source: Callable[[], Iterator[bytes]]

    def chunks(self) -> Iterator[bytes]:
        """All octets; the last chunk is kept back until they are known to be those stored, else `ContentDamaged`."""
        digest, size, waiting = hashlib.sha256(), 0, b""
        for piece in self.source():
            if waiting:
                yield waiting
            digest.update(piece)
            size += len(piece)
            waiting = piece
        if size != self.size:
            raise ContentDamaged(self.message, f"{size} octets where {self.size} were stored")
        if digest.hexdigest() != self.digest:
            raise ContentDamaged(self.message, "the digest differs")
        if waiting:
            yield waiting

    def read(self, limit: int = -1) -> bytes:
        """The first ``limit`` octets, or all of them; always from content that was verified to its end."""
        octets = b"".join(self.chunks())
        return octets if limit < 0 else octets[:limit]

    def verify(self) -> None:
        """Read everything once, or raise `ContentDamaged`."""
        for _ in self.chunks():
            pass


class LargeContent(Protocol):
    """Where content is kept that is too big for a row of its message: files, or rows of their own.

    What is written and read here is content as it is kept: sealed by ``keys``, if the site has any.
    """

    keys: Keys

    def create(self) -> None:
        """Make the place where they are; raises OSError."""

    def check(self) -> None:
        """`StoreUnavailable` where that place is missing."""

    def write(self, message: str, pieces: Iterable[bytes]) -> None:
        """Keep the octets; durable on return, gone on any error."""

    def pieces(self, message: str) -> Iterator[bytes]:
        """The octets as they are; `ContentDamaged` where there are none."""

    def replace(self, message: str, pieces: Iterable[bytes]) -> None:
        """Keep these octets instead of those that are kept; durable on return, on any error nothing has changed."""

    def discard(self, message: str) -> None:
        """Remove what was kept of a message."""

    def discard_unfinished(self, message: str) -> None:
        """Remove what a crash left of a message that was being written."""

    def listing(self) -> Iterator[tuple[str, float, bool]]:
        """Everything that is kept: message, time of writing (seconds since 1970), whether it is unfinished."""


class ContentFiles:
    """The folder of content files, each named after its message."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder = folder
        self.keys = keys

    def create(self) -> None:
        """Make the folder, durably; raises OSError."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, mode=0o700)
            sync_directory(self.folder.parent)

    def check(self) -> None:
        """`StoreUnavailable` where there is no such folder."""
        if not self.folder.is_dir():
            raise StoreUnavailable(f"no content folder at {self.folder}")

    def write(self, message: str, pieces: Iterable[bytes]) -> None:
        """Keep the octets; durable on return, gone on any error."""
        final = self.path(message)
        self._write(final, pieces, final)

    def replace(self, message: str, pieces: Iterable[bytes]) -> None:
        """Keep these octets instead of those that are kept; durable on return, on any error nothing has changed."""
        self._write(self.path(message), pieces)

    def _write(self, final: Path, pieces: Iterable[bytes], *spoilt: Path) -> None:
        temporary = final.with_suffix(_TEMPORARY)
        try:
            _write_synced(temporary, pieces)
            temporary.rename(final)
            sync_directory(self.folder)
        except OSError as error:
            self._drop(temporary, *spoilt)
            raise StoreUnavailable(f"content file: {error.strerror or error}") from error
        except BaseException:
            self._drop(temporary, *spoilt)
            raise

    def pieces(self, message: str) -> Iterator[bytes]:
        """The octets of a file as they are."""
        try:
            with self.path(message).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except OSError as error:
            raise ContentDamaged(message, error.strerror or str(error)) from error

    def discard(self, message: str) -> None:
        """Remove a file; that it cannot be removed is for the reconciler to find."""
        self._drop(self.path(message))

    def path(self, message: str) -> Path:
        return self.folder / message

    def listing(self) -> Iterator[tuple[str, float, bool]]:
        """Every file of ours: message, time of last change (seconds since 1970), whether it is unfinished."""
        with os.scandir(self.folder) as entries:
            for entry in entries:
                name = entry.name.removesuffix(_TEMPORARY)
                if len(name) == LENGTH and not set(name) - set(ALPHABET):
                    with contextlib.suppress(FileNotFoundError):
                        yield name, entry.stat(follow_symlinks=False).st_mtime, entry.name != name

    def discard_unfinished(self, message: str) -> None:
        """Remove what a crash left of a file that was being written."""
        self._drop(self.path(message).with_suffix(_TEMPORARY))

    @staticmethod
    def _drop(*paths: Path) -> None:
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink()


def _write_synced(path: Path, pieces: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def sync_directory(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
