"""Excel 97 to 2003 workbooks (MS-XLS): cells by calamine; hidden rows and columns by the records themselves."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sekisho.core.opened import column_name
from sekisho.extract.cells import Sheet, read_sheets
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable

_BOF, _FILEPASS, _ROW, _COLINFO = 0x0809, 0x002F, 0x0208, 0x007D
_WORKSHEET = 0x0010
_ZERO_HEIGHT, _ZERO_WIDTH = 0x20, 0x01


def read(data: bytes, workbook: bytes, job: Job) -> None:
    """All sheets; ``workbook`` is the stream of that name. Raises `Unreadable`."""
    records = list(_records(workbook, job))
    if any(kind == _FILEPASS for kind, _ in records):
        raise Unreadable("encrypted", "office")
    sheets = read_sheets(data, job)
    worksheets = iter(sheets.values())
    sheet: Sheet | None = None
    for kind, content in records:
        if kind == _BOF and content[2:4] == struct.pack("<H", _WORKSHEET):
            sheet = next(worksheets, None)
        elif sheet is not None and kind == _ROW and len(content) >= 16 and content[12] & _ZERO_HEIGHT:
            _hidden_row(sheet, int.from_bytes(content[:2], "little") + 1, job)
        elif sheet is not None and kind == _COLINFO and len(content) >= 10 and content[8] & _ZERO_WIDTH:
            first, last = struct.unpack_from("<HH", content)
            _hidden_columns(sheet, first, last, job)


def _records(data: bytes, job: Job) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, position)
        yield kind, data[position + 4 : position + 4 + size] if kind in (_BOF, _ROW, _COLINFO) else b""
        position += 4 + size
        if not position & 0x3FF:
            job.budget.tick()


def _hidden_row(sheet: Sheet, number: int, job: Job) -> None:
    line = next((line for row, _, line in sheet.rows() if row == number), "")
    if line:
        job.hidden("row", f"{sheet.place}!{number}", line.replace("\t", " "))


def _hidden_columns(sheet: Sheet, first: int, last: int, job: Job) -> None:
    columns = range(first + 1, last + 2)
    for _, start, line in sheet.rows():
        texts = [text for column, text in enumerate(line.split("\t"), start) if column in columns and text]
        if texts:
            job.hidden("column", f"{sheet.place}!{column_name(first + 1)}", texts[0], len(columns))
            return
