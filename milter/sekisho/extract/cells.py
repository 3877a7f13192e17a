"""Sheets of a workbook (.xlsx, .xlsb, .xls, .ods) with calamine: names, visibility, and the text of every cell.

The only module that imports python_calamine.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable

_PRINT_CODE = re.compile(r"&(?:[LCRPNDTFAGZBIUESXYO]|\"[^\"]*\"|\d{1,3}|K[0-9A-Fa-f+-]{6})")
_GAP = 64
"""Empty cells in a row that are written as tabs; after more, the row goes on in another line."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its place (which says whether it is hidden), its text."""

    name: str
    place: str
    text: str
    cells: tuple[tuple[int, int], ...]

    def rows(self) -> Iterator[tuple[int, int, str]]:
        """Row, first column and text of each line."""
        for (row, column), line in zip(self.cells, self.text.split("\n"), strict=False):
            yield row, column, line


def read_sheets(data: bytes, job: Job, file_format: str = "office") -> dict[str, Sheet]:
    """Every sheet by its name, its text and its being hidden told to the job. Raises `Unreadable`."""
    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(data))
    except PasswordError as error:
        raise Unreadable("encrypted", file_format) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable("broken", file_format) from error
    found: dict[str, Sheet] = {}
    for about in workbook.sheets_metadata:
        is_hidden = about.visible != SheetVisibleEnum.Visible
        place = f"{about.name}(hidden)" if is_hidden else about.name
        is_chart = about.typ == SheetTypeEnum.ChartSheet
        sheet = Sheet(about.name, place, "", ()) if is_chart else _sheet(workbook, about.name, place, job)
        found[sheet.name] = sheet
        job.text(sheet.text, place, sheet.cells)
        if is_hidden:
            job.hidden("sheet", place, sheet.text)
    return found


def _sheet(workbook: CalamineWorkbook, name: str, place: str, job: Job) -> Sheet:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError):
        job.problem("broken", name, "office")
        return Sheet(name, place, "", ())
    lines: list[str] = []
    cells: list[tuple[int, int]] = []
    for row, column, texts in _runs(sheet, job):
        cells.append((row, column))
        lines.append("\t".join(texts))
    return Sheet(name, place, "\n".join(lines), tuple(cells))


def _runs(sheet: CalamineSheet, job: Job) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Row and first column, from 1, of the filled cells of each row, in runs that are far apart.

    calamine counts rows from the sheet's top, columns from the first that is used.
    """
    if sheet.start is None:
        return
    left = sheet.start[1] + 1
    for row, values in enumerate(sheet.iter_rows(), 1):
        if not row & 255:
            job.budget.tick()
        # As people see them: whole numbers without a fraction.
        texts = [
            value if type(value) is str else str(int(value) if type(value) is float and value.is_integer() else value)
            for value in values
        ]
        if not " ".join(texts).isprintable():
            texts = [text if text.isprintable() else " ".join(text.split()) for text in texts]
        if "" not in texts:
            yield row, left, texts
        else:
            for first, run in _filled(texts):
                yield row, left + first, run


def _filled(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    start = last = -1
    for column, text in enumerate(texts):
        if not text:
            continue
        if start < 0:
            start = column
        elif column - last > _GAP:
            yield start, texts[start : last + 1]
            start = column
        last = column
    if start >= 0:
        yield start, texts[start : last + 1]


def printed(code: str) -> str:
    """A header or footer as it is printed, without its codes (ECMA-376 part 1, 18.3.1.39)."""
    return _PRINT_CODE.sub(" ", code).strip()
