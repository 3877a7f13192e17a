"""What was found in a file: texts, further files, what is hidden, and what could not be read.

Places are given as seen from the file: empty for the file itself, ``顧客(hidden)`` for a sheet, ``a.docx/comment`` for
a comment of a document within an archive. `Opened` is data only; files are opened in a process of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileText:
    """A text in a file. The cells of a sheet are parted by tabs, its rows by line ends."""

    place: str
    text: str
    cells: tuple[tuple[int, int], ...] = ()
    """For a sheet: row and first column of each line, both from 1."""

    def spot(self, offset: int) -> str:
        """Where a character stands in it: ``!B4`` in a sheet, ``:12`` for the twelfth line of any other text."""
        line = self.text.count("\n", 0, offset)
        if not self.cells:
            return f":{line + 1}"
        row, first = self.cells[min(line, len(self.cells) - 1)]
        start = self.text.rfind("\n", 0, offset) + 1
        return f"!{column_name(first + self.text.count(chr(9), start, offset))}{row}"


@dataclass(frozen=True, slots=True)
class FileInside:
    """A file within a file."""

    place: str
    names: tuple[str, ...]
    """Every name that any reading shows, as it stands there: it may hold ``../`` and worse."""
    type: str
    """Media type by content; empty when unknown."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something that a reader of the file does not see at once."""

    kind: str
    """``sheet``, ``row``, ``column``, ``slide``, ``comment``, ``tracked-change``, ``note``,
    ``hidden-text``, ``property``."""
    place: str
    text: str = ""
    """The beginning of what is hidden."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: never to be taken for clean."""

    kind: str
    """``encrypted``, or why not: ``broken``, ``ambiguous``, ``too-deep``, ``too-big``, ``too-many-files``,
    ``time-out``, ``unknown``, ``crashed``."""
    place: str
    format: str = ""
    """``zip``, ``office``, ``pdf``, ``7z``, ``rar``; for ``unknown`` the media type, if any."""


@dataclass(frozen=True, slots=True)
class Opened:
    """All that was found in one file and in the files within it."""

    texts: tuple[FileText, ...] = ()
    files: tuple[FileInside, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    macros: tuple[str, ...] = ()
    """Places of documents with macros."""
    problems: tuple[Problem, ...] = ()


NOTHING = Opened()


def within(part: str, inner: str) -> str:
    """The place in the message of something in a file: ``attachment:a.zip`` and ``b.xlsx/顧客`` joined."""
    return f"{part}/{inner}" if inner else part


def column_name(number: int) -> str:
    """``A`` for 1, ``AA`` for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
