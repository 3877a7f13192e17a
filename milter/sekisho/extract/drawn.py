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
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n"}
_COMMENTS = frozenset({"comment", "annotation", "cm"})
_ENDS = {"p": "\n", "h": "\n", "tc": "\t", "table-cell": "\t"}
_ASKED = _TRACKED | _COMMENTS | {*_BREAKS, *_ENDS, "s", "r", "vanish", "sld"}


class Drawn:
    """The texts of one part of a document."""

    def __init__(self, texts: frozenset[str] = frozenset({"t", "delText"})) -> None:
        """``texts``: elements whose character data is text."""
        self.pieces: list[str] = []
        self.comments: list[list[str]] = []
        self.changed: list[str] = []
        self.changes = 0
        self.hidden: list[str] = []
        self.slide: Mapping[str, str] = {}
        """The attributes of the slide that it is."""
        self._texts = texts
        self._reading = 0
        self._tracked = 0
        self._vanished = False

    def read(self, data: bytes, budget: Budget) -> Drawn:
        """Read a part. Raises `Unreadable`."""
        parse(data, budget, self._start, self._end, self._text, self._texts | _ASKED)
        return self

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self._texts:
            self._reading += 1
        elif name in _BREAKS:
            self.pieces.append(_BREAKS[name])
        elif name == "s" and self._reading:
            self.pieces.append(" ")
        elif name in _TRACKED:
            self._tracked += 1
            self.changes += 1
        elif name == "vanish":
            self._vanished = attributes.get("val", "1") not in _OFF
        elif name in _COMMENTS:
            self.comments.append([])
        elif name == "sld" and not self.slide:
            self.slide = dict(attributes)

    def _end(self, name: str) -> None:
        if name in self._texts:
            self._reading -= 1
        if name in _ENDS:
            self.pieces.append(_ENDS[name])
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
