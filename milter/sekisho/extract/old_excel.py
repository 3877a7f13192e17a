"""Excel 97 to 2003 workbooks (MS-XLS): cells by calamine; the rest, and what is hidden, by the records themselves.

Of a sheet: hidden rows and columns, comments, text in shapes, print headers and footers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sekisho.core.opened import column_name
from sekisho.extract.cells import Sheet, printed, read_sheets
from sekisho.extract.hidden_cells import hidden_columns, hidden_rows
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable

_BOF, _EOF, _FILEPASS, _CONTINUE = 0x0809, 0x000A, 0x002F, 0x003C
_ROW, _COLINFO, _HEADER, _FOOTER = 0x0208, 0x007D, 0x0014, 0x0015
_NOTE, _OBJECT, _TEXT = 0x001C, 0x005D, 0x01B6
_USED = frozenset({_BOF, _EOF, _FILEPASS, _CONTINUE, _ROW, _COLINFO, _HEADER, _FOOTER, _NOTE, _OBJECT, _TEXT})
_GLOBALS = 0x0005
_ZERO_HEIGHT, _ZERO_WIDTH = 0x20, 0x01

Record = tuple[int, bytes]


@dataclass(slots=True)
class _About:
    """What the records of one sheet say besides its cells."""

    rows: set[int] = field(default_factory=set)
    columns: list[range] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)
    """The cells of comments, by the object that holds the text."""
    texts: list[tuple[int, str]] = field(default_factory=list)


def read(data: bytes, workbook: bytes, job: Job) -> None:
    """All sheets; ``workbook`` is the stream of that name. Raises `Unreadable`."""
    records = list(_records(workbook, job))
    if any(kind == _FILEPASS for kind, _ in records):
        raise Unreadable("encrypted", "office")
    sheets = list(read_sheets(data, job).values())
    for sheet, about in zip(sheets, _sheets(records), strict=False):
        _tell(sheet, about, job)


def _records(data: bytes, job: Job) -> Iterator[Record]:
    position = count = 0
    while position + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, position)
        if kind in _USED:
            yield kind, data[position + 4 : position + 4 + size]
        position += 4 + size
        count += 1
        if not count & 0x3FF:
            job.budget.tick()


def _sheets(records: Sequence[Record]) -> Iterator[_About]:
    """Each sheet in turn, charts too; charts within a sheet belong to it."""
    depth, about, holder = 0, _About(), 0
    for index, (kind, content) in enumerate(records):
        if kind == _BOF:
            depth += 1
            if depth == 1:
                about, is_sheet = _About(), content[2:4] != struct.pack("<H", _GLOBALS)
        elif kind == _EOF:
            depth -= 1
            if depth == 0 and is_sheet:
                yield about
        elif kind == _OBJECT and len(content) >= 8:
            (holder,) = struct.unpack_from("<H", content, 6)
        elif kind == _TEXT and len(content) >= 12:
            about.texts.append((holder, _continued(records, index + 1, content[10] + 256 * content[11])))
        else:
            _note(about, kind, content)


def _note(about: _About, kind: int, content: bytes) -> None:
    """MS-XLS 2.4.221, 2.4.53, 2.4.136, 2.4.179."""
    if kind == _ROW and len(content) >= 16 and content[12] & _ZERO_HEIGHT:
        about.rows.add(int.from_bytes(content[:2], "little") + 1)
    elif kind == _COLINFO and len(content) >= 10 and content[8] & _ZERO_WIDTH:
        first, last = struct.unpack_from("<HH", content)
        about.columns.append(range(first + 1, last + 2))
    elif kind in (_HEADER, _FOOTER) and len(content) > 3:
        about.printed.append(printed(_characters(content[2:])))
    elif kind == _NOTE and len(content) >= 8:
        row, column, holder = struct.unpack_from("<HH2xH", content)
        about.notes[holder] = f"{column_name(column + 1)}{row + 1}"


def _continued(records: Sequence[Record], index: int, length: int) -> str:
    """So many characters of the records that continue this one; each says anew how wide they are."""
    text = ""
    while len(text) < length and index < len(records) and records[index][0] == _CONTINUE:
        text += _characters(records[index][1])
        index += 1
    return text[:length]


def _characters(content: bytes) -> str:
    """A flag, then characters of one octet or two (MS-XLS 2.5.293)."""
    return content[1:].decode("utf-16-le" if content[:1] == b"\x01" else "latin-1", "replace")


def _tell(sheet: Sheet, about: _About, job: Job) -> None:
    hidden_rows(sheet, about.rows, job)
    for columns in about.columns:
        hidden_columns(sheet, columns, job)
    job.text("\n".join(about.printed), f"{sheet.place}(print)")
    for holder, text in about.texts:
        cell = about.notes.get(holder)
        place = f"{sheet.place}!{cell}(comment)" if cell else f"{sheet.place}(shape)"
        job.text(text, place)
        if cell and text.strip():
            job.hidden("comment", place, text)
