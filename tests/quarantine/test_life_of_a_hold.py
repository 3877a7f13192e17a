"""Whatever approvers, senders, operators, timers, clocks, directories, listeners, crashes do to a hold, in any order.

What a hold comes to is judged here by counting who really said yes and what really arrived, not by the program's own
reckoning.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sekisho.core.actions import OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.approval import parse
from sekisho.core.lifecycle import State
from sekisho.core.people import Absence
from sekisho.core.plan import Wait
from sekisho.core.terms import Review
from sekisho.quarantine.decide import decide, decide_within, extend
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.timers import start
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.store import Store, audit
from sekisho.store.errors import Conflict
from sekisho.store.rows import HoldRow, WaitRow
from sekisho.store.unit import Unit
from tests.quarantine.test_release import STATIONERY
from tests.support.approval import Office, escalation, lock
from tests.support.people import ITO, KATO, SATO, SUZUKI, TAKAHASHI, Silent, people
from tests.support.scripted import SAID, ScriptedListener
from tests.support.stores import CALENDAR, NOW, POSTMASTER

MORI = "mori@example.co.jp"
NAMES = ("x@a.example", "y@b.example", "z@c.example")
STAND_INS = {MORI, POSTMASTER}
MANAGERS = {SUZUKI, TAKAHASHI, ITO} | STAND_INS
"""Whoever may come to speak for Sato's manager: deputies, and theirs."""
LAWYERS = {ITO, KATO, TAKAHASHI, SUZUKI} | STAND_INS
"""And for the lawyers, escalations to the manager included."""
PEOPLE = (SATO, "t.sato@example.co.jp", SUZUKI, TAKAHASHI, ITO, KATO, MORI, POSTMASTER, "x@elsewhere.example")

Enough = Callable[[set[str]], bool]
KINDS: dict[str, tuple[Any, Enough]] = {
    "operator": ("operator", lambda yes: False),
    "self": ("self", lambda yes: SATO in yes),
    "manager": ("manager", lambda yes: bool(yes & MANAGERS)),
    "legal": ("group:legal", lambda yes: bool(yes & LAWYERS)),
    "either": ({"any-of": ["self", "group:legal"]}, lambda yes: bool(yes & (LAWYERS | {SATO}))),
    "two": ({"n-of": {"n": 2, "of": "group:legal"}}, lambda yes: len(yes & LAWYERS) >= 2),
    "both": (
        {"n-of": {"n": 2, "of": ["manager", "group:legal"]}},
        lambda yes: len(yes & (MANAGERS | LAWYERS)) >= 2,
    ),
    "chain": (["manager", "group:legal"], lambda yes: bool(yes & MANAGERS) and bool(yes & LAWYERS)),
    "nobody": ("group:none", lambda yes: bool(yes & STAND_INS)),
    "own": ("group:mine", lambda yes: bool(yes & STAND_INS)),
    "review": ("manager", lambda yes: True),
}
"""What locks ask for, and who has to have agreed before a copy may go; a check afterwards keeps nobody waiting."""
ENDED = {State.REJECTED, State.CANCELLED, State.EXPIRED}
GONE = {State.RELEASING, State.SENT, State.DEFERRED, State.BOUNCED}
UNDER_WAY = {State.RELEASING, State.DEFERRED}
LOCKS = st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from([0, 1, 24]), st.sampled_from(list(OnExpiry)))
SOME = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)
AWAY = Absence(SUZUKI, NOW + timedelta(hours=3), NOW + timedelta(hours=40))


class Crash(Exception):
    """The machine dies within a transaction."""


