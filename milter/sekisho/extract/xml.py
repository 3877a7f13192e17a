"""XML read event by event with expat: no tree, no entities of the file's own, nothing fetched.

Documents in Office files have no need of declared entities, so a declaration ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from xml.parsers import expat

from sekisho.extract.limits import Budget, Unreadable

_PIECE = 1 << 16

Start = Callable[[str, Mapping[str, str]], None]
"""Local name and attributes by local name."""


class _LocalNames(dict[str, str]):
    """Names without their prefixes, each worked out once a document; empty for those that nobody asks for."""

    def __init__(self, only: Collection[str] | None) -> None:
        self._only = only

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        self[name] = local = local if self._only is None or local in self._only else ""
        return local


def parse(
    data: bytes,
    budget: Budget,
    start: Start,
    end: Callable[[str], None],
    text: Callable[[str], None],
    only: Collection[str] | None = None,
) -> None:
    """Give each text and element, or ``only`` those of these names, to the callbacks. Raises `Unreadable`."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    local = _LocalNames(only)

    def opened(name: str, attributes: dict[str, str]) -> None:
        if asked := local[name]:
            start(
                asked,
                {key.rpartition(":")[2]: value for key, value in attributes.items()} if attributes else attributes,
            )

    def closed(name: str) -> None:
        if asked := local[name]:
            end(asked)

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refused
    try:
        for position in range(0, len(data), _PIECE):
            parser.Parse(data[position : position + _PIECE], False)
            budget.tick()
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Unreadable("broken") from error


def _refused(*_declaration: Any) -> None:
    raise Unreadable("broken")
