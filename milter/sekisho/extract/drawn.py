"""Text of word processors and slides: paragraphs, cells, and what is deleted, inserted or hidden in them.

WordprocessingML, DrawingML (ECMA-376 part 1, 17.3 and 21.1) and OpenDocument text (part 1, 5 and 6) are alike enough
for one collector: paragraphs end lines, cells end with a tab, only what stands in text elements is text.
"""

from __future__ import annotations

from collections.abc import Mapping

from sekisho.extract.limits import Budget
from sekisho.extract.xml import parse

_OFF = ("0", "false", "off", "none")
_TRACKED = frozenset({"ins", "del", "moveFrom", "moveTo"})


class Drawn:
    """The texts of one part of a document."""

    def __init__(self, texts: frozenset[str] = frozenset({"t", "delText"})) -> None:
        """``texts``: elements whose character data is text."""
        self.pieces: list[str] = []
        self.comments: list[list[str]] = []
        self.changed: list[str] = []
        self.changes = 0
        self.hidden: list[str] = []
        self.root: Mapping[str, str] = {}
        self._texts = texts
        self._reading = 0
        self._tracked = 0
        self._vanished = False
        self._depth = 0

    def read(self, data: bytes, budget: Budget) -> Drawn:
        """Read a part. Raises `Unreadable`."""
        parse(data, budget, self._start, self._end, self._text)
        return self

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.root = dict(attributes)
        if name in self._texts:
            self._reading += 1
        elif name == "tab":
            self.pieces.append("\t")
        elif name in ("br", "cr", "line-break"):
            self.pieces.append("\n")
        elif name == "s" and self._reading:
            self.pieces.append(" ")
        elif name in _TRACKED:
            self._tracked += 1
            self.changes += 1
        elif name == "vanish":
            self._vanished = attributes.get("val", "1") not in _OFF
        elif name in ("comment", "annotation", "cm"):
            self.comments.append([])

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name in self._texts:
            self._reading -= 1
        if name in ("p", "h"):
            self.pieces.append("\n")
        elif name in ("tc", "table-cell"):
            self.pieces.append("\t")
        elif name == "r":
            self._vanished = False
        elif name in _TRACKED:
            self._tracked -= 1

    def _text(self, text: str) -> None:
        if not self._reading:
            return
        self.pieces.append(text)
        if self._tracked:
            self.changed.append(text)
        if self._vanished:
            self.hidden.append(text)
        if self.comments:
            self.comments[-1].append(text)
