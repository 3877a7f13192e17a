"""What distinguishes the kinds of notices: what they list, what their reader can do, whether anything waits still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.core.actions import OnExpiry
from sekisho.notices.facts import Notice


@dataclass(frozen=True, slots=True)
class Shape:
    """What distinguishes one kind of notice."""

    listing: str
    """Heading of the recipients it is about."""
    do: str
    """What its reader can do."""
    is_open: bool = False
    """Whether something still waits, and so something happens if nobody does anything."""


SHAPES: Mapping[str, Shape] = {
    "held": Shape("waiting", "contact", is_open=True),
    "expiring": Shape("waiting", "contact", is_open=True),
    "released": Shape("sent", "nothing"),
    "rejected": Shape("not-sent", "resend"),
    "objected": Shape("concerned", "nothing"),
    "cancelled": Shape("not-sent", "resend"),
    "expired-return": Shape("not-sent", "resend"),
    "expired-send": Shape("sent", "nothing"),
    "expired-keep": Shape("waiting", "contact", is_open=True),
    "undeliverable": Shape("not-sent", "check"),
    "refused": Shape("not-sent", "resend"),
    "rule": Shape("concerned", "nothing"),
    "warned-refused": Shape("sent", "warned"),
    "warned-held": Shape("sent", "warned"),
    "warned-changed": Shape("sent", "warned"),
    "approve": Shape("waiting", "contact.approver", is_open=True),
    "reminder": Shape("waiting", "contact.approver", is_open=True),
    "decided": Shape("concerned", "nothing"),
    "review": Shape("sent", "review"),
    "unanswered": Shape("concerned", "again"),
}
DECIDING = frozenset({"approve", "reminder"})
ASKING = DECIDING | {"review"}
TO_APPROVER = ASKING | {"decided"}
_WARNINGS = frozenset({"refused", "held", "changed"})


def variant_of(notice: Notice) -> str:
    """``expired`` has a text of its own for each thing that happens then, ``warned`` for each that would have."""
    if notice.kind == "warned":
        return f"warned-{notice.facts.outcome if notice.facts.outcome in _WARNINGS else 'held'}"
    if notice.kind == "expired":
        fate = notice.facts.on_expiry
        return f"expired-{(OnExpiry.KEEP if fate is OnExpiry.ESCALATE else fate).value}"
    return notice.kind
