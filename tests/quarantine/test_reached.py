"""Requests that reach nobody, or late: who is asked instead, and from when an approver's time counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sekisho.core.people import Absence, People
from sekisho.core.plan import Wait
from sekisho.notices.build import Letterhead
from sekisho.notices.facts import from_json
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.smtp import Kind
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store, audit, outbox
from tests.quarantine.test_asking import a_review
from tests.support.approval import escalation, lock
from tests.support.links import links
from tests.support.people import ITO, KATO, SATO, STAFF, SUZUKI, TAKAHASHI, Silent, people
from tests.support.stores import NOW, POSTMASTER, Listener, Recorder, a_desk, a_transaction, hold_one, loaded

HOUR = timedelta(hours=1)
STATIONERY = Stationery(Letterhead("mail-check@example.co.jp", ZoneInfo("Asia/Tokyo")), "en", POSTMASTER, links())


class Post:
    """A store, the worker, and a listener that refuses or delays whom a test says."""

    def __init__(self, store: Store) -> None:
        self.store, self.listener, self.watch, self.now = store, Listener(), Recorder(), NOW
        self._workers: list[ReleaseWorker] = []
        self.staffed()

    def staffed(self, known: People | None = None, **desk: Any) -> None:
        """From now on these are the people."""
        site = a_desk(known or people(), **desk)
        self._workers.append(ReleaseWorker(self.store, self.listener.send, STATIONERY, site, self.watch, self._clock))

    def _clock(self) -> datetime:
        return self.now

    def refuse(self, *addresses: str) -> None:
        self.listener.answers |= dict.fromkeys(addresses, Kind.REFUSED)

    def delay(self, *addresses: str) -> None:
        self.listener.answers |= dict.fromkeys(addresses, Kind.DELAYED)

    def hold(self, *waits: Wait) -> str:
        hold = hold_one(self.store, *waits, transaction=a_transaction())
        self.later(0)
        return hold

    def later(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        self._workers[-1].run_once(self.now)

    def asked(self, hold: str) -> dict[str, str]:
        """Who was asked, and why this one."""
        asks = loaded(self.store, hold).asks
        assert len({(ask.step, ask.lock, ask.person) for ask in asks}) == len(asks)
        return {ask.person: ask.why for ask in asks}

    def told(self, hold: str, kind: str) -> dict[str, str]:
        """What became of each notice of a kind, by reader."""
        rows = self.store.read(lambda view: outbox.entries(view, hold))
        return {str(row.payload["to"]): row.outcome for row in rows if row.kind == kind}

    def details(self, hold: str, action: str) -> list[dict[str, Any]]:
        rows = self.store.read(lambda view: audit.entries(view, hold=hold))
        return [dict(row.details) for row in rows if row.action == action]

    def alarms(self, what: str) -> list[str]:
        return [event[3] for event in self.watch.events if event[:2] == ("alarmed", what)]

    def close(self) -> None:
        for worker in self._workers:
            worker.close()


@pytest.fixture
def post(store: Store) -> Iterator[Post]:
    made = Post(store)
    yield made
    made.close()


def test_the_deputy_is_asked_when_the_manager_s_mail_is_refused(post: Post) -> None:
    post.refuse(SUZUKI)
    hold = post.hold(lock("manager"))
    assert post.asked(hold) == {SUZUKI: "", TAKAHASHI: "unreached"}
    assert post.told(hold, "approve") == {SUZUKI: "failed", TAKAHASHI: "sent", "postmaster": "sent"}
    assert post.details(hold, "notice-failed") == [{"kind": "approve", "to": SUZUKI, "reply": "550 said refused"}]
    assert post.details(hold, "asked")[-1] == {
        "rule": "secret",
        "step": 0,
        "people": [{"role": "manager", "person": TAKAHASHI, "for": SUZUKI, "why": "unreached"}],
        "missing": [{"role": "manager", "why": "unreached", "address": SUZUKI}],
    }
    assert post.alarms("approver") == [f"manager: unreached; asked instead: {TAKAHASHI}"]
    assert post.alarms("notice") == ["550 said refused"]
    assert ("noticed", "approve", "failed") in post.watch.events
    row = decide(post.store, hold, Choice.APPROVE, Actor(TAKAHASHI), post.now)
    assert row.state.value == "releasing"


def test_deputies_and_fallback_follow_until_somebody_is_reached_and_nobody_is_asked_twice(post: Post) -> None:
    post.staffed(fallback=(KATO,))
    post.refuse(SUZUKI, TAKAHASHI, ITO, KATO)
    hold = post.hold(lock("manager"))
    assert post.asked(hold) == {
        SUZUKI: "",
        TAKAHASHI: "unreached",
        ITO: "unreached",
        KATO: "unreached",
        POSTMASTER: "unreached",
    }
    assert post.alarms("approver")[-1] == f"manager: unreached, fallback: unreached; asked instead: {POSTMASTER}"
    row = decide(post.store, hold, Choice.APPROVE, Actor(POSTMASTER), post.now)
    assert row.state.value == "releasing"


def test_where_nobody_at_all_is_reached_the_hold_waits_for_the_operator_and_an_alarm_says_so(post: Post) -> None:
    post.refuse(SUZUKI, TAKAHASHI, ITO, POSTMASTER)
    hold = post.hold(lock("manager"))
    assert post.asked(hold).keys() == {SUZUKI, TAKAHASHI, ITO, POSTMASTER}
    assert post.alarms("approver")[-1] == "nobody is left to ask for rule secret; the operator decides"
    alarms = len(post.alarms("approver"))
    post.later(100)
    assert (loaded(post.store, hold).state.value, len(post.alarms("approver"))) == ("held", alarms)
    row = decide(post.store, hold, Choice.RELEASE, Actor("root", "operator"), post.now)
    assert row.state.value == "releasing"


def test_deputies_in_a_ring_end_with_the_fallback(post: Post) -> None:
    ring = {SUZUKI: TAKAHASHI, TAKAHASHI: SUZUKI}
    staff = [replace(one, deputy=ring.get(one.address, one.deputy)) for one in STAFF]
    post.staffed(people(staff), fallback=(KATO,))
    post.refuse(SUZUKI, TAKAHASHI)
    hold = post.hold(lock("manager"))
    assert post.asked(hold).keys() == {SUZUKI, TAKAHASHI, KATO}
    missing = post.details(hold, "asked")[-1]["missing"]
    assert {"role": "manager", "why": "deputy-loop", "address": TAKAHASHI} in missing


def test_others_of_a_group_are_enough_as_long_as_they_are_as_many_as_must_agree(post: Post) -> None:
    post.refuse(ITO)
    either = post.hold(lock("group:legal"))
    assert post.asked(either) == {ITO: "", KATO: ""}
    assert post.alarms("approver") == []
    assert post.details(either, "asked")[-1]["missing"] == [{"role": "group:legal", "why": "unreached", "address": ITO}]
    both = hold_one(
        post.store, lock({"n-of": {"n": 2, "of": "group:legal"}}), transaction=a_transaction(body=b"both\r\n")
    )
    post.later(0)
    assert post.asked(both) == {ITO: "", KATO: "", POSTMASTER: "unreached"}


def test_instead_of_a_peer_who_is_not_reached_the_next_one_is_asked(post: Post) -> None:
    section = [replace(STAFF[0], address=f"p{number}@example.co.jp", aliases=()) for number in range(25)]
    post.staffed(people([*STAFF, *section]))
    hold = post.hold(lock("peer"))
    first = list(post.asked(hold))
    assert len(first) == 20
    post.refuse(first[0])
    post.later(4)
    (another,) = post.asked(hold).keys() - set(first)
    assert post.asked(hold)[another] == "unreached"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_who_was_to_be_asked_besides_and_is_not_reached_is_replaced(post: Post) -> None:
    post.staffed(fallback=(KATO,))
    post.refuse(TAKAHASHI, KATO)
    hold = post.hold(lock("manager", escalate=escalation(2, "deputy")))
    post.later(2)
    assert post.asked(hold) == {SUZUKI: "", TAKAHASHI: "escalated", ITO: "unreached"}
    other = hold_one(
        post.store, lock("manager", escalate=escalation(2, "address", KATO)), transaction=a_transaction(body=b"2\r\n")
    )
    post.later(0)
    post.later(2)
    assert post.asked(other) == {SUZUKI: "", KATO: "escalated", POSTMASTER: "unreached"}


def test_an_address_that_stops_working_before_the_reminder_is_replaced_too(post: Post) -> None:
    hold = post.hold(lock("manager"))
    post.refuse(SUZUKI)
    post.later(4)
    assert post.asked(hold) == {SUZUKI: "", TAKAHASHI: "unreached"}


def test_a_check_afterwards_finds_somebody_else(post: Post) -> None:
    post.refuse(SUZUKI)
    hold = post.hold(a_review())
    assert post.told(hold, "review") == {SUZUKI: "failed", TAKAHASHI: "sent", "postmaster": "sent"}


def test_what_is_decided_meanwhile_asks_nobody_else(post: Post) -> None:
    post.delay(SUZUKI)
    hold = post.hold(lock("manager"))
    decide(post.store, hold, Choice.CANCEL, Actor(SATO), post.now)
    post.refuse(SUZUKI)
    post.later(1)
    assert post.asked(hold) == {SUZUKI: ""}


def test_who_is_away_and_whose_deputy_is_not_reached(post: Post) -> None:
    post.staffed(people(absences=[Absence(SUZUKI, NOW - HOUR, NOW + HOUR)]))
    post.refuse(TAKAHASHI)
    hold = post.hold(lock("manager"))
    assert post.asked(hold) == {TAKAHASHI: "", ITO: "unreached"}


def test_a_directory_that_is_away_just_then_is_waited_for_then_the_fallback_is_asked(post: Post) -> None:
    post.staffed(fallback=(KATO,), patience=60)
    post.delay(SUZUKI)
    hold = post.hold(lock("manager"))
    post.refuse(SUZUKI)
    post.staffed(Silent(), fallback=(KATO,), patience=60)
    post.later(0.01)
    assert post.asked(hold) == {SUZUKI: ""}
    for _ in range(6):
        post.later(0.01)
    assert post.asked(hold) == {SUZUKI: "", KATO: "unreached"}


def test_a_step_that_comes_later_does_not_ask_who_is_not_reached(post: Post) -> None:
    post.refuse(SUZUKI)
    hold = post.hold(lock([f"address:{SUZUKI}", "group:legal", f"address:{SUZUKI}"]))
    for person in (TAKAHASHI, ITO):
        decide(post.store, hold, Choice.APPROVE, Actor(person), post.now)
        post.later(0)
    asks = loaded(post.store, hold).asks
    assert {(ask.step, ask.person) for ask in asks} == {
        (0, SUZUKI),
        (0, TAKAHASHI),
        (1, ITO),
        (1, KATO),
        (2, TAKAHASHI),
    }


def test_where_nobody_at_all_was_reached_a_later_step_asks_them_again_and_they_keep_their_right(post: Post) -> None:
    post.refuse(SUZUKI, TAKAHASHI, ITO, POSTMASTER)
    hold = post.hold(lock(["manager", f"address:{SUZUKI}"]))
    decide(post.store, hold, Choice.APPROVE, Actor(SUZUKI), post.now)
    post.listener.answers.clear()
    post.later(0)
    second = {ask.person: ask.told for ask in loaded(post.store, hold).asks if ask.step == 1}
    assert second == {SUZUKI: post.now}
    row = decide(post.store, hold, Choice.APPROVE, Actor(SUZUKI), post.now)
    assert row.state.value == "releasing"


def test_an_approver_s_time_begins_when_the_mta_has_taken_the_request(post: Post) -> None:
    post.delay(SUZUKI)
    hold = post.hold(lock("manager", escalate=escalation(6, "deputy")))
    asked = NOW
    for _ in range(3):
        post.later(5)
    (ask,) = loaded(post.store, hold).asks
    assert (ask.asked, ask.told, ask.due) == (asked, None, None)
    post.listener.answers.clear()
    post.later(1)
    (ask,) = loaded(post.store, hold).asks
    assert (ask.told, ask.due) == (post.now, post.now + 4 * HOUR)
    post.later(4)
    assert post.told(hold, "reminder") == {SUZUKI: "sent"}
    post.later(1.9)
    assert len(post.asked(hold)) == 1
    post.later(0.1)
    assert post.asked(hold) == {SUZUKI: "", TAKAHASHI: "escalated"}


def test_a_request_that_waited_says_when_others_will_be_asked_from_then_on(post: Post) -> None:
    post.delay(SUZUKI)
    hold = post.hold(lock("manager", escalate=escalation(6, "deputy")))
    post.listener.answers.clear()
    post.later(5)
    (octets,) = [octets for _, to, octets in post.listener.taken if SUZUKI in to]
    assert b"23:00" in octets, octets.decode()
    payload = post.store.read(lambda view: outbox.entries(view, hold))
    planned = [from_json(dict(row.payload)) for row in payload if row.kind == "approve"]
    assert [notice.facts.deputy_at for notice in planned] == [NOW + 6 * HOUR]


def test_a_request_that_waits_for_five_days_is_given_up_and_somebody_else_is_asked(post: Post) -> None:
    post.delay(SUZUKI)
    hold = post.hold(lock("manager"))
    post.later(119)
    assert post.asked(hold) == {SUZUKI: ""}
    post.later(1)
    assert post.asked(hold) == {SUZUKI: "", TAKAHASHI: "unreached"}


def test_who_has_the_request_is_not_mailed_again_for_another_rule_and_answers_from_then_on(post: Post) -> None:
    wait = lock(["manager", f"address:{SUZUKI}"], rule="b")
    hold = post.hold(lock("manager", rule="a"), wait)
    asks = loaded(post.store, hold).asks
    assert [(ask.lock, ask.told) for ask in asks] == [(0, NOW), (1, NOW)]
    assert [to for _, to, _ in post.listener.taken].count((SUZUKI,)) == 1
