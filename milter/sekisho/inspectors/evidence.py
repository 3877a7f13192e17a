"""Evidence fit for a notice: short, one line, what is personal in it masked.

Text that people see beside a finding comes from the message, so it may hold anything: control characters and bidi
overrides are taken out, long numbers and mail addresses lose their middle.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sekisho.core.facts import Facts
from sekisho.core.oneline import one_line
from sekisho.core.opened import FileText, within
from sekisho.core.prose import Prose, Voice

CONTEXT = 14
"""Characters shown on either side of what was found."""
SHOWN = 60
"""Longest text shown of what was found itself."""
_AT_ONCE = 1 << 16
"""Characters of texts that are looked at together."""
OCCURRENCES = 20_000
"""What is looked at of one kind in one place; no finding needs more."""

_NUMBER = re.compile(r"\d(?:[ .()-]?\d){4,}")
_DIGIT = re.compile(r"\d")
_FORM = re.compile(r"(?<=body)(?:\([\w.+-]{1,40}\))?(?:#\d{1,4})?$")
_LOCAL = re.compile(r"[\w.+-]{1,64}@")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text in which words are looked for: a subject, a part's text, the name of a file."""

    place: str
    text: str
    prose: Prose | None = None
    whole: bool = False
    """All of it counts, whoever speaks: a file."""
    found: FileText | None = None
    """The text of an opened file that it is."""

    @property
    def group(self) -> str:
        """The place without which of several forms of one text it is: ``body`` for ``body(html)``."""
        return _FORM.sub("", self.place)

    def where(self, offset: int) -> str:
        """The place of this character: with a line for a part's text, with a cell for a sheet's."""
        if self.found is not None:
            return one_line(self.place + self.found.spot(offset))
        return self.prose.where(offset) if self.prose else self.place

    def lines(self, voices: frozenset[Voice]) -> Iterator[tuple[int, str]]:
        """Offset and text of each line in one of these voices."""
        return self.prose.lines(voices) if self.prose else iter(())

    def counts(self, offset: int, voices: frozenset[Voice]) -> bool:
        """Whether what stands here is said in one of these voices; subjects and names always are."""
        return self.prose is None or self.whole or self.prose.voice(offset) in voices


def passages(facts: Facts) -> Sequence[Passage]:
    """What people read: subjects, texts, what is in attached files, and the names of all files. Raises `Unavailable`
    where a file would have to be opened and none can be."""
    return facts.derived(_passages)


def _passages(facts: Facts) -> tuple[Passage, ...]:
    return tuple(_all_passages(facts))


def _all_passages(facts: Facts) -> Iterator[Passage]:
    for subject in facts.subjects:
        yield Passage("header:Subject", subject)
    yield from _texts(facts)
    yield from text_file_passages(facts)
    for part in facts.attachments:
        for name in part.names:
            yield Passage(one_line(part.place), name)
    yield from file_passages(facts)


def text_file_passages(facts: Facts) -> Iterator[Passage]:
    """Attached files that are text themselves."""
    for text in facts.attached_texts:
        yield Passage(one_line(text.place), text.text, Prose(text), whole=True)


def file_passages(facts: Facts) -> Iterator[Passage]:
    """Texts and names in the files that had to be opened. Raises `Unavailable`."""
    for part, opened in facts.opened:
        for found in opened.texts:
            yield Passage(one_line(within(part.place, found.place)), found.text, whole=True, found=found)
        for file in opened.files:
            for name in file.names:
                yield Passage(one_line(within(part.place, file.place)), name)


def nowhere(facts: Facts, found: Callable[[str], bool]) -> bool:
    """Whether one look at subjects, texts and names of files together says that there is nothing, as in most mail.

    ``found`` must be true of texts set one below the other, an empty line between them, wherever it is of one.
    """
    text = facts.derived(_together)
    return len(text) <= _AT_ONCE and not found(text)


def _together(facts: Facts) -> str:
    names = (name for part in facts.attachments for name in part.names)
    return "\n\n".join([*facts.subjects, *(prose.text for prose in facts.prose), *names])


def own_texts(facts: Facts) -> Sequence[Passage]:
    """The texts of the message itself, without those of messages within it."""
    return facts.derived(_own_texts)


def _own_texts(facts: Facts) -> tuple[Passage, ...]:
    return tuple(passage for passage in _texts(facts) if not passage.place.startswith("attachment:"))


def _texts(facts: Facts) -> Sequence[Passage]:
    return facts.derived(_all_texts)


def _all_texts(facts: Facts) -> tuple[Passage, ...]:
    return tuple(Passage(one_line(prose.place), prose.text, prose) for prose in facts.prose)


def snippet(text: str, start: int, end: int) -> str:
    """What was found, with a little of its line on both sides, masked."""
    left = max(text.rfind("\n", max(0, start - CONTEXT), start) + 1, start - CONTEXT, 0)
    right = text.find("\n", end, end + CONTEXT)
    right = min(end + CONTEXT, len(text)) if right < 0 else right
    before, found, after = text[left:start], text[start : min(end, start + SHOWN)], text[end:right]
    cut_before = "…" if left and text[left - 1] != "\n" else ""
    cut_after = "…" if right < len(text) and text[right] not in "\r\n" else ""
    return cut_before + masked(one_line(before + found + after)).strip() + cut_after


def masked(text: str) -> str:
    """Numbers of five digits or more keep their last two; mail addresses keep the first letter."""
    shorter = _LOCAL.sub(lambda found: found[0][0] + "***@", text)
    return _NUMBER.sub(lambda found: masked_number(found[0], 2), shorter)


def masked_number(text: str, kept: int) -> str:
    """Every digit but the last ``kept`` as a star; what stands between digits stays."""
    hidden = sum(map(str.isdigit, text)) - kept
    return _DIGIT.sub("*", text, hidden) if hidden > 0 else text


def first(found: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """As many as anybody needs."""
    return islice(found, OCCURRENCES)
