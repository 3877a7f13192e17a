"""Asking people about holds: who is asked first, who is reminded, and who is asked when nobody answers.

Given what a site knows of its people. What `rounds` found out is committed only if the hold is still as it was. Whoever
cannot be found, or is not reached, is said in the audit, and by an alarm where somebody else had to be asked instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sekisho.core.approvers import ESCALATED, UNANSWERED, Asked, Found
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.notify import ask_person
from sekisho.quarantine.rounds import Round, is_lost, round_of
from sekisho.quarantine.watch import Watch
from sekisho.store import Store, holds, locks
from sekisho.store.rows import AskRow, HoldRow, WaitRow
from sekisho.store.unit import Entry, Unit, View

BATCH = 200
_ROLE = "release"


def ask_due(store: Store, desk: Desk, now: datetime, watch: Watch) -> int:
    """Ask, remind and escalate wherever it is time, at most `BATCH` holds; gives how many changed."""

    def due(view: View) -> list[str]:
        return [*locks.due_questions(view, now, BATCH), *locks.due_asks(view, now, BATCH)]

    changed = 0
    for hold_id in dict.fromkeys(store.read(due)):
        try:
            changed += ask(store, desk, hold_id, now, watch)
        except Exception as error:
            watch.alarmed("ask", hold_id, f"{type(error).__name__}: {error}")
    return changed


def ask(store: Store, desk: Desk, hold_id: str, now: datetime, watch: Watch) -> bool:
    """Do what is due for one hold; whether it changed. One that changed meanwhile is left for the next look."""
    hold = store.read(lambda view: holds.load(view, hold_id))
    if hold is None:
        return False
    rounds = [round_of(hold, number, desk, now) for number in range(len(hold.waits))]
    if not store.write(partial(_commit, hold=hold, rounds=rounds, desk=desk, now=now)):
        return False
    for one in rounds:
        _say(watch, hold, one)
    return True


def _commit(unit: Unit, hold: HoldRow, rounds: Sequence[Round], desk: Desk, now: datetime) -> bool:
    """Write it down and tell those who are asked; nothing if the hold is not as it was any more."""
    current = holds.load(unit, hold.id)
    if current is None or current.version != hold.version:
        return False
    asks = [ask for one in rounds for ask in one.asks]
    reached = [ask for ask in asks if current.is_pending(ask) and not is_lost(ask)]
    told = frozenset(ask.person for ask in reached if ask.told is not None)
    new: list[AskRow] = []
    for number, one in enumerate(rounds):
        people = one.found.asked if one.found else ()
        questions = [_question(unit.new_id(), number, one.lock, person, now) for person in people]
        new += [_told(ask, one.lock, desk, now) if ask.person in told else ask for ask in questions]
    saved = holds.save(unit, current, replace(current, waits=tuple(one.lock for one in rounds), asks=(*asks, *new)))
    for one in rounds:
        if one.found is not None:
            unit.record(Entry(now, "", _ROLE, "asked", hold.id, details=_details(one.lock, one.found)))
    for ask in _first_of_each(new, reached):
        to_check = saved.waits[ask.lock].terms.review is not None
        _send(unit, "review" if to_check else "approve", saved, ask, rounds[ask.lock], desk, now)
    for ask in _first_of_each((ask for one in rounds for ask in one.reminded), ()):
        _send(unit, "reminder", saved, ask, rounds[ask.lock], desk, now)
        unit.record(Entry(now, "", _ROLE, "reminded", hold.id, details={"people": [ask.person]}))
    return True


def _send(unit: Unit, kind: str, hold: HoldRow, ask: AskRow, one: Round, desk: Desk, now: datetime) -> None:
    then = one.then.get(ask.person, "")
    then_at = desk.escalation(ask.told or now, one.lock.terms) if then else None
    ask_person(unit, kind, hold, ask, now, then=then, then_at=then_at)


def _question(name: str, number: int, lock: WaitRow, person: Asked, now: datetime) -> AskRow:
    return AskRow(name, number, lock.step, person.role, person.person, person.principal, person.why, now)


def _told(ask: AskRow, lock: WaitRow, desk: Desk, now: datetime) -> AskRow:
    """The question of somebody who has another one about the hold already, and sees both."""
    return replace(ask, told=now, due=desk.next_look(now, lock.terms))


def _first_of_each(asks: Iterable[AskRow], asked: Iterable[AskRow]) -> Iterator[AskRow]:
    """One question a person, for those who have none open already: they see everything that they can decide."""
    seen = {ask.person for ask in asked}
    for ask in asks:
        if ask.person not in seen:
            seen.add(ask.person)
            yield ask


def _details(lock: WaitRow, found: Found) -> dict[str, object]:
    people = [
        {name: value for name, value in (("role", one.role), ("person", one.person), ("for", one.principal)) if value}
        | ({"why": one.why} if one.why else {})
        for one in found.asked
    ]
    missing = [{"role": one.role, "why": one.why, "address": one.address} for one in found.missing]
    return {"rule": lock.rule, "step": lock.step, "people": people, "missing": missing}


def _say(watch: Watch, hold: HoldRow, one: Round) -> None:
    """An alarm where others had to be asked than the policy names, or nobody could be."""
    found = one.found
    if found is None:
        return
    if not found.enough:
        watch.alarmed("approver", hold.id, f"nobody is left to ask for rule {one.lock.rule}; the operator decides")
    instead = {ask.why for ask in found.asked} - {"", ESCALATED, UNANSWERED}
    if instead:
        people = ", ".join(ask.person for ask in found.asked if ask.why in instead)
        reasons = dict.fromkeys(f"{gone.role}: {gone.why}" for gone in found.missing)
        why = ", ".join(reasons) or ", ".join(sorted(instead))
        watch.alarmed("approver", hold.id, f"{why}; asked instead: {people}")
