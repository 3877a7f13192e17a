"""unrendered-merge-field: a placeholder that a mailer or a hurried writer did not fill in.

Looked for in subjects, the author's display name and what was written now (signature and disclaimer included: templates
have placeholders there too). Kind is the syntax, see `sekisho.inspectors.merge_fields`. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.prose import Voice
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import Passage, nowhere, own_texts, snippet
from sekisho.inspectors.merge_fields import Placeholder, may_hold_any, placeholders

CODES = ("unrendered-merge-field",)

_VOICES = frozenset({Voice.NEW, Voice.SIGNATURE, Voice.DISCLAIMER})


class Settings(base.Settings):
    score: float = Field(default=0.7, ge=0, le=100, description="What one finding adds to a message's score")
    ignore: frozenset[str] = Field(
        default=frozenset(), description="Placeholders, as they are written, that are none here: ['{{unsubscribe}}']"
    )


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each place and syntax; values: ``field`` (the first), ``fields`` (how many different ones)."""
    found: dict[tuple[str, str], dict[str, tuple[Passage, Placeholder]]] = {}
    for passage in _passages(facts):
        for one in placeholders(passage.text):
            written = passage.text[one.start : one.end]
            if passage.counts(one.start, _VOICES) and written not in settings.ignore:
                found.setdefault((passage.group, one.kind), {}).setdefault(written, (passage, one))
    for (_, kind), fields in found.items():
        passage, one = min(fields.values(), key=lambda pair: pair[1].start)
        written = one_line(passage.text[one.start : one.end], 60)
        yield Finding(
            CODES[0],
            passage.where(one.start),
            facts.everyone,
            kind=kind,
            count=len(fields),
            score=settings.score,
            evidence=snippet(passage.text, one.start, one.end),
            values={"field": written, "fields": len(fields)},
        )


def _passages(facts: Facts) -> Iterator[Passage]:
    for author in facts.authors:
        yield Passage("header:From", author.name)
    if nowhere(facts, may_hold_any):
        return
    for subject in facts.subjects:
        yield Passage("header:Subject", subject)
    yield from own_texts(facts)
