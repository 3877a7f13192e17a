"""Whom a notice about a message may be sent to (RFC 3834 2, RFC 5321 4.5.5).

A notice goes to the sender of record: the authenticated user, or an envelope sender of the organisation's own. It never
answers a bounce (``<>``), another program (Auto-Submitted, Precedence) or a list, whoever claims to be one: the
postmaster is told instead. Mail whose sender is unknown, because it came from outside, is not answered either: its
reverse-path may be forged, and the notice would hit a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sekisho.core.message import Field, Path

_LIST_FIELDS = frozenset({"list-id", "list-post", "list-unsubscribe", "list-help", "list-owner"})
_BULK = frozenset({"bulk", "junk", "list"})
_ROBOT = re.compile(r"owner-.*|.*-(?:request|owner|bounces?)|mailer-daemon|no-?reply|postmaster", re.IGNORECASE)


def recipient_of_notice(
    reverse_path: Path, fields: Iterable[Field], sender_of_record: str, postmaster: str
) -> str | None:
    """The address to write to: the sender of record, else the postmaster (empty: nobody), never both."""
    instead = postmaster or None
    if reverse_path.is_null or _is_robot(reverse_path) or is_automatic(fields):
        return instead
    return sender_of_record or instead


def is_automatic(fields: Iterable[Field]) -> bool:
    """Whether the header says that a program or a list sent the message."""
    return any(_says_so(field) for field in fields)


def _says_so(field: Field) -> bool:
    key = field.key
    if key == "auto-submitted":
        return _first_word(field) != "no"
    if key == "precedence":
        return _first_word(field) in _BULK
    return key in _LIST_FIELDS


def _first_word(field: Field) -> str:
    """The value's keyword, without comments and parameters; empty where none can be read."""
    text = re.sub(r"\([^()]*\)", " ", field.value[:1000].decode("latin-1"))
    found = re.match(r"\s*([^\s;]*)", text)
    return found[1].lower() if found else ""


def _is_robot(path: Path) -> bool:
    return _ROBOT.fullmatch(path.local) is not None
