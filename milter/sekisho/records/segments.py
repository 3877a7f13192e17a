"""Reading the journal: whole lines as entries, from any position of a segment, or everything in order of time.

What is no line of ours (cut short by a full disk, of another version) is passed over.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from sekisho.records.journal import EPOCH, KEPT_DAYS, SUFFIX, VERSION

PIECE = 1 << 20
"""Octets read at once."""

_NAME = re.compile(rf"([a-z0-9]+)-([0-9]{{8}}){re.escape(SUFFIX)}")
_WORDS = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, as the journal has it; hashes are those of `sekisho.records.journal.Keyed`."""

    at: datetime
    sender: str
    subject: str
    disposition: str
    outbound: bool
    """The client is one of ours."""
    external: int
    """How many of the recipients are outside the organisation."""
    size: int
    """Octets of the body."""
    digest: str
    rules: tuple[str, ...]
    """Those that matched; ``ID:monitor`` and the like where the rule's mode is not enforce."""
    recipients: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the journal."""

    day: date
    name: str


def segments(folder: Path) -> list[Segment]:
    """All segments of a folder, the oldest first; none where there is no folder. Raises OSError."""
    if not folder.is_dir():
        return []
    found = (_NAME.fullmatch(path.name) for path in folder.iterdir())
    return sorted(Segment(_day(name[2]), name[0]) for name in found if name)


def read(folder: Path) -> Iterator[Entry]:
    """Every entry, in order of time as far as each segment is. Raises OSError."""
    for _, those in groupby(segments(folder), key=lambda segment: segment.day):
        yield from heapq.merge(*(_entries(folder / segment.name) for segment in those), key=lambda entry: entry.at)


def entries_from(path: Path, position: int) -> tuple[list[Entry], int]:
    """The entries of the whole lines from a position, about a megabyte of them, and where to go on. Raises OSError."""
    with path.open("rb") as file:
        file.seek(position)
        octets = file.read(PIECE)
    whole = octets[: octets.rfind(b"\n") + 1]
    # A line longer than a piece is none of ours: it is passed over.
    read_on = position + (len(whole) or (len(octets) if len(octets) == PIECE else 0))
    return [entry for entry in map(parse, whole.splitlines()) if entry is not None], read_on


def parse(line: bytes) -> Entry | None:
    """A line, without its end; None where it is none of ours."""
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != _WORDS or words[0] != VERSION:
        return None
    _, at, sender, subject, disposition, direction, size, digest, rules, recipients = words
    way, _, external = direction.partition(":")
    try:
        moment = EPOCH + timedelta(microseconds=int(at))
        numbers = int(external), int(size)
    except (ValueError, OverflowError):
        return None
    return Entry(
        moment, sender, subject, disposition, way == "outbound", *numbers, digest, _listed(rules),
        frozenset(_listed(recipients)),
    )  # fmt: skip


def retire(folder: Path, today: date) -> list[str]:
    """Remove the segments that are too old; gives their names. Raises OSError."""
    old = [segment.name for segment in segments(folder) if today - segment.day > timedelta(days=KEPT_DAYS)]
    for name in old:
        (folder / name).unlink(missing_ok=True)
    return old


def _entries(path: Path) -> Iterator[Entry]:
    position, before = 0, -1
    while position != before:
        before = position
        found, position = entries_from(path, position)
        yield from found


def _listed(words: str) -> tuple[str, ...]:
    return () if words == "-" else tuple(words.split(","))


def _day(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return date.min
