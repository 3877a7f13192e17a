"""Decompression that stops: deflate, gzip, bzip2, xz, LZMA, each octet that comes out paid from the budget.

Raises `Unreadable` ("too-big" for one file beyond its limit, "broken" for what is no such data or ends early) and
`Spent`. RFC 1951, RFC 1952.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from sekisho.extract.limits import Budget, Unreadable

_PIECE = 1 << 18
_MAGIC = 3
_LZMA_MEMORY = 96 << 20
"""Octets of dictionary; xz -9 needs 65 MiB."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def deflated(data: bytes | memoryview, budget: Budget, most: int | None = None) -> bytes:
    """Raw deflate, at most the first ``most`` octets of it where that is given."""
    limit = budget.limits.one if most is None else most
    engine = zlib.decompressobj(-15)
    pieces: list[bytes] = []
    size, rest = 0, bytes(data)
    try:
        while not engine.eof and size <= limit:
            piece = engine.decompress(rest, min(_PIECE, limit + 1 - size))
            rest = engine.unconsumed_tail
            if not piece and not rest:
                break
            size += len(piece)
            budget.octets(len(piece))
            pieces.append(piece)
    except zlib.error as error:
        raise Unreadable("broken") from error
    return _checked(b"".join(pieces), limit, partial=most is not None, whole=engine.eof)


def bunzipped(data: bytes, budget: Budget, most: int | None = None) -> bytes:
    """bzip2."""
    return _drained(bz2.BZ2Decompressor(), data, budget, most)


def unxzipped(data: bytes, budget: Budget, most: int | None = None) -> bytes:
    """xz, or LZMA alone."""
    try:
        engine = unxz()
    except lzma.LZMAError as error:
        raise Unreadable("broken") from error
    return _drained(engine, data, budget, most)


def members(make: Callable[[], _Decompressor], data: bytes, budget: Budget) -> tuple[bytes, bytes]:
    """All members of a compressed file, which programs take as one, and what stands behind the last of them.

    RFC 1952 2.2; bzip2 and xz files may be joined likewise.
    """
    pieces: list[bytes] = []
    size, rest = 0, data
    while rest and (not pieces or rest[:_MAGIC] == data[:_MAGIC]):
        engine = make()
        out = _drained(engine, rest, budget, None)
        size += len(out)
        if size > budget.limits.one:
            raise Unreadable("too-big")
        pieces.append(out)
        rest = engine.unused_data
    return b"".join(pieces), rest.strip(b"\0")


class Gunzip:
    """zlib's way of undoing gzip, spoken to as the other decompressors are."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def needs_input(self) -> bool:
        return not self._engine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._engine.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most so many octets more. Raises `Unreadable`."""
        try:
            return self._engine.decompress(data or self._engine.unconsumed_tail, max_length)
        except zlib.error as error:
            raise Unreadable("broken") from error


def unxz() -> lzma.LZMADecompressor:
    """An xz or LZMA decompressor with a limit on its memory."""
    return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)


def _drained(engine: _Decompressor, data: bytes, budget: Budget, most: int | None) -> bytes:
    limit = budget.limits.one if most is None else most
    pieces: list[bytes] = []
    size, rest = 0, data
    try:
        while not engine.eof and size <= limit:
            piece = engine.decompress(rest, min(_PIECE, limit + 1 - size))
            rest = b""
            if not piece and engine.needs_input:
                break
            size += len(piece)
            budget.octets(len(piece))
            pieces.append(piece)
    except lzma.LZMAError as error:
        raise Unreadable("too-big" if "limit" in str(error).lower() else "broken") from error
    except (OSError, EOFError) as error:
        raise Unreadable("broken") from error
    return _checked(b"".join(pieces), limit, partial=most is not None, whole=engine.eof)


def _checked(out: bytes, limit: int, *, partial: bool, whole: bool) -> bytes:
    if partial:
        return out[:limit]
    if len(out) > limit:
        raise Unreadable("too-big")
    if not whole:
        raise Unreadable("broken")
    return out
