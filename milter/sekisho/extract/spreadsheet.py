"""Excel workbooks (ECMA-376 part 1, 18): besides the cells, hidden rows and columns, comments, print headers, shapes.

Cells come from calamine; the rest is looked up in the sheets' own XML. Rows and columns that are hidden but empty hide
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from sekisho.core.opened import column_name
from sekisho.extract.cells import Sheet, read_sheets
from sekisho.extract.drawn import Drawn
from sekisho.extract.job import Job
from sekisho.extract.package import relations
from sekisho.extract.xml import parse
from sekisho.extract.zip_archive import Archive

_HIDDEN = (b'hidden="1"', b'hidden="true"', b"hidden='1'", b"hidden='true'")
_HIDDEN_ROW = re.compile(rb"<(?:\w{1,20}:)?row\s[^>]{0,500}?\bhidden=[\"'](?:1|true)[\"'][^>]{0,500}>")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w{1,20}:)?col\s[^>]{0,500}?\bhidden=[\"'](?:1|true)[\"'][^>]{0,500}>")
_ATTRIBUTE = re.compile(rb"\b(r|min|max)=[\"'](\d{1,7})[\"']")
_PRINTED = re.compile(rb"<((?:\w{1,20}:)?(?:odd|even|first)(?:Header|Footer))>(.{1,4000}?)</\1>", re.DOTALL)
_PRINT_CODE = re.compile(r"&(?:[LCRPNDTFAGZBIUESXYO]|\"[^\"]*\"|\d{1,3}|K[0-9A-Fa-f+-]{6})")
_COMMENT_TEXTS = frozenset({"t", "text"})


def read(data: bytes, archive: Archive, job: Job) -> None:
    """All texts of the workbook, and what is hidden in it."""
    sheets = read_sheets(data, job)
    for name, part in _parts(archive, job):
        if name in sheets:
            _read_part(sheets[name], part, archive, job)


def _parts(archive: Archive, job: Job) -> Iterator[tuple[str, str]]:
    """The sheets' names and the parts in which they stand."""
    found: list[tuple[str, str]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            found.append((attributes.get("name", ""), attributes.get("id", "")))

    content = archive.part("xl/workbook.xml")
    if content:
        parse(content, job.budget, start, lambda _name: None, lambda _text: None)
    known = relations(archive, "xl/workbook.xml", job.budget)
    return ((name, known[key][1]) for name, key in found if key in known)


def _read_part(sheet: Sheet, part: str, archive: Archive, job: Job) -> None:
    content = archive.part(part)
    if any(mark in content for mark in _HIDDEN):
        _hidden_rows(sheet, content, job)
        _hidden_columns(sheet, content, job)
    # They stand behind the cells (18.3.1.99), which are many.
    begin = content.find(b"eaderFooter")
    if begin >= 0:
        printed = [_printed(found[2]) for found in _PRINTED.finditer(content, begin)]
        job.text("\n".join(printed), f"{sheet.place}(print)")
    for kind, target in relations(archive, part, job.budget).values():
        if kind in ("comments", "threadedComment"):
            _comments(sheet, archive.part(target), job)
        elif kind == "drawing":
            drawn = archive.part(target)
            if drawn:
                job.text(Drawn().read(drawn, job.budget).text, f"{sheet.place}(shape)")


def _hidden_rows(sheet: Sheet, content: bytes, job: Job) -> None:
    numbers = {_numbers(found[0]).get("r", 0) for found in _HIDDEN_ROW.finditer(content)}
    filled = [(row, line) for row, _, line in sheet.rows() if row in numbers] if numbers else []
    if filled:
        job.hidden("row", f"{sheet.place}!{filled[0][0]}", filled[0][1].replace("\t", " "), len(filled))


def _hidden_columns(sheet: Sheet, content: bytes, job: Job) -> None:
    for found in _HIDDEN_COLUMN.finditer(content[:200_000]):
        numbers = _numbers(found[0])
        columns = range(numbers.get("min", 0), numbers.get("max", 0) + 1)
        cell = next(_cells_of(sheet, columns), None)
        if cell:
            job.hidden("column", f"{sheet.place}!{column_name(cell[0])}", cell[1], len(columns))


def _cells_of(sheet: Sheet, columns: range) -> Iterator[tuple[int, str]]:
    for _, first, line in sheet.rows():
        if first < columns.stop and first + line.count("\t") >= columns.start:
            for column, text in enumerate(line.split("\t"), first):
                if text and column in columns:
                    yield column, text


def _numbers(tag: bytes) -> dict[str, int]:
    return {found[1].decode(): int(found[2]) for found in _ATTRIBUTE.finditer(tag)}


def _printed(code: bytes) -> str:
    """A header or footer without its codes (ECMA-376 part 1, 18.3.1.39)."""
    return _PRINT_CODE.sub(" ", unescape(code.decode("utf-8", "replace"))).strip()


def _comments(sheet: Sheet, content: bytes, job: Job) -> None:
    """Comments and threaded comments (18.7), each at its cell."""
    places: list[tuple[str, list[str]]] = []
    reading: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name in ("comment", "threadedComment"):
            places.append((attributes.get("ref", ""), []))
        elif name in _COMMENT_TEXTS:
            reading.append(name)

    def end(name: str) -> None:
        if name in _COMMENT_TEXTS and reading:
            reading.pop()

    def text(value: str) -> None:
        if reading and places:
            places[-1][1].append(value)

    if content:
        parse(content, job.budget, start, end, text)
    for cell, pieces in places:
        place = f"{sheet.place}!{cell}(comment)"
        job.text("".join(pieces), place)
        job.hidden("comment", place, "".join(pieces))
