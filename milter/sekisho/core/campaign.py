"""Which messages are one campaign: alike in sender and List-Id, or sender and subject template, held by the same rules.

A decision about a campaign is for those still to come too, as far as they show nothing that was not known when it was
made: `widest` sums up what is known, and `covers` says whether a message shows more. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sekisho.core.alike import subject_template
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding, kind_of

_LIST_ID = re.compile(rb"<([^<>]{1,255})>\s*\Z")
_FEW = 3
"""Visible recipients up to which their names may be the reader's own, within a subject."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """To what a deposit belongs."""

    key: str
    """64 hexadecimal digits, equal for messages that are alike."""
    within: timedelta
    """For so long after its first message others join it."""


Widest = Mapping[str, int]
"""The largest count of each kind of finding, by `sekisho.core.finding.kind_of`."""


def campaign_key(facts: Facts, rules: Iterable[str]) -> str:
    """Equal for messages that are alike."""
    sender = facts.sender_of_record or facts.transaction.sender.address
    pieces = [sender.lower(), *sorted(rules), *_likeness(facts)]
    digest = hashlib.sha256()
    for piece in pieces:
        octets = piece.encode("utf-8", "surrogateescape")
        digest.update(b"%d:%b" % (len(octets), octets))
    return digest.hexdigest()


def _likeness(facts: Facts) -> tuple[str, str]:
    """What else must be equal: List-Id where there is one (RFC 2919), else the subject without its reader."""
    for field in facts.named("list-id"):
        found = _LIST_ID.search(field.value.strip())
        if found:
            return "list", found[1].decode("latin-1").lower()
    readers = facts.visible if len(facts.visible) <= _FEW else ()
    names = [name for box in readers for name in (box.name, box.local)]
    return "subject", subject_template(facts.subjects[0] if facts.subjects else "", names)


def widest(findings: Iterable[Finding]) -> dict[str, int]:
    """What a message shows."""
    found: dict[str, int] = {}
    for finding in findings:
        name = kind_of(finding)
        found[name] = max(found.get(name, 0), finding.count)
    return found


def covers(known: Widest, shown: Widest) -> bool:
    """Whether a message shows nothing, and no more of anything, than is known."""
    return all(count <= known.get(name, 0) for name, count in shown.items())


def together(known: Widest, shown: Widest) -> dict[str, int]:
    """What is known when a message more is."""
    return {**known, **{name: max(count, known.get(name, 0)) for name, count in shown.items()}}
