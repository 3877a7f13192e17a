"""dictionary-word: one of the site's own words stands in a subject, a text, a file or its name.

Kind is the dictionary's name. Words are counted once a place; quoted text, signatures and disclaimers count only where
the settings say so. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.ports import Hit
from sekisho.core.prose import EVERYTHING, SENT
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import OCCURRENCES, Passage, nowhere, passages, snippet

CODES = ("dictionary-word",)


class Settings(base.Settings):
    quoted: bool = Field(default=False, description="Look at quoted text, signatures and disclaimers too")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each dictionary and place; values: ``dictionary``, ``word`` (the first), ``words`` (how many)."""
    for name, dictionary in facts.dictionaries.items():
        if not facts.has_texts_in_files and nowhere(facts, dictionary.may_hit):
            continue
        found: dict[str, dict[str, tuple[Passage, Hit]]] = {}
        for passage in passages(facts):
            for hit in _hits(facts, name, passage, settings):
                found.setdefault(passage.group, {}).setdefault(hit.word, (passage, hit))
        for words in found.values():
            passage, hit = min(words.values(), key=lambda pair: pair[1].start)
            yield Finding(
                CODES[0],
                passage.where(hit.start),
                facts.everyone,
                kind=name,
                count=len(words),
                score=settings.score,
                evidence=snippet(passage.text, hit.start, hit.end),
                values={"dictionary": name, "word": one_line(hit.word, 60), "words": len(words)},
            )


def _hits(facts: Facts, name: str, passage: Passage, settings: Settings) -> Iterator[Hit]:
    voices = EVERYTHING if settings.quoted else SENT
    hits = (hit for hit in facts.dictionaries[name].hits(passage.text) if passage.counts(hit.start, voices))
    return islice(hits, OCCURRENCES)
