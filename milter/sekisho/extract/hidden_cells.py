"""Rows and columns of a sheet that are not shown: told to the job where something stands in them."""

from __future__ import annotations

from collections.abc import Container, Iterator

from sekisho.core.opened import column_name
from sekisho.extract.cells import Sheet
from sekisho.extract.job import Job


def hidden_rows(sheet: Sheet, numbers: Container[int], job: Job) -> None:
    """Rows, from 1; together, at the first of them."""
    filled = [(row, line) for row, _, line in sheet.rows() if row in numbers]
    if filled:
        first, line = filled[0]
        job.hidden("row", f"{sheet.place}!{first}", line.replace("\t", " "), len({row for row, _ in filled}))


def hidden_columns(sheet: Sheet, columns: range, job: Job) -> None:
    """Columns, from 1, at the first cell in them."""
    found = next(_cells_of(sheet, columns), None)
    if found:
        job.hidden("column", f"{sheet.place}!{column_name(found[0])}", found[1], len(columns))


def _cells_of(sheet: Sheet, columns: range) -> Iterator[tuple[int, str]]:
    for _, first, line in sheet.rows():
        if first < columns.stop and first + line.count("\t") >= columns.start:
            for column, text in enumerate(line.split("\t"), first):
                if text and column in columns:
                    yield column, text
