"""Asking people about holds: who is asked first, who is reminded, and who is asked when nobody answers.

Given what a site knows of its people. Directories are asked outside any transaction; what came of it is committed only
if the hold is still as it was. While a directory is away it is asked again, later and later; after the site's patience
the fallback persons are asked. Whoever cannot be found is said in the audit, and by an alarm where somebody else had
to be asked instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sekisho.core.amounts import Duration
from sekisho.core.approval import steps
from sekisho.core.approvers import (
    AWAY,
    ESCALATED,
    UNANSWERED,
    UNASKED,
    Asked,
    Found,
    Matter,
    Site,
    escalate,
    fall_back,
    resolve,
)
from sekisho.core.people import Nobody
from sekisho.core.ports import Unavailable
from sekisho.core.worktime import Calendar, ends
from sekisho.quarantine.notify import ask_person
from sekisho.quarantine.voting import must_ask
from sekisho.quarantine.watch import Watch, backoff
from sekisho.store import Store, holds, locks
from sekisho.store.rows import AskRow, HoldRow, WaitRow
from sekisho.store.unit import Entry, Unit, View

BATCH = 200
_ROLE = "release"


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known where people are asked."""

    site: Site
    calendar: Calendar
    remind: Duration
    patience: timedelta

    def after(self, start: datetime, lasts: Duration | None) -> datetime | None:
        """When so long a time is over."""
        return ends(start, lasts, None, self.calendar)


@dataclass(slots=True)
class _Round:
    """What is to be done about one lock."""

    lock: WaitRow
    asks: list[AskRow] = field(default_factory=list)
    """Questions that are asked already, as they are now."""
    reminded: list[AskRow] = field(default_factory=list)
    found: Found | None = None
    """Who is asked now; None where nobody new is."""
    then: dict[str, str] = field(default_factory=dict)
    """Who is asked when a person of this round says nothing, by the person's address, as far as that is known."""


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
    rounds = [_round(hold, number, desk, now) for number in range(len(hold.waits))]
    if not store.write(partial(_commit, hold=hold, rounds=rounds, desk=desk, now=now)):
        return False
    for one in rounds:
        _say(watch, hold, one)
    return True


def _round(hold: HoldRow, number: int, desk: Desk, now: datetime) -> _Round:
    """What is due for one lock; directories are asked here."""
    lock = hold.waits[number]
    here = [ask for ask in hold.asks if ask.lock == number and ask.step == lock.step and ask.why != UNASKED]
    one = _Round(lock, [ask for ask in hold.asks if ask.lock == number])
    if lock.opened is not None:
        return one
    late = [ask for ask in one.asks if ask.due is not None and ask.due <= now and hold.is_pending(ask)]
    hurried = [ask for ask in late if ask in here and _is_out_of_time(ask, lock, desk, now)]
    for ask in late:
        due = None if ask in hurried else _escalation(ask, lock, desk)
        one.asks[one.asks.index(ask)] = replace(ask, due=due)
        if ask not in hurried:
            one.reminded.append(replace(ask, due=due))
    if hurried or (lock.ask is not None and lock.ask <= now):
        _look_for_people(one, here, hold, desk, now)
    one.then = _asked_then(one, hold, desk, now)
    return one


def _asked_then(one: _Round, hold: HoldRow, desk: Desk, now: datetime) -> dict[str, str]:
    """What a request can say of the person who comes next; no reason to ask later where nobody can tell."""
    escalation = one.lock.terms.escalate
    if escalation is None:
        return {}
    matter = Matter(hold.id, hold.message.sender_of_record, one.lock.among, now)
    asked: list[Asked | AskRow] = [*(one.found.asked if one.found else ()), *one.reminded]
    then: dict[str, str] = {}
    for person in asked:
        silent = [(person.role, person.person, person.principal)]
        with suppress(Unavailable):
            for following in escalate(escalation.to, silent, matter, desk.site).asked[:1]:
                then[person.person] = following.person
    return then


def _escalation(ask: AskRow, lock: WaitRow, desk: Desk) -> datetime | None:
    """When others are asked because of this question."""
    return desk.after(ask.asked, lock.terms.escalate.after) if lock.terms.escalate else None


def _is_out_of_time(ask: AskRow, lock: WaitRow, desk: Desk, now: datetime) -> bool:
    limit = _escalation(ask, lock, desk)
    return limit is not None and limit <= now


