"""Which thread a message is in, by the Message-IDs that its header names (RFC 5322 3.6.4). Pure; never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sekisho.core.message import Field

MOST = 100
"""Message-IDs of one message that are looked at: the first and the last of many."""

_ID = re.compile(rb"<[\x21-\x3b=\x3f-\x7e]{1,250}>")
_KEYS = ("references", "in-reply-to")


def answered(fields: Iterable[Field]) -> tuple[str, ...]:
    """The messages that this one answers, the first of the thread first; none where it begins one."""
    named = [field for field in fields if field.key in _KEYS]
    return _few([found for key in _KEYS for field in named if field.key == key for found in _ids(field)])


def thread_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """What an answer in the same thread names: the thread's first message, and this one."""
    before = answered(fields)[:1]
    own = _few([found for field in fields if field.key == "message-id" for found in _ids(field)])[:1]
    return tuple(dict.fromkeys((*before, *own)))


def _ids(field: Field) -> list[str]:
    return [found.decode("ascii") for found in _ID.findall(field.value)]


def _few(ids: list[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(ids))
    return found if len(found) <= MOST else (*found[:1], *found[1 - MOST :])
