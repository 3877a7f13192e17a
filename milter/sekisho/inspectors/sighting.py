"""One piece of personal data seen in a text: what the recognisers give and the inspector counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.core.patterns import Pattern

JOIN = r"\-ー―— ."
"""What people put between the groups of a number, for a character class."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A value in a folded text; equal ``key`` means the same value, however it is written."""

    kind: str
    start: int
    """Offset in the folded text."""
    key: str
    shown: str
    """The value masked, fit for a notice."""


class InContext:
    """Whether words of a kind stand near a number, or near another number just before it."""

    def __init__(self, text: str, words: Pattern, *, before: int, after: int, inherited: int) -> None:
        """In characters; ``inherited``: how far below an accepted number the next one needs no words of its own."""
        self._text = text
        self._words = words
        self._before = before
        self._after = after
        self._inherited = inherited
        self._last = -inherited

    def __call__(self, start: int, end: int) -> bool:
        near = self._text[max(0, start - self._before) : end + self._after]
        if start - self._last < self._inherited or self._words.found(near):
            self._last = end
            return True
        return False


class Alone:
    """Numbers of a form, found at first only where they may stand alone: a sheet is full of digits that do not."""

    def __init__(self, form: str) -> None:
        """``form`` matches within a line, whatever stands around it."""
        self._form = Pattern(form)
        before = r"(?-i:^|[^0-9A-Za-z._+-]|(?:^|[^0-9A-Za-z])[._+-])"
        self._sieve = Pattern(rf"(?m){before}(?:{form})(?-i:[^0-9A-Za-z_]|$)")

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Every number in the lines in which one may stand alone; `stands_alone` decides."""
        for start, end in self._lines(text):
            yield from ((start + first, start + last) for first, last in self._form.spans(text[start:end]))

    def _lines(self, text: str) -> Iterator[tuple[int, int]]:
        """Those lines, neighbours together."""
        begin = end = -1
        for _, stop in self._sieve.spans(text):
            within = stop - 2  # before what stands behind the number
            if within < end:
                continue
            start = text.rfind("\n", max(end, 0), within) + 1
            if start != end + 1 or begin < 0:
                if begin >= 0:
                    yield begin, end
                begin = start
            end = text.find("\n", within)
            if end < 0:
                end = len(text)
        if begin >= 0:
            yield begin, end


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(filter(str.isdigit, text))


_SCHEME = "://"
_URL = 300
"""Characters of a URL within which its numbers are its own."""


def _in_url(text: str, start: int) -> bool:
    """Whether the number stands in a URL: nothing but ASCII without blanks since its scheme."""
    scheme = text.rfind(_SCHEME, max(0, start - _URL), start)
    between = text[scheme:start]
    return scheme >= 0 and between.isascii() and not any(char in between for char in ' \t\r\n"<>')


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a run of digits is not part of a longer number or word: ``A-1234``, ``12345-…``."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isdigit() or after[:1].isdigit() or (before[-1:].isascii() and before[-1:].isalpha()):
        return False
    if before[-1:] in ("-", ".", "_", "+") and before[:1].isalnum():
        return False
    if _in_url(text, start):
        return False
    goes_on = after[1:2].isdigit() or (after[:1] != "." and _is_letter(after[1:2]))
    return not (after[:1] in ("-", ".", "_") and goes_on) and not _is_letter(after[:1])


def _is_letter(char: str) -> bool:
    return char.isascii() and (char.isalpha() or char == "_")
