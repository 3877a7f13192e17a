"""How parts of an Office Open XML package find each other (ECMA-376 part 2, 9.3)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from sekisho.extract.limits import Budget
from sekisho.extract.xml import parse
from sekisho.extract.zip_archive import Archive


def relations(archive: Archive, part: str, budget: Budget) -> dict[str, tuple[str, str]]:
    """The relations of a part (ECMA-376 part 2, 9.3): by id, the last word of the type and the target's name."""
    folder, _, name = part.rpartition("/")
    content = archive.part(f"{folder}/_rels/{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(_name: str, attributes: Mapping[str, str]) -> None:
        target = attributes.get("Target", "")
        if target and attributes.get("TargetMode") != "External":
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], whole)

    if content:
        parse(content, budget, start, lambda _name: None, lambda _text: None)
    return found


def numbered(archive: Archive, pattern: str) -> Iterator[tuple[int, str]]:
    """Names that match a pattern with one number, in the number's order."""
    matches = (re.fullmatch(pattern, name) for name in archive.names)
    yield from sorted((int(found[1]), found[0]) for found in matches if found)