class LifeOfAHold(RuleBasedStateMachine):
    """One hold of three recipients and up to three locks, and the release role."""

    shared: Store
    worker: ReleaseWorker | None = None

    @initialize(locks=st.lists(LOCKS, min_size=1, max_size=3), hurried=st.booleans())
    def held(self, locks: list[tuple[str, int, OnExpiry]], hurried: bool) -> None:
        self.kinds = [kind for kind, _, _ in locks]
        self.office = Office(self.shared, people(absences=[AWAY]), fallback=(MORI,))
        self.yes: dict[str, set[str]] = {name: set() for name in NAMES}
        self.overridden: set[str] = set()
        self.office.listening = False
        more = {"escalate": escalation(2, "manager")} if hurried else {}
        waits: list[Wait] = [
            lock(KINDS[kind][0], rule=f"r{n}", lasts=lasts, on_expiry=fate, **more, **_review(kind, lasts))
            for n, (kind, lasts, fate) in enumerate(locks)
        ]
        serial = self.shared.new_id()
        self.hold = self.office.hold(
            *waits, recipients=[f"<{name}>" for name in NAMES], queue_id=serial, sender=_sender(serial)
        )
        self.listener = ScriptedListener(serial.lower())
        self.before = self.row
        self.latest = self.office.now
        """The clock is put back at times; what is to be tried again then waits for this moment."""
        self.worker = ReleaseWorker(
            self.shared, self.listener.send, STATIONERY, self.office.desk, self.office.alarms, lambda: self.office.now
        )

    @property
    def row(self) -> HoldRow:
        return self.office.row(self.hold)

    @rule(who=st.sampled_from(PEOPLE), whom=SOME)
    def approves(self, who: str, whom: list[str]) -> None:
        waiting = {one.path.address for one in self.row.recipients if one.state is State.HELD}
        if self._tried(who, Choice.APPROVE, whom):
            for name in set(whom or waiting):
                self.yes[name].add(who)

    @rule(who=st.sampled_from(PEOPLE), whom=SOME, choice=st.sampled_from([Choice.REJECT, Choice.CANCEL]))
    def refuses(self, who: str, whom: list[str], choice: Choice) -> None:
        self._tried(who, choice, whom)

    @rule(whom=SOME)
    def overrides(self, whom: list[str]) -> None:
        waiting = {one.path.address for one in self.row.recipients if one.state is State.HELD}
        try:
            decide(self.shared, self.hold, Choice.RELEASE, Actor("root", "operator"), self.office.now, recipients=whom)
        except NotDecided:
            return
        self.overridden |= set(whom or waiting)

    @rule(hours=st.sampled_from([0.5, 1, 2, 5, 24, 100]))
    def time_goes_by(self, hours: float) -> None:
        self.office.later(hours)
        self.latest = max(self.latest, self.office.now)

    @rule(hours=st.sampled_from([1, 30]))
    def clock_jumps_back(self, hours: int) -> None:
        self.office.now -= timedelta(hours=hours)
        self.office.later(0)

    @rule(script=SAID)
    def release_role_works(self, script: list[str]) -> None:
        """Whatever is due is asked, told and sent; the listener answers as it likes."""
        assert self.worker is not None
        self.listener.script = list(script)
        self.worker.run_once(self.office.now)

    @rule()
    def notice_is_taken(self) -> None:
        self.shared.write(lambda unit: start(unit, self.hold, self.office.now, CALENDAR))

    @rule(hours=st.sampled_from([1, 50]))
    def time_is_put_off(self, hours: int) -> None:
        try:
            extend(self.shared, self.hold, timedelta(hours=hours), Actor("root", "operator"), self.office.now)
        except NotDecided:
            assert self.row.state is not State.HELD

    @rule(away=st.booleans())
    def directory_comes_and_goes(self, away: bool) -> None:
        known = Silent() if away else people(absences=[AWAY])
        self.office.desk = replace(self.office.desk, site=replace(self.office.desk.site, people=known))

    @rule(who=st.sampled_from(PEOPLE), choice=st.sampled_from([Choice.APPROVE, Choice.REJECT, Choice.CANCEL]))
    def machine_dies_meanwhile(self, who: str, choice: Choice) -> None:
        def work(unit: Unit) -> None:
            decide_within(unit, self.hold, choice, Actor(who), self.office.now)
            raise Crash

        before, recorded = self.row, self.office.actions(self.hold)
        with suppress(Crash, NotDecided):
            self.shared.write(work)
        assert (self.row, self.office.actions(self.hold)) == (before, recorded)

    @precondition(lambda self: self.row.state is State.HELD)
    @rule(who=st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=2, unique=True))
    def two_choose_at_the_same_instant(self, who: list[str]) -> None:
        waiting = {one.path.address for one in self.row.recipients if one.state is State.HELD}
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda one: self._tried(one, Choice.APPROVE, []), who))
        for one, done in zip(who, answers, strict=True):
            for name in waiting if done else ():
                self.yes[name].add(one)

    def _tried(self, who: str, choice: Choice, whom: list[str]) -> bool:
        try:
            self.office.decide(self.hold, who, choice, *whom)
        except (NotDecided, Conflict):
            return False
        return True

    @invariant()
    def nobody_goes_past_a_shut_lock_and_what_has_ended_stays_so(self) -> None:
        now = self.row
        for old, new in zip(self.before.recipients, now.recipients, strict=True):
            name = new.path.address
            if old.state in UNDER_WAY:
                assert new.state in GONE
            elif old.state is not State.HELD:
                assert new.state is old.state
            elif new.state in GONE and name not in self.overridden:
                assert all(self._is_open(n, shut, name) for n, shut in enumerate(now.waits)), (name, self.yes)
        self.before = now

    @invariant()
    def what_arrives_was_let_go_and_comes_once_but_for_answers_that_were_lost(self) -> None:
        for person in self.row.recipients:
            name = person.path.address
            assert (person.state is State.SENT) <= (self.listener.copies[name] > 0)
            assert not self.listener.copies[name] or person.state in GONE, name
            assert self.listener.copies[name] <= 1 + self.listener.lost[name], name

    def _is_open(self, number: int, shut: WaitRow, name: str) -> bool:
        if shut.opened_by == "timer":
            return shut.on_expiry is OnExpiry.SEND
        return KINDS[self.kinds[number]][1](self.yes[name])

    @invariant()
    def nobody_is_asked_about_own_mail_but_as_self(self) -> None:
        for ask in self.row.asks:
            assert ask.role == "self" or SATO not in (ask.person, ask.principal)
            assert ask.person.endswith("@example.co.jp")

    @invariant()
    def something_will_make_it_move_or_somebody_is_asked(self) -> None:
        row = self.row
        if row.state is not State.HELD:
            return
        for number, shut in enumerate(row.waits):
            asked = any(ask.lock == number and row.is_pending(ask) for ask in row.asks)
            asked = asked or KINDS[self.kinds[number]][1](set())
            answers_unasked = self.kinds[number] in ("operator", "self", "either")
            assert shut.opened or shut.ask or asked or answers_unasked, (self.kinds[number], row.asks)

    @invariant()
    def the_record_says_what_happened(self) -> None:
        actions = self.office.actions(self.hold)
        states = {one.state for one in self.row.recipients}
        assert (State.REJECTED in states) <= ("reject" in actions)
        assert (State.EXPIRED in states) <= ("expire" in actions)
        assert bool(states & GONE) <= ("release" in actions or self.row.passed)

    def teardown(self) -> None:
        if self.worker is None:
            return
        self.office.now = self.latest
        for _ in range(3):
            self.office.now += timedelta(hours=1)
            self.release_role_works([])
        assert not {one.state for one in self.row.recipients} & UNDER_WAY
        assert self.shared.read(audit.verify).broken_at is None
        self.worker.close()


def _review(kind: str, lasts: int) -> dict[str, Any]:
    """A rule with `review` lets the mail go and asks afterwards."""
    asked = Review(parse("manager"), Duration(max(lasts, 1) * 3600))
    return {"review": asked} if kind == "review" else {}


def _sender(serial: str) -> str:
    """Another reverse-path each time, so that no message is taken for an earlier one."""
    return f"<bounce-{serial.lower()}@example.co.jp>"


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 25), ("postgresql", 8)])
def test_any_order_of_events_keeps_the_promises(store: Store, examples: int) -> None:
    LifeOfAHold.shared = store
    wanted = settings(max_examples=examples, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(LifeOfAHold, settings=wanted)
