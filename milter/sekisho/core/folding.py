"""Text folded for matching: one spelling for widths, letter case and compatibility forms, with the way back.

`fold` gives NFKC and full case folding (Unicode 3.13, UAX 15), one hyphen for all that look like it, leaves out
characters that nobody sees (soft hyphen, zero-width, bidi controls), and rejoins East Asian words that a mailer broke
at the end of a long line. Kana stay as they are; `kana_spellings` gives the other ways to write a word. ASCII costs one
pass; places in the original are worked out only when somebody asks. Linear in the text; never raises.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from sekisho.core.lazy import lazy

INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that change what a program compares but not what people read."""

_HYPHENS = "\u2010\u2012\u2013\u2212"
"""What stands for a hyphen after NFKC: hyphen, figure dash, en dash, minus sign."""

_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
_VOICING = "\uff9e\uff9f"  # half-width marks: no combining class, yet they compose
_SHORT = 4_096
_ORDINARY = 32_768
_LONG = 500_000
"""Characters of the longest text remembered: a list in a sheet, not a whole archive."""
_WRAPPED = 20
"""Shortest line, in characters, that a mailer may have wrapped."""
_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_TO_HIRAGANA = {katakana: hiragana for hiragana, katakana in _TO_KATAKANA.items()}


class Folded:
    """A text folded; `origin` leads back."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._simple = original.isascii()
        self._cuts: list[int] = []
        self._clusters: dict[int, tuple[array[int], array[int]]] = {}
        if self._simple:
            self.text = original.lower()
        else:
            self.text = self._joined(_folded(_visible(original)))

    def origin(self, index: int) -> int:
        """The offset in the original of the character that stands, or would stand, at ``index`` of ``text``."""
        if self._simple:
            return index
        unjoined = index + bisect_right(self._cuts, index)
        if self._keeps_places:
            return min(unjoined, len(self._original))
        starts, folded_starts = self._lines
        line = max(bisect_right(folded_starts, unjoined) - 1, 0)
        if line not in self._clusters:
            self._clusters[line] = _clusters(self._original[starts[line] : starts[line + 1]])
        within, folded_within = self._clusters[line]
        return starts[line] + within[max(bisect_right(folded_within, unjoined - folded_starts[line]) - 1, 0)]

    def _joined(self, text: str) -> str:
        """Without the line ends that part two East Asian letters after a long line; remembers where they were."""
        text = text.replace("\r\n", " \n")
        lines = text.split("\n")
        long = [number for number, line in enumerate(lines[:-1]) if len(line) >= _WRAPPED]
        wrapped = [number for number in long if _goes_on(lines[number], lines[number + 1])]
        if not wrapped:
            return text
        ends = list(accumulate(len(line) + 1 for line in lines))
        pieces: list[str] = []
        done = length = 0
        for number in wrapped:
            behind = ends[number]
            end = behind - 1 - len(lines[number]) + len(lines[number].rstrip(" "))
            pieces.append(text[done:end])
            length += end - done
            done = behind
            self._cuts.extend([length] * (done - end))
        return "".join([*pieces, text[done:]])

    @lazy
    def _keeps_places(self) -> bool:
        """Whether every character has become one character."""
        original = self._original
        normal = _visible(original) is original and unicodedata.is_normalized("NFKC", original)
        return normal and len(original.casefold()) == len(original)

    @lazy
    def _lines(self) -> tuple[array[int], array[int]]:
        """Where each line starts, in the original and folded: nothing composes across a line end."""
        lines = self._original.split("\n")
        starts, folded_starts = array("l", [0]), array("l", [0])
        starts.extend(accumulate(len(line) + 1 for line in lines))
        folded_starts.extend(accumulate(len(_folded(_visible(line))) + 1 for line in lines))
        return starts, folded_starts


def fold(text: str) -> Folded:
    """Fold a text. Texts are remembered for a moment: several inspectors ask for the same one."""
    if len(text) <= _SHORT:
        return _remembered_short(text)
    if len(text) <= _ORDINARY:
        return _remembered(text)
    return _remembered_long(text) if len(text) <= _LONG else Folded(text)


@lru_cache(maxsize=256)
def _remembered_short(text: str) -> Folded:
    """The pages of a document, the slides of a presentation with their notes."""
    return Folded(text)


@lru_cache(maxsize=16)
def _remembered(text: str) -> Folded:
    return Folded(text)


@lru_cache(maxsize=3)
def _remembered_long(text: str) -> Folded:
    return Folded(text)


def kana_spellings(text: str) -> frozenset[str]:
    """The text as it is, all in hiragana, and all in katakana."""
    return frozenset((text, text.translate(_TO_HIRAGANA), text.translate(_TO_KATAKANA)))


def is_east_asian(char: str) -> bool:
    """Whether words run on from this letter without a blank: kana, Han characters."""
    return ("\u3005" <= char <= "\u9fff" and char.isalpha()) or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


def _goes_on(line: str, following: str) -> bool:
    """Whether a word may go on in the line that follows this one."""
    if not is_east_asian(following[:1]):
        return False
    written = line.rstrip(" ")
    return len(written) >= _WRAPPED and is_east_asian(written[-1])


def _visible(text: str) -> str:
    return text.translate(_WITHOUT_INVISIBLE) if any(char in text for char in INVISIBLE) else text


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    for hyphen in _HYPHENS:
        folded = folded.replace(hyphen, "-")
    return folded


def _clusters(text: str) -> tuple[array[int], array[int]]:
    """Where each cluster of a line starts, there and in the folded line; both end with where the next would."""
    starts, folded_starts = array("l"), array("l")
    length = 0
    for start, cluster in _clustered(text):
        starts.append(start)
        folded_starts.append(length)
        length += _folded_length(cluster)
    starts.append(len(text))
    folded_starts.append(length)
    return starts, folded_starts


@lru_cache(maxsize=4096)
def _folded_length(cluster: str) -> int:
    return len(_folded(cluster.translate(_WITHOUT_INVISIBLE)))


def _clustered(text: str) -> Iterator[tuple[int, str]]:
    """Each character together with the marks that NFKC may compose with it."""
    start = 0
    for index in range(1, len(text)):
        char = text[index]
        if char < "\u0300" or not (unicodedata.combining(char) or char in _VOICING):
            yield start, text[start:index]
            start = index
    if text:
        yield start, text[start:]
