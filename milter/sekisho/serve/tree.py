"""The message as a tree of parts, files and files within files, with the places that findings name: for ``explain``.

Only what was opened anyway is shown opened: a policy that asks nothing of files is not explained by opening them.
"""

from __future__ import annotations

from typing import Any

from sekisho.core.facts import Facts
from sekisho.core.oneline import one_line
from sekisho.core.opened import Opened, within
from sekisho.core.parts import Part


def tree(facts: Facts) -> list[dict[str, Any]]:
    """Every part: place, names, type by content, octets; ``opened`` is None where nobody looked into it."""
    opened = {id(part): found for part, found in facts.opened} if facts.has_opened else {}
    return [_part(facts, part, opened.get(id(part))) for part in facts.structure.parts]


def _part(facts: Facts, part: Part, opened: Opened | None) -> dict[str, Any]:
    return {
        "place": one_line(part.place),
        "names": [one_line(name) for name in part.names],
        "type": one_line(facts.kind(part) or part.type, 80),
        "octets": part.content.size,
        "attached": part.attached,
        "opened": None if opened is None else _opened(part.place, opened),
    }


def _opened(place: str, opened: Opened) -> dict[str, Any]:
    """Places in the message, each within the file that was opened."""

    def at(inner: str) -> str:
        return one_line(within(place, inner))

    return {
        "files": [{"place": at(file.place), "type": one_line(file.type, 80)} for file in opened.files],
        "texts": [{"place": at(text.place), "characters": len(text.text)} for text in opened.texts],
        "hidden": [{"kind": one.kind, "place": at(one.place), "count": one.count} for one in opened.hidden],
        "macros": [at(macros) for macros in opened.macros],
        "problems": [{"kind": one.kind, "place": at(one.place)} for one in opened.problems],
    }
