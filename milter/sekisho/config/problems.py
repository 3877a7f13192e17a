"""What is wrong with a configuration, and where: problems, how they are printed, and the error that carries them.

A problem always names file, line and column (both from 1; 1:1 for a file as a whole), says what is wrong and, where it
can, what to write instead. A configuration is read to the end: all problems of all its files come together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypedDict

from rapidfuzz import fuzz, process

_ALIKE = 65.0
"""From this likeness on (of 100) a known word is worth suggesting."""

_WIDEST = 160
"""Of a longer line only the part around the place is shown."""


class Severity(Enum):
    """Errors stop a configuration from being used; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


class ProblemRecord(TypedDict):
    """A problem as ``sekisho check --json`` prints it."""

    file: str
    line: int
    column: int
    severity: str
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at its place."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = Severity.ERROR
    source: str = ""
    """The line as it stands in the file; empty where there is none to show."""
    width: int = 1
    """How many characters, from the column on, the problem is about."""

    def __str__(self) -> str:
        prefix = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.file}:{self.line}:{self.column}: {prefix}{self.message}"

    def rendered(self) -> str:
        """The problem, the line it is in, and a caret under the word it is about."""
        if not self.source.strip():
            return str(self)
        start = self.column - 1
        first = max(start - _WIDEST // 2, 0)
        shown = self.source[first : first + _WIDEST]
        marked = self.source[start : start + min(self.width, _WIDEST // 2)] or " "
        lead = "".join(map(_blank, self.source[first:start]))
        carets = "".join("^" * len(_blank(char)) for char in marked)
        return f"{self}\n{self.line:>5} | {shown}\n      | {lead}{carets}"

    def record(self) -> ProblemRecord:
        """The problem as JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "severity": self.severity.value,
            "message": self.message,
            "source": self.source,
        }


class ConfigurationError(Exception):
    """The configuration cannot be used; carries every problem that was found, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def whole_file(file: str, message: str) -> Problem:
    """A problem of a file as a whole."""
    return Problem(file, 1, 1, message)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """File by file as they were read, from top to bottom, each once."""
    files: dict[str, list[Problem]] = {}
    for problem in dict.fromkeys(problems):
        files.setdefault(problem.file, []).append(problem)
    return tuple(one for found in files.values() for one in sorted(found, key=lambda one: (one.line, one.column)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one; None where none does."""
    found = process.extractOne(word, sorted(set(known)), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return found[0] if found else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """``; did you mean `x`?`` where a known word is near, else the known words where they are few, else nothing."""
    near = nearest(word, known)
    if near:
        return f"; did you mean `{near}`?"
    return f"; known here: {', '.join(f'`{one}`' for one in known)}" if 0 < len(known) <= 8 else ""


def _blank(char: str) -> str:
    """As much white space as the character takes on a terminal."""
    if char == "\t":
        return char
    return "  " if unicodedata.east_asian_width(char) in "WF" else " "
