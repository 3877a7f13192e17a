"""A site's own form of a notice: text with placeholders, read and checked before anybody is written to. Pure.

The first line is ``Subject: …``, an empty one follows. ``{sender}`` and the like stand within a line; ``{why}`` and
the other blocks stand on a line of their own and are left out where there is nothing to say. ``{{`` and ``}}`` are
braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

KINDS = frozenset(
    {
        "held",
        "expiring",
        "released",
        "rejected",
        "cancelled",
        "expired",
        "undeliverable",
        "refused",
        "rule",
        "warned",
        "approve",
        "reminder",
        "decided",
        "review",
        "objected",
        "digest",
        "heartbeat",
        "unanswered",
    }
)
"""The notices there are. To the sender: the first eight, ``warned`` and ``objected``. To whom a rule names: ``rule``.
To operators: ``heartbeat``. To whoever answered by mail in vain: ``unanswered``. To approvers: the rest."""

CHOOSING = frozenset({"held", "expiring", "approve", "reminder"})
"""Those in which something is to be chosen: they say how."""

WORDS = frozenset(
    "lead subject sender rule ref code link contact deadline received count actor comment".split()  # noqa: SIM905
)
BLOCKS = frozenset("decision why waiting gone explanation do otherwise items state foot".split())  # noqa: SIM905

_MARK = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SUBJECT = "Subject: "


@dataclass(frozen=True, slots=True)
class Letter:
    """A form without flaws."""

    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, and where; both from 1."""

    line: int
    column: int
    width: int
    message: str


def read_letter(kind: str, lines: Sequence[str]) -> tuple[Letter, tuple[Flaw, ...]]:
    """The form, and everything that is wrong with it; it may be used if nothing is."""
    subject = lines[0].removeprefix(_SUBJECT) if lines else ""
    body = list(lines[1:])
    while body and not body[-1].strip():
        body.pop()
    return Letter(subject, tuple(body[1:])), tuple(_flaws(kind, lines, body))


def block_of(line: str) -> str:
    """The block that stands on a line; empty for a line of text."""
    found = _MARK.fullmatch(line.strip())
    return found[1] if found and found[1] in BLOCKS else ""


def filled(line: str, values: Mapping[str, str]) -> str:
    """A line of text with its values."""
    return _MARK.sub(lambda found: values.get(found[1], "") if found[1] else found[0][0], line)


def _flaws(kind: str, lines: Sequence[str], body: Sequence[str]) -> Iterator[Flaw]:
    if not lines or not lines[0].startswith(_SUBJECT) or not lines[0].removeprefix(_SUBJECT).strip():
        yield Flaw(1, 1, 1, "the first line is the subject: write `Subject: …`")
    if not body or body[0].strip():
        yield Flaw(2, 1, 1, "an empty line stands between the subject and the text")
    for number, line in enumerate(lines, 1):
        yield from _misplaced(number, line)
    if kind in CHOOSING and not any(block_of(line) == "do" for line in body):
        yield Flaw(1, 1, 1, "nobody learns what can be done: put `{do}` on a line of its own")


def _misplaced(number: int, line: str) -> Iterator[Flaw]:
    for found in _MARK.finditer(line):
        name, column, width = found[1], found.start() + 1, len(found[0])
        if name is None and len(found[0]) == 1:
            yield Flaw(number, column, width, f"a single brace: write it twice, {found[0] * 2}")
        elif name in BLOCKS and (number == 1 or not block_of(line)):
            yield Flaw(number, column, width, f"{{{name}}} must stand on a line of its own in the text")
        elif name is not None and name not in WORDS | BLOCKS:
            known = ", ".join(sorted(WORDS | BLOCKS))
            yield Flaw(number, column, width, f"unknown placeholder {{{name}}}; there are {known}")
