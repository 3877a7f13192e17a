"""What is due about one lock: whom to remind, whom to ask next. Directories are asked here, outside any transaction.

A person's time runs from the moment at which the MTA took the request. Where a request reaches nobody, somebody else is
asked at once. While a directory is away it is asked again, later and later; after the site's patience the fallback
persons are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sekisho.core.approval import Step, steps
from sekisho.core.approvers import AWAY, ESCALATED, UNANSWERED, UNASKED, Asked, Found, Matter, Site
from sekisho.core.people import Nobody
from sekisho.core.ports import Unavailable
from sekisho.core.search import escalate, fall_back, resolve, stand_in
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.voting import must_ask
from sekisho.quarantine.watch import backoff
from sekisho.store.rows import AskRow, HoldRow, WaitRow


@dataclass(slots=True)
class Round:
    """What is to be done about one lock."""

    lock: WaitRow
    asks: list[AskRow] = field(default_factory=list)
    """Questions that are asked already, as they are now."""
    reminded: list[AskRow] = field(default_factory=list)
    found: Found | None = None
    """Who is asked now; None where nobody new is."""
    then: dict[str, str] = field(default_factory=dict)
    """Who is asked when a person of this round says nothing, by the person's address, as far as that is known."""


def is_lost(ask: AskRow) -> bool:
    """Whether the request reached nobody."""
    return ask.unreached is not None


def round_of(hold: HoldRow, number: int, desk: Desk, now: datetime) -> Round:
    """What is due for one lock; directories are asked here."""
    lock = hold.waits[number]
    here = [ask for ask in hold.asks if ask.lock == number and ask.step == lock.step and ask.why != UNASKED]
    one = Round(lock, [ask for ask in hold.asks if ask.lock == number])
    if lock.opened is not None:
        return one
    late = [ask for ask in one.asks if ask.due is not None and ask.due <= now and hold.is_pending(ask)]
    hurried = [ask for ask in late if ask in here and _is_out_of_time(ask, lock, desk, now)]
    for ask in late:
        due = None if ask in hurried else _escalation(ask, lock, desk)
        one.asks[one.asks.index(ask)] = replace(ask, due=due)
        if ask not in hurried:
            one.reminded.append(replace(ask, due=due))
    matter = _matter(hold, lock, now)
    if hurried or (lock.ask is not None and lock.ask <= now):
        _look_for_people(one, here, hold, matter, desk)
    one.then = _asked_then(one, matter, desk)
    return one


def _matter(hold: HoldRow, lock: WaitRow, now: datetime) -> Matter:
    unreached = frozenset(ask.person.lower() for ask in hold.asks if is_lost(ask))
    return Matter(hold.id, hold.message.sender_of_record, lock.among, now, unreached)


def _asked_then(one: Round, matter: Matter, desk: Desk) -> dict[str, str]:
    """What a request can say of the person who comes next; no reason to ask later where nobody can tell."""
    escalation = one.lock.terms.escalate
    if escalation is None:
        return {}
    asked: list[Asked | AskRow] = [*(one.found.asked if one.found else ()), *one.reminded]
    then: dict[str, str] = {}
    for person in asked:
        silent = [(person.role, person.person, person.principal)]
        with suppress(Unavailable):
            for following in escalate(escalation.to, silent, matter, desk.site).asked[:1]:
                then[person.person] = following.person
    return then


def _escalation(ask: AskRow, lock: WaitRow, desk: Desk) -> datetime | None:
    """When others are asked because of this question; None also for one whose person has not been told yet."""
    return desk.escalation(ask.told, lock.terms) if ask.told is not None else None


def _is_out_of_time(ask: AskRow, lock: WaitRow, desk: Desk, now: datetime) -> bool:
    limit = _escalation(ask, lock, desk)
    return limit is not None and limit <= now


def _look_for_people(one: Round, here: Sequence[AskRow], hold: HoldRow, matter: Matter, desk: Desk) -> None:
    """Whom to ask next: those of the step, then whoever is to be asked besides, then the fallback persons."""
    lock, now = one.lock, matter.at
    silent = [ask for ask in here if hold.is_pending(ask) and not is_lost(ask)]
    is_pressing = _has_run_out(lock, here) or any(_is_out_of_time(ask, lock, desk, now) for ask in silent)
    try:
        one.found = _next_people(one, here, silent, matter, desk.site, is_pressing=is_pressing)
    except Unavailable:
        if sum(map(backoff, range(lock.attempts + 1))) < desk.patience.total_seconds():
            later = now + timedelta(seconds=backoff(lock.attempts))
            one.lock = replace(lock, ask=later, attempts=lock.attempts + 1)
            return
        one.found = _people_unknown(one, here, matter, replace(desk.site, people=Nobody()), is_pressing=is_pressing)
    one.lock = replace(lock, ask=None, attempts=0)


def _has_run_out(lock: WaitRow, here: Sequence[AskRow]) -> bool:
    """Whether the lock's time is over and nobody was asked because of that."""
    return lock.ran_out is not None and all(ask.asked < lock.ran_out for ask in here)


def _next_people(
    one: Round,
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
    if not here and must_ask(terms.approval, one.lock.step, matter.sender):
        return _anybody(lambda known: resolve(step, known, site), matter)
    instead = _instead(step, here, matter, site)
    if not is_pressing or (instead is not None and instead.asked):
        return instead
    reasons = {ask.why for ask in here}
    if ESCALATED not in reasons and terms.escalate is not None:
        unanswered = [(ask.role, ask.person, ask.principal) for ask in silent]
        return escalate(terms.escalate.to, unanswered, matter, site)
    if UNANSWERED not in reasons:
        return fall_back(step, matter, site, UNANSWERED)
    return Found((), enough=False)


def _instead(step: Step, here: Sequence[AskRow], matter: Matter, site: Site) -> Found | None:
    """Who is asked instead of those whom no request reached; None where all were reached."""
    asked = [Asked(ask.role, ask.person, ask.principal, ask.why) for ask in here]
    return stand_in(step, asked, matter, site) if any(map(is_lost, here)) else None


def _people_unknown(one: Round, here: Sequence[AskRow], matter: Matter, site: Site, *, is_pressing: bool) -> Found:
    """Who is asked where nothing can be found out about people."""
    step = steps(one.lock.terms.approval)[one.lock.step]
    if not here:
        return _anybody(lambda known: fall_back(step, known, site, AWAY), matter)
    instead = None if is_pressing else _instead(step, here, matter, site)
    return instead or fall_back(step, matter, site, AWAY)


def _anybody(look: Callable[[Matter], Found], matter: Matter) -> Found:
    """Who is asked first about a step; also who was not reached about another, where the others are too few."""
    found = look(matter)
    return found if found.enough else look(replace(matter, unreached=frozenset()))
