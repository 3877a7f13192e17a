"""The texts of one part of an OpenDocument file (OASIS OpenDocument 1.3 part 3), each where it belongs.

Text stands in paragraphs, wherever they are: in the body, in a comment, in a slide's notes, in what was deleted. Of a
sheet the cells themselves are left to others; only where they stand is followed, for comments and for what is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sekisho.core.opened import column_name
from sekisho.extract.limits import Budget
from sekisho.extract.xml import parse

_GONE = frozenset({"collapse", "filter"})
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_BREAKS = {"tab": "\t", "line-break": "\n", "s": " "}


@dataclass(slots=True)
class Section:
    """A run of text with a place of its own."""

    kind: str
    """``text``, or what it is to who reads the document: ``comment``, ``note``, ``slide`` (a hidden one),
    ``tracked-change``, ``cell``."""
    place: str
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(slots=True)
class Grid:
    """What is hidden in a sheet, rows and columns from 1."""

    rows: set[int] = field(default_factory=set)
    columns: list[range] = field(default_factory=list)


@dataclass(slots=True)
class Styles:
    """Styles by which something is hidden, by their names."""

    texts: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)


class OdfText:
    """Reads a part. ``place``: of its text; ``is_sheet``: its cells are read by others."""

    def __init__(self, place: str, styles: Styles, *, is_sheet: bool = False) -> None:
        self.sections = [Section("cell" if is_sheet else "text", place)]
        self.hidden: list[str] = []
        self.inserted: list[str] = []
        self.changes = 0
        self.grids: dict[str, Grid] = {}
        self._place = place
        self._styles = styles
        self._is_sheet = is_sheet
        self._style = ""
        self._open: list[tuple[str, Section, int]] = []
        self._reading = 0
        self._inserting = False
        self._spans: list[bool] = []
        self._slides = 0
        self._sheet = ""
        self._row = self._column = 0

    def read(self, data: bytes, budget: Budget) -> OdfText:
        """Raises `Unreadable`."""
        parse(data, budget, self._start, self._end, self._text)
        return self

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        section = self._section(name, attributes)
        if section is not None:
            self._open.append((name, section, self._reading))
            self._reading = 0
            self.sections.append(section)
        if name in ("p", "h"):
            self._reading += 1
        if name in ("p", "h", "span"):
            self._spans.append(attributes.get("style-name", "") in self._styles.texts)
        elif name in _BREAKS and self._reading:
            self._current.pieces.append(_BREAKS[name])
        elif name in ("style", "text-properties", "drawing-page-properties"):
            self._define(name, attributes)
        elif name in ("changed-region", "change-start", "change-end"):
            self.changes += name == "changed-region"
            self._inserting = name == "change-start"
        elif name in ("hidden-text", "hidden-paragraph"):
            self.hidden.append(attributes.get("string-value", ""))
        elif self._is_sheet:
            self._move(name, attributes)

    @property
    def _current(self) -> Section:
        return self._open[-1][1] if self._open else self.sections[0]

    def _section(self, name: str, attributes: Mapping[str, str]) -> Section | None:
        """The section that an element opens, if any."""
        if name == "page":
            self._slides += 1
            gone = attributes.get("style-name", "") in self._styles.pages
            place = self._within(f"slide{self._slides}")
            return Section("slide", f"{place}(hidden)") if gone else Section("text", place)
        if name == "notes":
            return Section("note", self._within(f"note{self._slides}")) if self._slides else None
        if name in ("text-box", "custom-shape"):
            return Section("text", f"{self._sheet}(shape)") if self._is_sheet else None
        made = {
            "annotation": ("comment", self._at_cell() if self._is_sheet else self._within("comment")),
            "deletion": ("tracked-change", self._within("deleted")),
            "note-citation": ("cell", ""),
        }
        return Section(*made[name]) if name in made else None

    def _within(self, inner: str) -> str:
        return f"{self._place}/{inner}" if self._place else inner

    def _at_cell(self) -> str:
        return f"{self._sheet}!{column_name(self._column)}{self._row}(comment)"

    def _define(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("name", "")
        elif name == "text-properties" and attributes.get("display") in ("none", "condition"):
            self._styles.texts.add(self._style)
        elif name == "drawing-page-properties" and attributes.get("visibility") == "hidden":
            self._styles.pages.add(self._style)

    def _move(self, name: str, attributes: Mapping[str, str]) -> None:
        """Follow the cells; what is repeated moves on by so many."""
        match name:
            case "table":
                self._sheet, self._row, self._column = attributes.get("name", ""), 0, 0
            case "table-column":
                count = _number(attributes.get("number-columns-repeated"), _LAST_COLUMN)
                if attributes.get("visibility") in _GONE:
                    self._grid.columns.append(range(self._column + 1, self._column + 1 + count))
                self._column += count
            case "table-row":
                count = _number(attributes.get("number-rows-repeated"), _LAST_ROW)
                if attributes.get("visibility") in _GONE:
                    self._grid.rows.update(range(self._row + 1, self._row + 1 + min(count, 10_000)))
                self._row += count
                self._column = 0
            case "table-cell" | "covered-table-cell":
                self._column += _number(attributes.get("number-columns-repeated"), _LAST_COLUMN)

    @property
    def _grid(self) -> Grid:
        return self.grids.setdefault(self._sheet, Grid())

    def _end(self, name: str) -> None:
        if name in ("p", "h"):
            self._reading -= 1
            self._current.pieces.append("\n")
        elif name in ("table-cell", "covered-table-cell"):
            self._current.pieces.append("\t")
        if name in ("p", "h", "span") and self._spans:
            self._spans.pop()
        if self._open and self._open[-1][0] == name:
            _, _, self._reading = self._open.pop()

    def _text(self, text: str) -> None:
        if not self._reading:
            return
        self._current.pieces.append(text)
        if self._inserting:
            self.inserted.append(text)
        if any(self._spans):
            self.hidden.append(text)


def _number(text: str | None, most: int) -> int:
    return min(int(text), most) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 1