def _look_for_people(one: _Round, here: Sequence[AskRow], hold: HoldRow, desk: Desk, now: datetime) -> None:
    """Whom to ask next: those of the step, then whoever is to be asked besides, then the fallback persons."""
    lock = one.lock
    step = steps(lock.terms.approval)[lock.step]
    matter = Matter(hold.id, hold.message.sender_of_record, lock.among, now)
    silent = [ask for ask in here if hold.is_pending(ask)]
    is_pressing = lock.ran_out is not None or any(_is_out_of_time(ask, lock, desk, now) for ask in silent)
    try:
        one.found = _next_people(one, here, silent, matter, desk.site, is_pressing=is_pressing)
    except Unavailable:
        if sum(map(backoff, range(lock.attempts + 1))) < desk.patience.total_seconds():
            later = now + timedelta(seconds=backoff(lock.attempts))
            one.lock = replace(lock, ask=later, attempts=lock.attempts + 1)
            return
        one.found = fall_back(step, matter, replace(desk.site, people=Nobody()), AWAY)
    one.lock = replace(lock, ask=None, attempts=0)


def _next_people(
    one: _Round,
    here: Sequence[AskRow],
    silent: Sequence[AskRow],
    matter: Matter,
    site: Site,
    *,
    is_pressing: bool,
) -> Found | None:
    """Who is asked now; None where those who were asked still have time."""
    terms = one.lock.terms
    step = steps(terms.approval)[one.lock.step]
    reasons = {ask.why for ask in here}
    if not here and must_ask(terms.approval, one.lock.step, matter.sender):
        return resolve(step, matter, site)
    if not is_pressing:
        return None
    if ESCALATED not in reasons and terms.escalate is not None:
        unanswered = [(ask.role, ask.person, ask.principal) for ask in silent]
        return escalate(terms.escalate.to, unanswered, matter, site)
    if UNANSWERED not in reasons:
        return fall_back(step, matter, site, UNANSWERED)
    return Found(())


def _commit(unit: Unit, hold: HoldRow, rounds: Sequence[_Round], desk: Desk, now: datetime) -> bool:
    """Write it down and tell those who are asked; nothing if the hold is not as it was any more."""
    current = holds.load(unit, hold.id)
    if current is None or current.version != hold.version:
        return False
    asks = [ask for one in rounds for ask in one.asks]
    new: list[AskRow] = []
    for number, one in enumerate(rounds):
        people = one.found.asked if one.found else ()
        new += [_question(unit.new_id(), number, one.lock, person, desk, now) for person in people]
    saved = holds.save(unit, current, replace(current, waits=tuple(one.lock for one in rounds), asks=(*asks, *new)))
    for one in rounds:
        if one.found is not None:
            unit.record(Entry(now, "", _ROLE, "asked", hold.id, details=_details(one.lock, one.found)))
    for ask in _first_of_each(new, filter(hold.is_pending, asks)):
        to_check = saved.waits[ask.lock].terms.review is not None
        _send(unit, "review" if to_check else "approve", saved, ask, rounds[ask.lock], desk, now)
    for ask in _first_of_each((ask for one in rounds for ask in one.reminded), ()):
        _send(unit, "reminder", saved, ask, rounds[ask.lock], desk, now)
        unit.record(Entry(now, "", _ROLE, "reminded", hold.id, details={"people": [ask.person]}))
    return True


def _send(unit: Unit, kind: str, hold: HoldRow, ask: AskRow, one: _Round, desk: Desk, now: datetime) -> None:
    then = one.then.get(ask.person, "")
    ask_person(unit, kind, hold, ask, now, then=then, then_at=_escalation(ask, one.lock, desk) if then else None)


def _question(name: str, number: int, lock: WaitRow, person: Asked, desk: Desk, now: datetime) -> AskRow:
    escalation = desk.after(now, lock.terms.escalate.after) if lock.terms.escalate else None
    dues = [moment for moment in (desk.after(now, desk.remind), escalation) if moment is not None]
    return AskRow(name, number, lock.step, person.role, person.person, person.principal, person.why, now, min(dues))


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


def _say(watch: Watch, hold: HoldRow, one: _Round) -> None:
    """An alarm where others had to be asked than the policy names, or nobody could be."""
    found = one.found
    if found is None:
        return
    if not found.asked:
        watch.alarmed("approver", hold.id, f"nobody is left to ask for rule {one.lock.rule}; the operator decides")
    instead = {ask.why for ask in found.asked} - {"", ESCALATED, UNANSWERED}
    if instead:
        people = ", ".join(ask.person for ask in found.asked if ask.why in instead)
        why = ", ".join(f"{gone.role}: {gone.why}" for gone in found.missing) or ", ".join(sorted(instead))
        watch.alarmed("approver", hold.id, f"{why}; asked instead: {people}")
