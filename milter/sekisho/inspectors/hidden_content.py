"""hidden-content: an attached file holds something that its reader does not see at once.

Kinds: ``sheet``, ``row``, ``column``, ``slide``, ``comment``, ``tracked-change``, ``note``, ``hidden-text``, and
``property`` (author, company, keywords and the like), which almost every document has: it counts only where the
settings name it. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.opened import Hidden, Opened, within
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import SHOWN, masked

CODES = ("hidden-content",)

Kind = Literal["sheet", "row", "column", "slide", "comment", "tracked-change", "note", "hidden-text", "property"]
_USUAL: tuple[Kind, ...] = ("sheet", "row", "column", "slide", "comment", "tracked-change", "note", "hidden-text")


class Settings(base.Settings):
    score: float = Field(default=0.3, ge=0, le=100, description="What one finding adds to a message's score")
    kinds: frozenset[Kind] = Field(default=frozenset(_USUAL), description="What is looked for; `property` may be added")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each kind and sheet, page or part of a document; count: how many such things stand there."""
    for part, opened in facts.opened:
        for things in _together(opened, settings.kinds):
            first = things[0]
            yield Finding(
                CODES[0],
                one_line(within(part.place, first.place)),
                facts.everyone,
                kind=first.kind,
                count=sum(thing.count for thing in things),
                score=settings.score,
                evidence=masked(one_line(first.text, SHOWN)),
                values={"name": one_line(part.names[0], 120) if part.names else ""},
            )


def _together(opened: Opened, kinds: frozenset[Kind]) -> Iterator[list[Hidden]]:
    """What is hidden, by kind and by the place in which the cells stand."""
    found: dict[tuple[str, str], list[Hidden]] = {}
    for thing in opened.hidden:
        if thing.kind in kinds:
            found.setdefault((thing.kind, thing.place.partition("!")[0]), []).append(thing)
    yield from found.values()
