"""Whatever comes, is decided, sent and dies while a mailing is one hold, in any order: none follows too far.

What may leave is judged here by who decided what, and by what was known of the mailing then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import NotDecided
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.store import Store, audit
from sekisho.store.rows import HoldRow
from tests.quarantine.test_release import STATIONERY
from tests.support.mailing import FOUND, OPERATOR, SATO, WINDOW, keep, message
from tests.support.scripted import SAID, ScriptedListener
from tests.support.stores import NOW, Recorder, a_desk, loaded

DECIDING = {
    "the sender confirms": (Choice.APPROVE, SATO),
    "the sender cancels": (Choice.CANCEL, SATO),
    "the operator releases": (Choice.RELEASE, OPERATOR),
    "the operator rejects": (Choice.REJECT, OPERATOR),
}
YES = {"the sender confirms", "the operator releases"}
GONE = {State.RELEASING, State.RELEASED, State.FAILED}
ENDED = GONE - {State.RELEASING} | {State.REJECTED, State.CANCELLED, State.EXPIRED}


@dataclass
class Member:
    """One message of the mailing."""

    hold: str
    number: int
    shown: int
    """How much was found in it."""
    said: str = ""
    """What was decided about it by itself."""
    known: int = 0
    """How much was known of those that followed it when it was decided."""


class LifeOfACampaign(RuleBasedStateMachine):
    """Messages that are alike, come one after the other, and are decided at any time."""

    shared: Store
    worker: ReleaseWorker | None = None

    @initialize()
    def begins(self) -> None:
        self.key = self.shared.new_id()
        self.now: datetime = NOW
        self.members: list[Member] = []
        self.listener = ScriptedListener()
        self.employed()
        self.comes(2)

    def employed(self) -> None:
        self.worker = ReleaseWorker(self.shared, self.listener.send, STATIONERY, a_desk(), Recorder(), lambda: self.now)

    def row(self, member: Member) -> HoldRow:
        return loaded(self.shared, member.hold)

    @rule(shown=st.sampled_from([1, 2, 2, 5]))
    def comes(self, shown: int) -> None:
        number = len(self.members)
        mail = message(number, self.key.encode(), received=self.now)
        hold = keep(self.shared, mail, replace(FOUND, count=shown), key=self.key)
        self.members.append(Member(hold, number, shown))

    @rule(which=st.integers(0, 5), what=st.sampled_from(sorted(DECIDING)))
    def is_decided(self, which: int, what: str) -> None:
        chosen = self.members[which % len(self.members)]
        choice, actor = DECIDING[what]
        known = max(one.shown for one in (chosen, *self.following(chosen)))
        with suppress(NotDecided):
            decide(self.shared, chosen.hold, choice, actor, self.now, reason="wrong-recipient")
            chosen.said, chosen.known = what, known

    @rule(which=st.integers(0, 1), what=st.sampled_from(sorted(YES)), shown=st.sampled_from([2, 5]), script=SAID)
    def goes_on_after_a_yes(self, which: int, what: str, shown: int, script: list[str]) -> None:
        """What happens most: somebody lets it go while messages are still coming."""
        self.is_decided(which, what)
        self.comes(shown)
        self.release_role_works(script)

    def following(self, lead: Member) -> Iterator[Member]:
        return (one for one in self.members if self.row(one).campaign == lead.hold)

    @rule(minutes=st.sampled_from([1, 20, 61, 130]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(script=SAID)
    def release_role_works(self, script: list[str]) -> None:
        assert self.worker is not None
        self.listener.script = list(script)
        self.worker.run_once(self.now)

    @rule()
    def release_role_is_followed_by_another(self) -> None:
        assert self.worker is not None
        self.worker.close()
        self.employed()

    @invariant()
    def nobody_goes_whom_nobody_let_go(self) -> None:
        leads = {one.hold: one for one in self.members}
        for one in self.members:
            row = self.row(one)
            if row.state in GONE and one.said not in YES:
                lead = leads.get(row.campaign)
                assert lead is not None, one
                assert lead.said in YES, (one, lead)
                assert one.shown <= lead.known, (one, lead)

    @invariant()
    def what_arrives_was_let_go_and_comes_once_but_for_answers_that_were_lost(self) -> None:
        for one in self.members:
            (person,) = self.row(one).recipients
            copies = self.listener.copies[person.path.address]
            assert not copies or self.row(one).state in GONE, one
            assert copies <= 1 + self.listener.lost[person.path.address], one

    def teardown(self) -> None:
        if self.worker is None:
            return
        for _ in range(8):
            self.now += WINDOW / 2
            self.release_role_works([])
        assert {self.row(one).state for one in self.members} <= ENDED
        self.nobody_goes_whom_nobody_let_go()
        assert self.shared.read(audit.verify).broken_at is None
        self.worker.close()


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 25), ("postgresql", 6)])
def test_any_order_of_events_keeps_the_promises(store: Store, examples: int) -> None:
    LifeOfACampaign.shared = store
    wanted = settings(max_examples=examples, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(LifeOfACampaign, settings=wanted)
