"""The tree of a message's parts and of the files in them, as ``explain`` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sekisho.cli.output import heading, say

_SHOWN = 200
"""Lines printed of one file; --json has all of them."""


def tell_tree(parts: Sequence[Mapping[str, Any]]) -> None:
    """A line a part, and below it what is in it: files, texts, what is hidden, what could not be read."""
    heading("message")
    for part in parts:
        say(f"  {part['place']}  {part['type'] or 'unknown'}, {part['octets']:,} octets")
        lines = list(_inside(part["opened"] or {}))
        for line in lines[:_SHOWN]:
            say(f"    {line}")
        if len(lines) > _SHOWN:
            say(f"    … {len(lines) - _SHOWN:,} more")


def _inside(opened: Mapping[str, Any]) -> Iterator[str]:
    for file in opened.get("files", ()):
        yield f"{file['place']}  {file['type'] or 'unknown'}"
    for text in opened.get("texts", ()):
        yield f"{text['place']}  {text['characters']:,} characters"
    for hidden in opened.get("hidden", ()):
        yield f"{hidden['place']}  hidden: {hidden['kind']}" + (f" × {hidden['count']}" if hidden["count"] > 1 else "")
    for place in opened.get("macros", ()):
        yield f"{place}  macros"
    for problem in opened.get("problems", ()):
        yield f"{problem['place']}  not read: {problem['kind']}"
