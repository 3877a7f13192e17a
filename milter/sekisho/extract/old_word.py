"""The text of a Word 97 to 2003 document by its piece table (MS-DOC 2.4.1): body, notes, headers, comments in one."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from sekisho.extract.limits import Unreadable

_ENCRYPTED, _TABLE_ONE = 0x0100, 0x0200
_CLX = 0x01A2
_COMPRESSED = 0x4000_0000
_MARKS = {0x07: "\t", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x13: None, 0x14: None, 0x15: None, 0x01: None, 0x08: None}


def text_of(document: bytes, tables: Sequence[bytes]) -> str:
    """The text; ``tables`` are the streams 0Table and 1Table. Raises `Unreadable`."""
    try:
        magic, flags = struct.unpack_from("<H8xH", document)
        start, size = struct.unpack_from("<LL", document, _CLX)
    except struct.error as error:
        raise Unreadable("broken", "office") from error
    if magic != 0xA5EC:
        raise Unreadable("unknown", "Word before 97")
    if flags & _ENCRYPTED:
        raise Unreadable("encrypted", "office")
    pieces = _pieces(tables[bool(flags & _TABLE_ONE)][start : start + size])
    return "".join(_piece(document, *piece) for piece in pieces).translate(_MARKS)


def _pieces(clx: bytes) -> Iterator[tuple[int, int]]:
    """Number of characters and place of each piece (MS-DOC 2.9.38, 2.9.177)."""
    position = 0
    while clx[position : position + 1] == b"\x01":
        position += 3 + int.from_bytes(clx[position + 1 : position + 3], "little", signed=True)
        if position <= 0:
            break
    if clx[position : position + 1] != b"\x02":
        raise Unreadable("broken", "office")
    size = int.from_bytes(clx[position + 1 : position + 5], "little")
    table = clx[position + 5 : position + 5 + size]
    count = max(len(table) - 4, 0) // 12
    for index in range(count):
        first, last = struct.unpack_from("<LL", table, 4 * index)
        (place,) = struct.unpack_from("<L", table, 4 * (count + 1) + 8 * index + 2)
        yield max(last - first, 0), place


def _piece(document: bytes, length: int, place: int) -> str:
    if place & _COMPRESSED:
        start = (place & ~_COMPRESSED) // 2
        return document[start : start + length].decode("cp1252", "replace")
    return document[place : place + 2 * length].decode("utf-16-le", "replace")
