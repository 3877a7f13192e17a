"""Word 97 to 2003 documents (MS-DOC): the text by its piece table (2.4.1), each part of it where it belongs.

Body, footnotes, headers, comments, endnotes and text boxes follow each other in one run of characters (2.3). What is
hidden, deleted or inserted says the formatting of characters (2.8.6, 2.9.33).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable

_ENCRYPTED, _TABLE_ONE = 0x0100, 0x0200
_CLX, _FORMATTING = 0x01A2, 0x00FA
_COUNTS = 0x004C
_PARTS = ("", "footnotes", "header", "macros", "comment", "endnotes", "textbox", "header-textbox")
_COMPRESSED = 0x4000_0000
_MARKS: dict[int, str | None] = {0x07: "\t", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x1E: "-"}
_MARKS |= dict.fromkeys((0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x13, 0x14, 0x15, 0x1F))
_PAGE = 512
_SPRM = {0x0800: "tracked-change", 0x0801: "tracked-change", 0x083C: "hidden-text"}
"""sprmCFRMarkDel, sprmCFRMark, sprmCFVanish (2.6.1)."""
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)
"""Octets of an operand by the highest three bits of its sprm; in place of 0 a length comes first (2.6)."""


@dataclass(frozen=True, slots=True)
class _Piece:
    length: int
    place: int
    """In the document's stream, in octets."""
    wide: bool

    def text(self, document: bytes, start: int = 0, end: int = 1 << 40) -> str:
        """Its characters, or those between these places of the stream."""
        width = 2 if self.wide else 1
        octets = document[max(start, self.place) : min(end, self.place + width * self.length)]
        return octets.decode("utf-16-le" if self.wide else "cp1252", "replace")


def read(document: bytes, tables: Sequence[bytes], job: Job) -> None:
    """All texts; ``tables`` are the streams 0Table and 1Table. Raises `Unreadable`."""
    try:
        magic, flags = struct.unpack_from("<H8xH", document)
        start, size = struct.unpack_from("<LL", document, _CLX)
        counts = struct.unpack_from("<8L", document, _COUNTS)
    except struct.error as error:
        raise Unreadable("broken", "office") from error
    if magic != 0xA5EC:
        raise Unreadable("unknown", "Word before 97")
    if flags & _ENCRYPTED:
        raise Unreadable("encrypted", "office")
    table = tables[bool(flags & _TABLE_ONE)]
    pieces = list(_pieces(table[start : start + size]))
    text = "".join(piece.text(document) for piece in pieces)
    position = 0
    for place, count in zip(_PARTS, counts, strict=True):
        _part(text[position : position + count], place, job)
        position += count
    job.text(text[position:].translate(_MARKS), "rest")
    _formatted(document, table, pieces, job)


def _part(text: str, place: str, job: Job) -> None:
    shown = text.translate(_MARKS)
    job.text(shown, place)
    if place == "comment" and shown.strip():
        job.hidden("comment", place, shown)


def _pieces(clx: bytes) -> Iterator[_Piece]:
    """Each piece (MS-DOC 2.9.38, 2.9.177)."""
    position = 0
    while clx[position : position + 1] == b"\x01":
        position += 3 + int.from_bytes(clx[position + 1 : position + 3], "little")
    if clx[position : position + 1] != b"\x02":
        raise Unreadable("broken", "office")
    size = int.from_bytes(clx[position + 1 : position + 5], "little")
    table = clx[position + 5 : position + 5 + size]
    count = max(len(table) - 4, 0) // 12
    for index in range(count):
        first, last = struct.unpack_from("<LL", table, 4 * index)
        (place,) = struct.unpack_from("<L", table, 4 * (count + 1) + 8 * index + 2)
        wide = not place & _COMPRESSED
        yield _Piece(max(last - first, 0), place if wide else (place & ~_COMPRESSED) // 2, wide)


def _formatted(document: bytes, table: bytes, pieces: Sequence[_Piece], job: Job) -> None:
    """Runs of characters that are hidden or tracked."""
    found: dict[str, list[str]] = {}
    for start, end, kind in _runs(document, table, job):
        text = "".join(piece.text(document, start, end) for piece in pieces if _meets(piece, start, end))
        if text.strip():
            found.setdefault(kind, []).append(text.translate(_MARKS))
    for kind, texts in found.items():
        job.hidden(kind, "", "".join(texts), len(texts))


def _meets(piece: _Piece, start: int, end: int) -> bool:
    return piece.place < end and start < piece.place + piece.length * (2 if piece.wide else 1)


def _runs(document: bytes, table: bytes, job: Job) -> Iterator[tuple[int, int, str]]:
    """Where in the stream characters of these kinds stand: pages of formatting, found by a table (2.8.35, 2.9.33)."""
    start, size = struct.unpack_from("<LL", document, _FORMATTING)
    bins = table[start : start + size]
    count = max(len(bins) - 4, 0) // 8
    for index in range(count):
        job.budget.tick()
        (number,) = struct.unpack_from("<L", bins, 4 * (count + 1) + 4 * index)
        page = document[_PAGE * (number & 0x3F_FFFF) :][:_PAGE]
        runs = page[-1] if len(page) == _PAGE else 0
        for run in range(min(runs, 0x65)):
            first, last = struct.unpack_from("<LL", page, 4 * run)
            place = 2 * page[4 * (runs + 1) + run]
            kinds = dict.fromkeys(_kinds(page[place + 1 : place + 1 + page[place]])) if place else ()
            yield from ((first, last, kind) for kind in kinds)


def _kinds(changes: bytes) -> Iterator[str]:
    """What the changes to a run's formatting (2.6) make of it."""
    position = 0
    while position + 2 < len(changes):
        (sprm,) = struct.unpack_from("<H", changes, position)
        size = _OPERANDS[sprm >> 13] or 1 + changes[position + 2]
        if sprm in _SPRM and changes[position + 2] & 1:
            yield _SPRM[sprm]
        position += 2 + size
