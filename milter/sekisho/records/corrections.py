"""Messages that came again, corrected: found in the journal by sender and subject, told from mere repeats. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sekisho.core.outcomes import RESENT_WITHIN
from sekisho.records.journal import Keyed
from sekisho.records.segments import Entry

_SENT = frozenset({"accept", "hold"})
"""Dispositions of messages that somebody meant to send."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A hold that ended without its message being sent."""

    hold: str
    sender: str
    """The sender of record; the envelope sender where there is none."""
    subject: str
    recipients: frozenset[str]
    size: int
    """Octets of the body."""
    ended: datetime
    checksum: Callable[[], int | None]
    """Of its body (`sekisho.records.journal.checksum`); None where its content is gone."""


def corrected(entries: Iterable[Entry], stopped: Iterable[Stopped], keyed: Keyed) -> list[str]:
    """The holds whose messages came again changed, each once."""
    waiting: dict[tuple[str, str], list[Stopped]] = {}
    for one in stopped:
        waiting.setdefault((keyed.of(one.sender), keyed.subject(one.subject)), []).append(one)
    found: dict[str, None] = {}
    for entry in entries if waiting else ():
        if entry.disposition in _SENT:
            for one in waiting.get((entry.sender, entry.subject), ()):
                if one.ended < entry.at <= one.ended + RESENT_WITHIN and _is_changed(entry, one, keyed):
                    found[one.hold] = None
    return list(found)


def _is_changed(entry: Entry, one: Stopped, keyed: Keyed) -> bool:
    """Whether it is not the same message for the same people."""
    if entry.size != one.size or not {keyed.of(address) for address in one.recipients} <= entry.recipients:
        return True
    checksum = one.checksum()
    return checksum is not None and keyed.digest(checksum) != entry.digest
