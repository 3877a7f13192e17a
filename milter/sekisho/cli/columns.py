"""Text in columns of a terminal: East Asian wide characters take two, combining ones none (UAX #11)."""

from __future__ import annotations

import unicodedata

_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})


def width(text: str) -> int:
    """How many columns a text takes."""
    return sum(map(_of_one, text))


def fit(text: str, columns: int) -> str:
    """The text in exactly so many columns: cut with ``…``, or filled up with blanks."""
    taken = width(text)
    if taken <= columns:
        return text + " " * (columns - taken)
    kept, room = "", columns - 1
    for one in text:
        if _of_one(one) > room:
            break
        kept += one
        room -= _of_one(one)
    return f"{kept}…{' ' * room}" if columns > 0 else ""


def _of_one(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
