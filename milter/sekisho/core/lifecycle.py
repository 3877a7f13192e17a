"""The life of a hold as one table: which event may follow in which state, of recipients, locks and questions.

A recipient's copy is let go, kept from going, sent; a lock is opened by those who agree or by its timer; whoever was
asked answers. A hold's own state is a summary of its recipients' states, never set by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar, cast


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


class Lock(Enum):
    """Of one lock: what one rule waits for."""

    SHUT = "shut"
    LATE = "late"
    """Shut although its time is over: it was kept, or others were asked."""
    OPEN = "open"


class LockEvent(Enum):
    """What can happen to a lock."""

    AGREE = "agree"
    """Enough people have said yes, for everybody whom it concerns."""
    OBJECT = "object"
    """Somebody who looks afterwards objects: there is nothing more to look at."""
    SEND = "send"
    """Its time is over and ``on-expiry`` says send."""
    KEEP = "keep"
    ESCALATE = "escalate"


class Asked(Enum):
    """Of a question to one person; its values are what is stored."""

    PENDING = ""
    APPROVED = "approve"
    """For some recipients at least."""
    REJECTED = "reject"


class Answer(Enum):
    """What somebody can say who was asked."""

    YES = "yes"
    NO = "no"


TRANSITIONS: Mapping[tuple[Enum, Enum], Enum] = {
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
    (Lock.SHUT, LockEvent.AGREE): Lock.OPEN,
    (Lock.SHUT, LockEvent.OBJECT): Lock.OPEN,
    (Lock.SHUT, LockEvent.SEND): Lock.OPEN,
    (Lock.SHUT, LockEvent.KEEP): Lock.LATE,
    (Lock.SHUT, LockEvent.ESCALATE): Lock.LATE,
    (Lock.LATE, LockEvent.AGREE): Lock.OPEN,
    (Lock.LATE, LockEvent.OBJECT): Lock.OPEN,
    (Asked.PENDING, Answer.YES): Asked.APPROVED,
    (Asked.PENDING, Answer.NO): Asked.REJECTED,
    (Asked.APPROVED, Answer.YES): Asked.APPROVED,
    (Asked.APPROVED, Answer.NO): Asked.REJECTED,
}
"""What is not in it is refused. A lock whose time was put off is shut again; a yes may grow, or become a no for the
recipients that still wait.
"""

S = TypeVar("S", State, Lock, Asked)


class Refused(Exception):
    """The event is not legal in the state: somebody else was first."""

    def __init__(self, state: Enum, event: Enum) -> None:
        super().__init__(f"{event.value} is not possible: the state is {state.value or 'pending'}")
        self.state = state
        self.event = event


def after(state: S, event: Enum) -> S:
    """The state that follows, or `Refused`."""
    try:
        return cast(S, TRANSITIONS[state, event])
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


WHOLE = tuple(dict.fromkeys(whole for _, whole in _SUMMARY))
"""The states that a hold can have."""

OPEN = frozenset({State.HELD, State.RELEASING})
"""States of a hold that the list shows unless asked for others."""
