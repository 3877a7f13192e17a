"""dangerous-attachment: a file that acts when it is opened; attachment-type-mismatch: a file that is not what it says.

Every name that any reading shows is looked at, and the content's type as the reader detects it. Kinds of danger:
``executable``, ``script``, ``shortcut``, ``macro``, ``disk-image``, and names made to deceive: ``direction-override``,
``double-extension``, ``hidden-end``. Files within files are looked at too. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.content import EMPTY
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.opened import Opened, within
from sekisho.core.parts import Part
from sekisho.inspectors import settings as base
from sekisho.inspectors.file_names import DANGERS, extensions, trick
from sekisho.inspectors.file_types import contradict, family_of_extension, family_of_type

CODES = ("dangerous-attachment", "attachment-type-mismatch")

_MACRO_MARKS = {"zip": b"vbaProject.bin", "ole": "_VBA_PROJECT".encode("utf-16-le")}


class Settings(base.Settings):
    score: float = Field(default=0.8, ge=0, le=100, description="What one dangerous file adds to a message's score")
    mismatch_score: float = Field(
        default=0.5, ge=0, le=100, description="What one file of another type than its name adds to a message's score"
    )
    allowed: frozenset[str] = Field(
        default=frozenset(), description="Extensions, without the dot, that are no danger here: [py, sh]"
    )


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding of each code a file; values: ``name``, ``type`` (detected), ``extension``, ``trick``."""
    for part in facts.structure.parts:
        if not (part.attached or part.names):
            continue
        actual = facts.kind(part)
        yield from _danger(facts, settings, part, actual)
        yield from _mismatch(facts, settings, part, actual)
    for outer, opened in facts.opened:
        for file in opened.files:
            part = Part(within(outer.place, file.place), file.names, "", EMPTY, attached=True)
            yield from _danger(facts, settings, part, file.type)
            yield from _mismatch(facts, settings, part, file.type)
        yield from _macros(facts, settings, outer, opened)


def _macros(facts: Facts, settings: Settings, outer: Part, opened: Opened) -> Iterator[Finding]:
    """Documents with macros within a file, and the file itself where its octets alone did not show them."""
    family = family_of_type(facts.kind(outer))
    known = bool(_by_name(outer, settings)[1]) or _has_macros(outer, family)
    for place in opened.macros:
        if place or not (known or _is_allowed(outer, settings)):
            part = Part(within(outer.place, place), (place,) if place else outer.names, "", EMPTY, attached=True)
            yield _finding(CODES[0], facts, part, "macro", settings.score, {"name": _name(part)})


def _danger(facts: Facts, settings: Settings, part: Part, actual: str) -> Iterator[Finding]:
    family = family_of_type(actual)
    extension, kind = _by_name(part, settings)
    if not kind and not _is_allowed(part, settings):
        kind = _by_content(part, family, actual)
    deceit = next((found for found in map(trick, part.names) if found), "")
    if kind or deceit:
        values = {
            "name": _name(part),
            "type": one_line(actual, 80),
            "extension": one_line(extension, 20),
            "trick": deceit,
        }
        yield _finding(CODES[0], facts, part, kind or deceit, settings.score, values)


def _by_name(part: Part, settings: Settings) -> tuple[str, str]:
    """The first dangerous extension of any name, and its kind."""
    for extension in extensions(part.names):
        kind = DANGERS.get(extension, "")
        if kind and extension not in settings.allowed:
            return extension, kind
    return "", ""


def _by_content(part: Part, family: str, actual: str) -> str:
    """What the content does, whatever the name. A script called .txt is read, not run."""
    if family == "script" and actual.startswith("text/"):
        return "" if "text" in map(family_of_extension, extensions(part.names)) else family
    if family in ("executable", "script", "shortcut", "disk-image"):
        return family
    return "macro" if _has_macros(part, family) else ""


def _is_allowed(part: Part, settings: Settings) -> bool:
    return bool(part.names) and all(extension in settings.allowed for extension in extensions(part.names))


def _has_macros(part: Part, family: str) -> bool:
    mark = _MACRO_MARKS.get(family)
    return mark is not None and mark in part.content.read()


def _mismatch(facts: Facts, settings: Settings, part: Part, actual: str) -> Iterator[Finding]:
    found = family_of_type(actual)
    claims = [(extension, family_of_extension(extension)) for extension in extensions(part.names)]
    if not any(family for _, family in claims):
        claims.append((part.type, family_of_type(part.type)))
    for claim, family in claims:
        if contradict(family, found):
            values = {"claimed": one_line(claim, 80), "type": one_line(actual, 80)}
            yield _finding(CODES[1], facts, part, found, settings.mismatch_score, values)
            return


def _finding(code: str, facts: Facts, part: Part, kind: str, score: float, values: dict[str, str]) -> Finding:
    return Finding(
        code, one_line(part.place), facts.everyone, kind=kind, score=score, evidence=_name(part), values=values
    )


def _name(part: Part) -> str:
    return one_line(part.names[0], 120) if part.names else ""
