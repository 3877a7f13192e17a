"""What one person may do with a hold, in the order in which it is shown: asked by decide, page, notices and CLI alike.

The sender of record has what the rules offer, and a yes where the rule says `self`. Whoever was asked and has not
answered for everybody may also reject and approve; the safest stands first. For what has gone already and is to be
checked these mean to object, and that all is well. Nobody else has any right; the operator's
own are not looked up here (`Choice.RELEASE` is an override).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from sekisho.core.approval import SELF, Vote, roles, standing, steps
from sekisho.core.lifecycle import State
from sekisho.quarantine.fixes import possible
from sekisho.store.rows import AskRow, HoldRow, WaitRow


class Choice(Enum):
    """What somebody may want of a hold."""

    RELEASE = "release"
    """Open all locks, whoever they wait for: the operator's override."""
    APPROVE = "approve"
    """One person's yes."""
    REJECT = "reject"
    CANCEL = "cancel"
    ENVELOPE_ONLY = "envelope-only"
    DROP_RECIPIENT = "drop-recipient"
    DROP_ATTACHMENT = "drop-attachment"
    SEND_WITH_REASON = "send-with-reason"
    """A yes that needs a reason."""


_NEVER_SENT = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED})
APPROVE = "approve"
REJECT = "reject"
FIXES = frozenset({Choice.ENVELOPE_ONLY, Choice.DROP_ATTACHMENT})
"""Choices that change the message; by themselves they open no lock."""
_OFFERED = {choice.value: choice for choice in (*FIXES, Choice.DROP_RECIPIENT, Choice.SEND_WITH_REASON, Choice.CANCEL)}
"""What can be done of all that a rule can offer."""
_YES = (Choice.SEND_WITH_REASON, Choice.APPROVE)


def rights(hold: HoldRow, person: str) -> tuple[Choice, ...]:
    """What the person may choose now, in order of display; empty for everybody whom it does not concern."""
    if not person:
        return ()
    if hold.state is not State.HELD:
        return (Choice.REJECT, Choice.APPROVE) if any(True for _ in asked_of(hold, person)) else ()
    is_sender = is_same(person, hold.message.sender_of_record)
    yes = any(votes_of(hold, number, person) for number in range(len(hold.waits)))
    asked = any(True for _ in asked_of(hold, person))
    offers = list(_offers(hold)) if is_sender or asked else []
    found = [Choice.REJECT] if asked else []
    found += [offer for offer in offers if yes or offer not in _YES]
    if yes and not (is_sender and Choice.SEND_WITH_REASON in offers):
        found.append(Choice.APPROVE)
    return tuple(found)


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one person's, as far as letter case goes."""
    return bool(one) and one.lower() == other.lower()


def waiting(hold: HoldRow) -> list[int]:
    """The ordinals of those who still wait."""
    return [ordinal for ordinal, person in enumerate(hold.recipients) if person.state is State.HELD]


def concerned(hold: HoldRow, number: int) -> list[int]:
    """For whom a lock matters still: those who wait, or everybody whose copy is to be checked."""
    if hold.waits[number].terms.review is None:
        return waiting(hold)
    gone = (ordinal for ordinal, person in enumerate(hold.recipients) if person.state not in _NEVER_SENT)
    return list(gone)


def votes(hold: HoldRow, number: int) -> list[Vote]:
    """Every yes to one lock so far."""
    return [
        Vote(ask.step, ask.role, ask.person.lower(), ask.principal.lower(), ask.covers)
        for ask in hold.asks
        if ask.lock == number and ask.answer == APPROVE
    ]


def step_of(hold: HoldRow, number: int, recipient: int) -> int:
    """The step of a lock at which a recipient's copy stands; as many as it has steps if it is past the last."""
    lock = hold.waits[number]
    every = steps(lock.terms.approval)
    return len(every) if lock.opened is not None else standing(lock.terms.approval, votes(hold, number), recipient)


def is_past(hold: HoldRow, number: int, recipient: int) -> bool:
    """Whether a lock is open for a recipient."""
    return step_of(hold, number, recipient) >= len(steps(hold.waits[number].terms.approval))


def asked_of(hold: HoldRow, person: str) -> Iterator[AskRow]:
    """What the person was asked and can still answer, for somebody who waits."""
    for ask in hold.asks:
        if is_same(person, ask.person) and ask.answer != REJECT and _concerned(hold, ask.lock, ask.step, ask.covers):
            yield ask


def votes_of(hold: HoldRow, number: int, person: str) -> list[AskRow | None]:
    """The ways in which the person can say yes to a lock now; None is that of a sender whom nobody had to ask."""
    ways: list[AskRow | None] = [ask for ask in asked_of(hold, person) if ask.lock == number]
    if not ways and is_same(person, hold.message.sender_of_record) and _may_confirm(hold, number):
        ways.append(None)
    return ways


def own_step(lock: WaitRow, at: int) -> bool:
    """Whether a step of a lock may be opened by the sender."""
    every = steps(lock.terms.approval)
    return at < len(every) and SELF in roles(every[at])


def _may_confirm(hold: HoldRow, number: int) -> bool:
    lock = hold.waits[number]
    return any(own_step(lock, step_of(hold, number, ordinal)) for ordinal in concerned(hold, number))


def _concerned(hold: HoldRow, number: int, step: int, covered: Iterable[int]) -> bool:
    done = frozenset(covered)
    return any(step_of(hold, number, ordinal) == step for ordinal in concerned(hold, number) if ordinal not in done)


def _offers(hold: HoldRow) -> Iterator[Choice]:
    """What the rules of the locks that are still shut offer, each once, as far as the message allows it."""
    offered = (offer for lock in hold.waits if lock.opened is None for offer in lock.terms.offer)
    found = (_OFFERED[offer] for offer in dict.fromkeys(offered) if offer in _OFFERED)
    return (choice for choice in found if _is_possible(hold, choice))


def _is_possible(hold: HoldRow, choice: Choice) -> bool:
    if choice is Choice.DROP_RECIPIENT:
        return not hold.members
    return choice not in FIXES or possible(hold, choice.value)
