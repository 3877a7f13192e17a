"""The site's words, looked for all at once: an Aho-Corasick automaton over folded text.

Widths, letter case and kana are folded. A word that begins or ends with a letter of a script that has blanks between
words (Latin, Greek, Cyrillic) or with a digit is found only as a whole word; Japanese and Chinese words anywhere.
Time is linear in the text, whatever the number of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ahocorasick

from sekisho.core.folding import fold, is_east_asian, kana_spellings
from sekisho.core.patterns import AnyWord
from sekisho.core.ports import Hit

_SIEVED = 50_000
"""Characters of all words together up to which they are first looked for in one pattern."""
_GAPS = ("\n", " \n", "\r\n", " \r\n", "\n ", "\n  ", "  ", "\t")
"""What may stand for a blank within a word: the end of a line, with indentation too, two blanks, a tab."""


class WordDictionary:
    """A named set of words; implements `sekisho.core.ports.Dictionary`. Read-only, so any thread may ask."""

    def __init__(self, name: str, words: Iterable[str]) -> None:
        """Blank words are left out."""
        self.name = name
        self._automaton = ahocorasick.Automaton()
        written_ways: set[str] = set()
        for word in words:
            for spelling in filter(None, kana_spellings(_plain(word))):
                for written in (spelling, *_wrapped(spelling)):
                    self._automaton.add_word(written, (len(written), word))
                    written_ways.add(written)
        self._automaton.make_automaton()
        self._any = AnyWord(written_ways) if sum(map(len, written_ways)) <= _SIEVED else None

    def may_hit(self, text: str) -> bool:
        """Whether a word may be in the text; one look."""
        return self._any is None or self._any.found(fold(text).text)

    def hits(self, text: str) -> Iterator[Hit]:
        """Every word in the text, by where it ends; words within words too."""
        if not len(self._automaton):
            return
        if not self.may_hit(text):
            return  # four times faster than the automaton, and so it is with nearly every text
        folded = fold(text)
        for last, (length, word) in self._automaton.iter(folded.text):
            start, end = last + 1 - length, last + 1
            if _stands_alone(folded.text, start, end):
                # The end is where the last character's cluster begins, and one more: never beyond the text.
                yield Hit(folded.origin(start), max(folded.origin(end), folded.origin(last) + 1), word)

    def __len__(self) -> int:
        return len(self._automaton)


def _plain(word: str) -> str:
    return " ".join(fold(word).text.split())


def _wrapped(word: str) -> Iterator[str]:
    """The word with another gap in place of one of its blanks."""
    for index, char in enumerate(word):
        if char == " ":
            yield from (f"{word[:index]}{end}{word[index + 1 :]}" for end in _GAPS)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit continues a word that blanks would delimit."""
    if start and _delimited(text[start]) and _delimited(text[start - 1]):
        return False
    return not (end < len(text) and _delimited(text[end - 1]) and _delimited(text[end]))


def _delimited(char: str) -> bool:
    return char.isalnum() and not is_east_asian(char)
