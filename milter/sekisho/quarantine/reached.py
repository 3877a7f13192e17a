"""Whether a request reaches the person who is asked.

With the MTA's 250 the time to answer begins; where the MTA refuses it, or it is given up, somebody else is to be asked.
What happens after that 250 nobody tells us: a notice has the null reverse-path, and nothing comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sekisho.core.lifecycle import State
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.rights import is_same
from sekisho.store import holds
from sekisho.store.rows import AskRow, HoldRow, WaitRow
from sekisho.store.unit import Unit

FIRST = frozenset({"approve", "review"})
"""Notices that ask."""
TO_APPROVER = FIRST | {"reminder"}
"""Notices that ask for an approver's choice."""


def reached(unit: Unit, hold_id: str, person: str, now: datetime, desk: Desk) -> None:
    """The MTA has taken the request: the person's time begins, for all that was asked by it."""
    hold = holds.load(unit, hold_id)
    if hold is None or not _is_open(hold):
        return

    def told(ask: AskRow) -> AskRow:
        due = desk.next_look(now, hold.waits[ask.lock].terms)
        return replace(ask, told=now, due=due)

    after = _changed(hold, person, told, lambda ask: ask.told is None)
    if after != hold:
        holds.save(unit, hold, after)


def unreached(unit: Unit, hold_id: str, person: str, now: datetime) -> None:
    """The request has reached nobody: others are to be asked now."""
    hold = holds.load(unit, hold_id)
    if hold is None or not _is_open(hold):
        return
    after = _changed(hold, person, lambda ask: replace(ask, unreached=now, due=None), lambda _: True)
    lost = {ask.lock for ask in after.asks if ask not in hold.asks and ask.step == after.waits[ask.lock].step}
    waits = tuple(_asking(lock, now) if number in lost else lock for number, lock in enumerate(after.waits))
    if lost:
        holds.save(unit, hold, replace(after, waits=waits))


def _is_open(hold: HoldRow) -> bool:
    """Whether anybody's answer matters still."""
    return hold.state is State.HELD or hold.passed


def _changed(
    hold: HoldRow, person: str, change: Callable[[AskRow], AskRow], concerns: Callable[[AskRow], bool]
) -> HoldRow:
    """The hold with the person's open questions changed."""

    def changed(ask: AskRow) -> AskRow:
        is_open = is_same(ask.person, person) and ask.unreached is None and hold.is_pending(ask)
        return change(ask) if is_open and concerns(ask) else ask

    return replace(hold, asks=tuple(map(changed, hold.asks)))


def _asking(lock: WaitRow, now: datetime) -> WaitRow:
    return lock if lock.opened is not None else replace(lock, ask=now, attempts=0)
