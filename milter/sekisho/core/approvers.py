"""What `core.search` is given and gives: a hold and a site; whom to ask, who could not be found, and why (codes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sekisho.core.people import People

NO_SENDER = "no-sender"
NO_MANAGER = "no-manager"
NO_PEERS = "no-peers"
NO_CC_APPROVER = "no-cc-approver"
NO_GROUP = "unknown-group"
EMPTY_GROUP = "empty-group"
OWN_MAIL = "own-mail"
EXTERNAL = "external"
ABSENT = "absent"
DEPUTY_LOOP = "deputy-loop"
AWAY = "directory-away"
TOO_FEW = "too-few"
ESCALATED = "escalated"
UNANSWERED = "unanswered"
UNREACHED = "unreached"
"""The request could not be delivered."""
UNASKED = "unasked"
"""Of a sender who confirms without having been asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to ask."""

    role: str
    """As the step spells it, or one of `core.approval.STAND_INS`."""
    person: str
    principal: str
    """For whom: the person, or the one whose deputy the person is."""
    why: str = ""
    """Why this one: empty for those whom the step names, else a code of this module."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who should have been asked and cannot be."""

    role: str
    why: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom to ask, and who could not be found."""

    asked: tuple[Asked, ...]
    missing: tuple[Missing, ...] = ()
    enough: bool = True
    """Whether the step opens if everybody agrees who is asked now, or was before."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of the hold."""

    serial: str
    """The hold's id; chooses among many peers."""
    sender: str
    """The sender of record; empty where nobody is known."""
    among: tuple[str, ...]
    """Internal addresses among the message's recipients."""
    at: datetime
    unreached: frozenset[str] = frozenset()
    """To whom no request about it could be delivered; their deputies are asked, as of people who are away."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a site asks."""

    people: People
    is_external: Callable[[str], bool]
    """Whether an address is outside the organisation."""
    fallback: tuple[str, ...]
    last: str
    """The postmaster."""
