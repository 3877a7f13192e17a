"""Excel workbooks (ECMA-376 part 1, 18): besides the cells, hidden rows and columns, comments, print headers, shapes.

Cells come from calamine; the rest is looked up in the sheets' own XML. Rows and columns that are hidden but empty hide
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from sekisho.extract.cells import Sheet, printed, read_sheets
from sekisho.extract.drawn import Drawn
from sekisho.extract.hidden_cells import hidden_columns, hidden_rows
from sekisho.extract.job import Job
from sekisho.extract.package import relations
from sekisho.extract.xml import parse
from sekisho.extract.zip_archive import Archive

_HIDDEN = (b'hidden="1"', b'hidden="true"', b"hidden='1'", b"hidden='true'")
_HIDDEN_ROW = re.compile(rb"<(?:\w{1,20}:)?row\s[^>]{0,500}?\bhidden=[\"'](?:1|true)[\"'][^>]{0,500}>")
_HIDDEN_COLUMN = re.compile(rb"<(?:\w{1,20}:)?col\s[^>]{0,500}?\bhidden=[\"'](?:1|true)[\"'][^>]{0,500}>")
_ATTRIBUTE = re.compile(rb"\b(r|min|max)=[\"'](\d{1,7})[\"']")
_PRINTED = re.compile(rb"<((?:\w{1,20}:)?(?:odd|even|first)(?:Header|Footer))>(.{1,4000}?)</\1>", re.DOTALL)
_COMMENT_TEXTS = frozenset({"t", "text"})


def read(data: bytes, archive: Archive, job: Job) -> None:
    """All texts of the workbook, and what is hidden in it."""
    archive.check_sizes()
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
        _hidden(sheet, content, job)
    # They stand behind the cells (18.3.1.99), which are many.
    begin = content.find(b"eaderFooter")
    if begin >= 0:
        codes = (unescape(found[2].decode("utf-8", "replace")) for found in _PRINTED.finditer(content, begin))
        job.text("\n".join(map(printed, codes)), f"{sheet.place}(print)")
    for kind, target in relations(archive, part, job.budget).values():
        if kind in ("comments", "threadedComment"):
            _comments(sheet, archive.part(target), job)
        elif kind == "drawing":
            drawn = archive.part(target)
            if drawn:
                job.text(Drawn().read(drawn, job.budget).text, f"{sheet.place}(shape)")


def _hidden(sheet: Sheet, content: bytes, job: Job) -> None:
    numbers = {_numbers(found[0]).get("r", 0) for found in _HIDDEN_ROW.finditer(content)}
    if numbers:
        hidden_rows(sheet, numbers, job)
    for found in _HIDDEN_COLUMN.finditer(content[:200_000]):
        reach = _numbers(found[0])
        hidden_columns(sheet, range(reach.get("min", 0), reach.get("max", 0) + 1), job)


def _numbers(tag: bytes) -> dict[str, int]:
    return {found[1].decode(): int(found[2]) for found in _ATTRIBUTE.finditer(tag)}


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
