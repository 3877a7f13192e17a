"""Patterns that people write, matched in time linear in the text whatever the pattern (RE2, never backtracking).

The one module that knows google-re2. Syntax is RE2's: no look-around, no back-references; ``\\z`` is the end of the
text. Letter case is ignored unless the pattern says ``(?-i)``. What is no pattern raises `BadPattern` when it is
checked, in words for the person who wrote it; matching never raises. Text may hold surrogate escapes (octets that were
no UTF-8): each counts as U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Self

import re2

_WORDS_MEMORY = 64 << 20
_PATTERN_MEMORY = 32 << 20
"""Octets that RE2 may use for a compiled set, and for what it remembers of its searches."""
ROOM = 800
"""Octets for each of a pattern's instructions: with half of it there is no room for the automaton of a long one."""
_SHORT, _LONG = 200, 1 << 16
"""Characters of the texts whose octets are remembered."""
MAX_LENGTH = 10_000
"""Longest pattern accepted, in characters."""


class BadPattern(ValueError):
    """The text is not a pattern; the message says why."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f"not a pattern (RE2 syntax): {why}")
        self.text = text


class Pattern:
    """A pattern, compiled when it is first asked: no start waits for those of which a policy makes no use.

    Equal texts in the same mode are equal. `checked` is for what people write.
    """

    __slots__ = ("_ready", "exact", "text")

    def __init__(self, text: str, *, exact: bool = False) -> None:
        """``exact`` makes letter case count."""
        self.text = text
        self.exact = exact
        self._ready: Any = None

    def checked(self) -> Self:
        """Compiled now. Raises `BadPattern`."""
        self._ready = _compiled(self.text, self.exact)
        return self

    @property
    def _compiled(self) -> Any:
        return self._ready or self.checked()._ready

    def found(self, text: str) -> bool:
        """Whether the pattern matches anywhere in the text."""
        return self._compiled.search(_octets(text)) is not None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of each match that does not overlap the one before, in characters of ``text``."""
        octets = _octets(text)
        found = (match.span() for match in self._compiled.finditer(octets))
        yield from found if len(octets) == len(text) else _in_characters(octets, found)

    @property
    def for_set(self) -> str:
        """Its text as a `PatternSet` needs it, where letter case is ignored unless the pattern says otherwise."""
        return f"(?-i:{self.text})" if self.exact else self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and (self.text, self.exact) == (other.text, other.exact)

    def __hash__(self) -> int:
        return hash((self.text, self.exact))

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


class PatternSet:
    """Many patterns asked at once: a text costs as much for all of them as for one."""

    __slots__ = ("_ready", "_texts")

    def __init__(self, texts: Iterable[str]) -> None:
        """Compiled when it is first asked, as a `Pattern` is."""
        self._texts = tuple(texts)
        self._ready: Any = None

    def checked(self) -> Self:
        """Compiled now. Raises `BadPattern` for the first that is none."""
        # A set that has no memory to search would find nothing, and say nothing of it.
        size = sum(_compiled(text, False).programsize for text in self._texts)
        made = re2.Set.SearchSet(_options(False, ROOM * size))
        for text in self._texts:
            made.Add(text)
        if self._texts:
            made.Compile()
        self._ready = made
        return self

    def found(self, text: str) -> bool:
        """Whether any of them matches anywhere in the text."""
        return bool(self.which(text))

    def which(self, text: str) -> Sequence[int]:
        """The numbers of those that match anywhere in the text, in no order."""
        if not self._texts:
            return ()
        return (self._ready or self.checked()._ready).Match(_octets(text)) or ()

    def __bool__(self) -> bool:
        return bool(self._texts)


class AnyWord:
    """Words as they are, letter case included, of which any may be in a text; some ten thousand at most."""

    __slots__ = ("_compiled",)

    def __init__(self, words: Iterable[str]) -> None:
        pattern = "|".join(map(re2.escape, sorted(words)))
        self._compiled: Any = re2.compile(pattern, _options(True, _WORDS_MEMORY))

    def found(self, text: str) -> bool:
        """Whether any of them is in the text."""
        return self._compiled.search(_octets(text)) is not None


def _octets(text: str) -> bytes:
    """In UTF-8. Texts of some length are remembered for a moment: a dozen patterns are looked for in the same one."""
    return _remembered(text) if _SHORT < len(text) <= _LONG else _encoded(text)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text).encode()


_remembered = lru_cache(maxsize=8)(_encoded)


def _in_characters(octets: bytes, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that count octets of UTF-8, in characters; RE2's own way of counting takes longer than the search."""
    reached = characters = 0
    for start, end in spans:
        if start == end < len(octets) and 0x80 <= octets[start] < 0xC0:
            continue  # nothing at all, found within a character
        characters += len(octets[reached:start].decode("utf-8", "ignore"))
        first = characters
        characters += len(octets[start:end].decode("utf-8", "ignore"))
        reached = end
        yield first, characters


@lru_cache(maxsize=1024)
def _compiled(text: str, exact: bool) -> Any:
    if len(text) > MAX_LENGTH:
        raise BadPattern(text, f"longer than {MAX_LENGTH} characters")
    try:
        compiled = re2.compile(text, _options(exact))
        if ROOM * compiled.programsize > _PATTERN_MEMORY:
            compiled = re2.compile(text, _options(exact, ROOM * compiled.programsize))
    except (re2.error, UnicodeEncodeError) as error:
        raise BadPattern(text, _words(error)) from None
    if compiled.search(b"") and compiled.search(b"\x01"):
        raise BadPattern(text, "it matches every text, also the empty one")
    return compiled


def _options(exact: bool, memory: int = 0) -> Any:
    options = re2.Options()
    options.case_sensitive = exact
    options.log_errors = False
    # With RE2's own 8 MiB a long pattern with classes of Han letters leaves no room for its automaton, and each search
    # takes four hundred times as long.
    options.max_mem = max(_PATTERN_MEMORY, memory)
    return options


def _words(error: Exception) -> str:
    """RE2's message, which comes as octets."""
    first = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
