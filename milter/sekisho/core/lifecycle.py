"""The life of a hold as one table: which event may follow in which state, recipient by recipient.

A hold's own state is a summary of its recipients' states, never set by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class State(Enum):
    """Of one recipient of a hold; a hold itself is never ``sent``, ``deferred`` or ``bounced``."""

    HELD = "held"
    RELEASING = "releasing"
    DEFERRED = "deferred"
    SENT = "sent"
    BOUNCED = "bounced"
    RELEASED = "released"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Event(Enum):
    """What can happen to a recipient of a hold."""

    RELEASE = "release"
    """Somebody, or a timer with ``on-expiry: send``, lets it go."""
    ACCEPTED = "accepted"
    """The re-injection listener answered 2xx."""
    DELAYED = "delayed"
    """It answered 4xx, or the connection was lost."""
    REFUSED = "refused"
    """It answered 5xx."""
    REJECT = "reject"
    CANCEL = "cancel"
    EXPIRE = "expire"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.HELD, Event.RELEASE): State.RELEASING,
    (State.HELD, Event.REJECT): State.REJECTED,
    (State.HELD, Event.CANCEL): State.CANCELLED,
    (State.HELD, Event.EXPIRE): State.EXPIRED,
    (State.RELEASING, Event.ACCEPTED): State.SENT,
    (State.RELEASING, Event.DELAYED): State.DEFERRED,
    (State.RELEASING, Event.REFUSED): State.BOUNCED,
    (State.DEFERRED, Event.ACCEPTED): State.SENT,
    (State.DEFERRED, Event.DELAYED): State.DEFERRED,
    (State.DEFERRED, Event.REFUSED): State.BOUNCED,
}


class Refused(Exception):
    """The event is not legal in the state: somebody else was first."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event.value} is not possible: the state is {state.value}")
        self.state = state
        self.event = event


def after(state: State, event: Event) -> State:
    """The state that follows, or `Refused`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise Refused(state, event) from None


_SUMMARY = (
    (State.HELD, State.HELD),
    (State.RELEASING, State.RELEASING),
    (State.DEFERRED, State.RELEASING),
    (State.SENT, State.RELEASED),
    (State.BOUNCED, State.FAILED),
    (State.REJECTED, State.REJECTED),
    (State.CANCELLED, State.CANCELLED),
    (State.EXPIRED, State.EXPIRED),
)


def summary(states: Iterable[State]) -> State:
    """A hold's state: ``held`` while anything of it waits, then the first of the table that any recipient is in."""
    present = set(states)
    return next(whole for state, whole in _SUMMARY if state in present)


OPEN = frozenset({State.HELD, State.RELEASING})
"""States of a hold that the list shows unless asked for others."""
