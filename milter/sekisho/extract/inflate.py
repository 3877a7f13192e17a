"""Decompression that stops: deflate, gzip, bzip2, xz, LZMA, each octet that comes out paid from the budget.

Raises `Unreadable` ("too-big" for one file beyond its limit, "broken" for what is no such data or ends early) and
`Spent`. RFC 1951, RFC 1952.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import Protocol

from sekisho.extract.limits import Budget, Unreadable

_PIECE = 1 << 18
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


def deflated(data: bytes | memoryview, budget: Budget, most: int | None = None, window: int = -15) -> bytes:
    """Raw deflate (or gzip, with ``window`` 31), at most the first ``most`` octets of it where that is given."""
    limit = budget.limits.one if most is None else most
    engine = zlib.decompressobj(window)
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


def gunzipped(data: bytes, budget: Budget) -> bytes:
    """A gzip file's first member (RFC 1952 2.2)."""
    return deflated(data, budget, window=31)


def bunzipped(data: bytes, budget: Budget, most: int | None = None) -> bytes:
    """bzip2."""
    return _drained(bz2.BZ2Decompressor(), data, budget, most)


def unxzipped(data: bytes, budget: Budget, most: int | None = None) -> bytes:
    """xz, or LZMA alone."""
    try:
        engine = lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)
    except lzma.LZMAError as error:
        raise Unreadable("broken") from error
    return _drained(engine, data, budget, most)


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
