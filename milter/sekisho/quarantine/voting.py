"""What a yes changes in a hold: the vote itself, how far each lock is open then, and who may go. Pure.

Each recipient passes the steps of each lock by itself: a vote covers those for whom it was given. A copy may go when
every lock is open for its recipient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sekisho.core.approval import OPERATOR, SELF, Approval, roles, steps
from sekisho.core.approvers import UNASKED
from sekisho.core.lifecycle import Answer, LockEvent
from sekisho.quarantine.rights import concerned, is_past, own_step, step_of, votes_of, waiting
from sekisho.store.rows import AskRow, HoldRow


def with_votes(
    hold: HoldRow, chosen: Sequence[int], person: str, now: datetime, reason: str, new_id: Callable[[], str]
) -> HoldRow:
    """The hold with the person's yes for these recipients, wherever it counts now; unchanged if it counts nowhere."""
    asks = {ask.id: ask for ask in hold.asks}
    for number in range(len(hold.waits)):
        for way in votes_of(hold, number, person):
            found = _answered(hold, way, chosen, now, reason) if way else None
            cast = [found] if found else list(_confirmed(hold, number, chosen, person, now, reason, new_id))
            asks |= {ask.id: ask for ask in cast}
    return replace(hold, asks=tuple(asks.values()))


def progressed(hold: HoldRow, by: str, now: datetime) -> HoldRow:
    """The hold with each lock as far open as the votes allow, and the next people to be asked where one is past."""
    locks = list(hold.waits)
    for number, lock in enumerate(locks):
        left = concerned(hold, number)
        if lock.opened is not None or not left:
            continue
        if all(is_past(hold, number, ordinal) for ordinal in left):
            locks[number] = lock.after(LockEvent.AGREE, by, now)
            continue
        every = steps(lock.terms.approval)
        furthest = max(at for ordinal in left if (at := step_of(hold, number, ordinal)) < len(every))
        if furthest > lock.step:
            ask = now if must_ask(lock.terms.approval, furthest, hold.message.sender_of_record) else None
            locks[number] = replace(lock, step=furthest, ask=ask, attempts=0)
    return replace(hold, waits=tuple(locks))


def free(hold: HoldRow) -> list[int]:
    """Those who wait for nothing any more; a check afterwards keeps nobody waiting."""
    keeping = [number for number, lock in enumerate(hold.waits) if lock.terms.review is None]
    return [ordinal for ordinal in waiting(hold) if all(is_past(hold, number, ordinal) for number in keeping)]


def must_ask(approval: Approval, step: int, sender_of_record: str) -> bool:
    """Whether people have to be found for a step: not for the operator, nor first of all for a sender who is known,
    who hears of the hold anyway.
    """
    there = {OPERATOR, SELF} if step == 0 and sender_of_record else {OPERATOR}
    return not set(roles(steps(approval)[step])) <= there


def _answered(hold: HoldRow, ask: AskRow, chosen: Sequence[int], now: datetime, reason: str) -> AskRow:
    """The question answered with yes for those of the chosen who stand at its step."""
    covers = ask.covers.union(ordinal for ordinal in chosen if step_of(hold, ask.lock, ordinal) == ask.step)
    if covers == ask.covers:
        return ask
    return ask.after(Answer.YES, now, reason, covers)


def _confirmed(
    hold: HoldRow,
    number: int,
    chosen: Sequence[int],
    person: str,
    now: datetime,
    reason: str,
    new_id: Callable[[], str],
) -> Iterator[AskRow]:
    """The sender's yes, which nobody had to ask for: one for each step at which some of the chosen stand."""
    lock = hold.waits[number]
    at: dict[int, set[int]] = {}
    for ordinal in chosen:
        step = step_of(hold, number, ordinal)
        if own_step(lock, step):
            at.setdefault(step, set()).add(ordinal)
    for step, covers in at.items():
        yield AskRow(
            id=new_id(),
            lock=number,
            step=step,
            role=str(SELF),
            person=person,
            principal=person,
            why=UNASKED,
            asked=now,
        ).after(Answer.YES, now, reason, frozenset(covers))
