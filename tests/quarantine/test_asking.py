"""Who is asked about a hold, who may answer, and what the answers come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.approval import parse
from sekisho.core.people import Absence
from sekisho.core.plan import Wait
from sekisho.core.terms import Review
from sekisho.notices.facts import from_json
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.refusals import Actor, AlreadyDecided, NotAllowed, ReasonMissing
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, outbox
from tests.support.approval import Office, escalation, lock
from tests.support.people import ITO, KATO, SATO, SUZUKI, TAKAHASHI, Silent, people
from tests.support.stores import NOW, POSTMASTER, a_plan, a_transaction, an_evidence

HOUR = timedelta(hours=1)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


def test_the_manager_is_asked_and_agrees(office: Office) -> None:
    hold = office.hold(lock("manager"))
    (ask,) = office.asks(hold)
    assert (ask.person, ask.role, ask.asked, ask.due) == (SUZUKI, "manager", NOW, NOW + 4 * HOUR)
    assert office.told(hold) == [("approve", SUZUKI), ("held", SATO)]
    assert office.rights(hold, SUZUKI) == ["reject", "cancel", "approve"]
    assert office.rights(hold, SATO) == ["cancel"]
    assert office.rights(hold, KATO) == []
    office.now += HOUR
    row = office.approve(hold, SUZUKI.upper())
    assert (row.state.value, row.waits[0].opened_by) == ("releasing", SUZUKI.upper())
    assert office.actions(hold) == ["held", "asked", "approve", "release"]
    assert office.told(hold)[2:] == [("released", SATO)]
    assert office.rights(hold, SUZUKI) == []


def test_a_yes_by_anybody_else_is_refused_and_changes_nothing(office: Office) -> None:
    hold = office.hold(lock("manager"))
    before = office.row(hold)
    for who in (SATO, KATO, "root", "", "suzuki"):
        with pytest.raises(NotAllowed):
            office.approve(hold, who)
        with pytest.raises(NotAllowed):
            office.decide(hold, who, Choice.REJECT)
        with pytest.raises(NotAllowed):
            office.decide(hold, who, Choice.RELEASE)
    assert office.row(hold) == before
    assert office.actions(hold) == ["held", "asked"]


def test_the_sender_confirms_unasked_where_the_rule_says_self(office: Office) -> None:
    hold = office.hold(lock("self"))
    assert (office.asks(hold), office.told(hold)) == ((), [("held", SATO)])
    assert office.rights(hold, SATO) == ["cancel", "approve"]
    assert office.approve(hold, SATO).state.value == "releasing"
    (ask,) = office.asks(hold)
    assert (ask.role, ask.person, ask.why) == ("self", SATO, "unasked")


def test_where_the_sender_is_not_known_self_is_the_fallback_person(store: Store) -> None:
    office = Office(store, fallback=(KATO,))
    wait = lock("self")
    message = a_transaction()
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence(sender_of_record=""))
    office.ask()
    assert [(ask.person, ask.why) for ask in office.asks(hold)] == [(KATO, "no-sender")]
    assert office.alarms.said == [("approver", f"self: no-sender; asked instead: {KATO}")]
    assert office.approve(hold, KATO).state.value == "releasing"


def test_a_no_ends_the_hold_and_all_who_were_asked_are_told(office: Office) -> None:
    hold = office.hold(lock("group:legal"))
    office.now += HOUR
    row = office.decide(hold, ITO, Choice.REJECT, reason="wrong-recipient")
    assert (row.state.value, row.recipients[0].decided_by) == ("rejected", ITO)
    assert [(ask.person, ask.answer, ask.reason) for ask in row.asks] == [
        (ITO, "reject", "wrong-recipient"),
        (KATO, "", ""),
    ]
    assert office.told(hold)[3:] == [("decided", KATO), ("rejected", SATO)]
    with pytest.raises(AlreadyDecided, match=f"already rejected for x@partner.example by {ITO} at 2026-11-24T04:00:00"):
        office.approve(hold, KATO)


def test_the_first_of_several_wins_and_the_second_is_told_by_whom(office: Office) -> None:
    hold = office.hold(lock({"any-of": ["manager", "group:legal"]}))
    office.approve(hold, KATO)
    assert [one for one in office.told(hold) if one[0] == "decided"] == [("decided", ITO), ("decided", SUZUKI)]
    with pytest.raises(AlreadyDecided, match=f"by {KATO} at"):
        office.decide(hold, SUZUKI, Choice.REJECT)


def test_a_number_of_people_have_to_agree_each_once(office: Office) -> None:
    hold = office.hold(lock({"n-of": {"n": 2, "of": "group:legal"}}))
    assert office.approve(hold, ITO).state.value == "held"
    assert office.rights(hold, ITO) == []
    with pytest.raises(NotAllowed):
        office.approve(hold, ITO)
    assert office.approve(hold, KATO).state.value == "releasing"


def test_a_chain_asks_one_after_the_other(office: Office) -> None:
    hold = office.hold(lock(["manager", "group:legal"]))
    assert [ask.person for ask in office.asks(hold)] == [SUZUKI]
    with pytest.raises(NotAllowed):
        office.approve(hold, ITO)
    assert office.approve(hold, SUZUKI).state.value == "held"
    assert office.rights(hold, SUZUKI) == []
    office.later(1)
    assert [(ask.step, ask.person) for ask in office.asks(hold)] == [(0, SUZUKI), (1, ITO), (1, KATO)]
    assert office.told(hold)[-2:] == [("approve", ITO), ("approve", KATO)]
    assert office.approve(hold, ITO).state.value == "releasing"


def test_a_sender_within_a_chain_is_asked_when_the_turn_comes(office: Office) -> None:
    hold = office.hold(lock(["manager", "self"]))
    assert office.rights(hold, SATO) == ["cancel"]
    office.approve(hold, SUZUKI)
    office.later(1)
    assert office.told(hold)[-1] == ("approve", SATO)
    assert office.approve(hold, SATO).state.value == "releasing"


def test_each_recipient_passes_by_itself(office: Office) -> None:
    hold = office.hold(lock(["manager", "group:legal"]), recipients=("<x@a.example>", "<y@b.example>"))
    office.approve(hold, SUZUKI, "x@a.example")
    office.ask()
    assert office.rights(hold, SUZUKI) == ["reject", "cancel", "approve"]
    row = office.approve(hold, ITO)
    assert [person.state.value for person in row.recipients] == ["releasing", "held"]
    office.approve(hold, SUZUKI)
    row = office.approve(hold, ITO)
    assert [person.state.value for person in row.recipients] == ["releasing", "releasing"]


def test_a_copy_goes_when_all_its_locks_are_open(office: Office) -> None:
    timed = lock("operator", rule="minute", lasts=1, on_expiry=OnExpiry.SEND)
    hold = office.hold(lock("manager", rule="a"), lock("group:legal", rule="b"), timed)
    office.approve(hold, SUZUKI)
    office.later(1)
    assert [wait.opened is not None for wait in office.row(hold).waits] == [True, False, True]
    assert office.row(hold).state.value == "held"
    assert office.approve(hold, ITO).state.value == "releasing"


def test_one_person_asked_by_two_rules_is_asked_and_answers_once(office: Office) -> None:
    hold = office.hold(lock("manager", rule="a"), lock(f"address:{SUZUKI}", rule="b"))
    assert office.told(hold) == [("approve", SUZUKI), ("held", SATO)]
    assert office.approve(hold, SUZUKI).state.value == "releasing"


def test_a_deputy_answers_for_who_is_away(store: Store) -> None:
    away = Absence(SUZUKI, NOW - HOUR, NOW + HOUR)
    office = Office(store, people(absences=[away]))
    hold = office.hold(lock("manager"))
    (ask,) = office.asks(hold)
    assert (ask.person, ask.principal) == (TAKAHASHI, SUZUKI)
    details = office.record(hold)[-1].details
    assert details["people"] == [{"role": "manager", "person": TAKAHASHI, "for": SUZUKI}]
    assert office.approve(hold, TAKAHASHI).state.value == "releasing"


def test_who_does_not_answer_is_reminded_once(office: Office) -> None:
    hold = office.hold(lock("manager"))
    office.later(3.9)
    assert ("reminder", SUZUKI) not in office.told(hold)
    for _ in range(3):
        office.later(4)
    assert office.told(hold).count(("reminder", SUZUKI)) == 1


def test_after_a_time_others_are_asked_besides(store: Store) -> None:
    office = Office(store, remind=100 * 3600)
    hold = office.hold(lock("manager", escalate=escalation(2, "deputy")))
    office.later(1.9)
    assert len(office.asks(hold)) == 1
    office.later(0.1)
    assert [(ask.role, ask.person, ask.principal, ask.why) for ask in office.asks(hold)] == [
        ("manager", SUZUKI, SUZUKI, ""),
        ("manager", TAKAHASHI, SUZUKI, "escalated"),
    ]
    office.later(2)
    assert [(ask.person, ask.why) for ask in office.asks(hold)[2:]] == [(POSTMASTER, "unanswered")]
    office.later(50)
    assert len(office.asks(hold)) == 3
    assert office.approve(hold, TAKAHASHI).state.value == "releasing"


@pytest.mark.parametrize(("remind", "kinds"), [(100, ["approve"]), (1, ["approve", "reminder"])])
def test_a_request_names_who_is_asked_next_and_when(store: Store, remind: int, kinds: list[str]) -> None:
    office = Office(store, remind=remind * 3600)
    hold = office.hold(lock("manager", escalate=escalation(2, "deputy")))
    office.later(1)
    rows = store.read(lambda view: outbox.entries(view, hold))
    told = {row.kind: from_json(dict(row.payload)) for row in rows if row.payload["to"] == SUZUKI}
    assert sorted(told) == kinds
    begun = office.asks(hold)[0].asked
    for notice in told.values():
        assert (notice.facts.deputy, notice.facts.deputy_at) == (TAKAHASHI, begun + timedelta(hours=2))


def test_an_escalation_counts_for_one_of_a_number(office: Office) -> None:
    wait = lock({"n-of": {"n": 2, "of": "group:legal"}}, escalate=escalation(2, "manager"))
    hold = office.hold(wait)
    office.approve(hold, ITO)
    office.later(2)
    assert office.approve(hold, SUZUKI).state.value == "releasing"


def test_time_that_is_over_escalates_then_the_fallback_is_asked_then_it_is_kept(store: Store) -> None:
    office = Office(store, fallback=(KATO,), remind=100 * 3600)
    wait = lock("manager", lasts=24, on_expiry=OnExpiry.ESCALATE, escalate=escalation(1000, "group", "legal"))
    hold = office.hold(wait)
    office.later(24)
    assert [(ask.person, ask.why) for ask in office.asks(hold)[1:]] == [(ITO, "escalated"), (KATO, "escalated")]
    assert office.row(hold).expires == NOW + 48 * HOUR
    office.later(24)
    assert [(ask.person, ask.why) for ask in office.asks(hold)[3:]] == [(KATO, "unanswered")]
    office.later(2400)
    assert office.told(hold).count(("expired", SATO)) == 2
    assert (office.row(hold).state.value, len(office.asks(hold))) == ("held", 4)
    assert office.approve(hold, KATO).state.value == "releasing"


def test_without_anybody_named_an_escalation_asks_the_fallback(store: Store) -> None:
    office = Office(store, fallback=(KATO,))
    hold = office.hold(lock("operator", lasts=1, on_expiry=OnExpiry.ESCALATE))
    assert office.asks(hold) == ()
    office.later(1)
    assert [(ask.person, ask.why) for ask in office.asks(hold)] == [(KATO, "unanswered")]
    assert office.approve(hold, KATO).state.value == "releasing"


def test_a_directory_that_is_away_is_asked_again_then_the_fallback_is_asked(store: Store) -> None:
    office = Office(store, Silent(), fallback=(KATO,), patience=600)
    hold = office.hold(lock("manager"))
    moments = [0.0]
    while not office.asks(hold):
        due = office.row(hold).waits[0].ask
        assert due is not None
        office.now = due
        moments.append((due - NOW).total_seconds())
        office.ask()
    assert moments == [0, 5, 15, 35, 75, 155, 315]
    assert [(ask.person, ask.why) for ask in office.asks(hold)] == [(KATO, "directory-away")]
    assert office.alarms.said == [("approver", f"directory-away; asked instead: {KATO}")]


def test_a_directory_that_comes_back_is_believed(store: Store) -> None:
    office = Office(store, Silent())
    hold = office.hold(lock("manager"))
    office.desk = Office(store).desk
    office.later(0.01)
    assert [ask.person for ask in office.asks(hold)] == [SUZUKI]
    assert office.alarms.said == []


def test_who_cannot_be_found_is_said_everywhere(office: Office) -> None:
    hold = office.hold(lock("group:none"))
    assert ("approve", POSTMASTER) in office.told(hold)
    assert office.record(hold)[-1].details == {
        "rule": "secret",
        "step": 0,
        "people": [{"role": "fallback", "person": POSTMASTER, "for": POSTMASTER, "why": "unknown-group"}],
        "missing": [{"role": "group:none", "why": "unknown-group", "address": ""}],
    }
    assert office.alarms.said == [("approver", f"group:none: unknown-group; asked instead: {POSTMASTER}")]


def test_only_what_the_rule_offers_can_be_done_in_its_order(office: Office) -> None:
    offer = ("send-with-reason", "drop-recipient")
    hold = office.hold(lock("self", offer=offer), recipients=("<x@a.example>", "<y@b.example>"))
    assert office.rights(hold, SATO) == ["send-with-reason", "drop-recipient"]
    for choice in (Choice.CANCEL, Choice.APPROVE):
        with pytest.raises(NotAllowed):
            office.decide(hold, SATO, choice)
    with pytest.raises(ReasonMissing, match="needs a reason"):
        office.decide(hold, SATO, Choice.SEND_WITH_REASON, reason=" ")
    with pytest.raises(ReasonMissing, match="needs recipients"):
        office.decide(hold, SATO, Choice.DROP_RECIPIENT)
    row = office.decide(hold, SATO, Choice.DROP_RECIPIENT, "x@a.example")
    assert [person.state.value for person in row.recipients] == ["cancelled", "held"]
    row = office.decide(hold, SATO, Choice.SEND_WITH_REASON, reason="they asked for it")
    assert [person.state.value for person in row.recipients] == ["cancelled", "releasing"]
    assert office.record(hold)[-1].reason == "they asked for it"


def test_business_hours_count_for_reminders(store: Store) -> None:
    office = Office(store)
    office.desk = replace(office.desk, remind=Duration(8 * 3600, business=True))
    hold = office.hold(lock("manager"))
    assert office.asks(hold)[0].due == NOW + timedelta(hours=14)  # Tuesday 03:00; work is from 09:00


def a_review(by: str = "manager", hours: int = 8) -> Wait:
    """A lock that lets the mail go and asks afterwards, as the plan makes it."""
    review = Review(parse(by), Duration(hours * 3600))
    return lock(by, rule="look", on_expiry=OnExpiry.ESCALATE, lasts=hours, review=review)


def test_a_review_lets_the_mail_go_at_once_and_asks_afterwards(office: Office) -> None:
    hold = office.hold(a_review())
    assert (office.row(hold).state.value, office.row(hold).passed) == ("releasing", True)
    assert office.told(hold) == [("review", SUZUKI)]
    assert (office.rights(hold, SUZUKI), office.rights(hold, SATO)) == (["reject", "approve"], [])
    row = office.approve(hold, SUZUKI)
    assert (row.waits[0].opened_by, row.recipients[0].state.value) == (SUZUKI, "releasing")
    assert office.actions(hold) == ["held", "asked", "checked"]
    assert office.rights(hold, SUZUKI) == []
    office.later(100)
    assert office.actions(hold) == ["held", "asked", "checked"]


def test_an_objection_takes_nothing_back_and_the_sender_hears_of_it(office: Office) -> None:
    hold = office.hold(a_review("group:legal"))
    row = office.decide(hold, ITO, Choice.REJECT, reason="remove-data")
    assert row.recipients[0].state.value == "releasing"
    assert (office.record(hold)[-1].action, office.record(hold)[-1].reason) == ("objected", "remove-data")
    assert ("objected", SATO) in office.told(hold)
    assert office.rights(hold, KATO) == []


def test_a_missed_review_is_escalated_and_somebody_is_always_asked(store: Store) -> None:
    office = Office(store, fallback=(KATO,), remind=1000 * 3600)
    hold = office.hold(a_review())
    office.later(8)
    assert [(ask.person, ask.why) for ask in office.asks(hold)] == [(SUZUKI, ""), (KATO, "unanswered")]
    assert office.told(hold)[-1] == ("review", KATO)
    assert office.actions(hold) == ["held", "asked", "escalate", "asked"]
    assert office.approve(hold, KATO).waits[0].opened is not None


def test_a_review_keeps_nobody_waiting_whom_another_rule_lets_go(office: Office) -> None:
    hold = office.hold(a_review("group:legal"), lock("manager"))
    assert (office.row(hold).state.value, office.row(hold).passed) == ("held", False)
    assert office.approve(hold, SUZUKI).state.value == "releasing"
    assert office.rights(hold, ITO) == ["reject", "approve"]
    assert ("decided", ITO) not in office.told(hold)
    office.approve(hold, ITO)
    assert office.row(hold).waits[0].opened is not None


def test_what_never_went_need_not_be_checked(office: Office) -> None:
    hold = office.hold(a_review("group:legal"), lock("manager"))
    office.decide(hold, SUZUKI, Choice.REJECT)
    assert office.rights(hold, ITO) == []
    office.later(100)
    assert "escalate" not in office.actions(hold)


def test_time_of_a_lock_that_was_overridden_means_nothing_while_a_review_goes_on(office: Office) -> None:
    hold = office.hold(a_review("group:legal"), lock("manager", lasts=8, on_expiry=OnExpiry.RETURN))
    decide(office.store, hold, Choice.RELEASE, Actor("root", "operator"), office.now)
    office.later(8)
    assert "expire" not in office.actions(hold)
    assert "escalate" in office.actions(hold)


def test_who_has_answered_for_some_is_reminded_of_the_others(office: Office) -> None:
    wait = lock("manager", escalate=escalation(6, "deputy"))
    hold = office.hold(wait, recipients=("<x@a.example>", "<y@b.example>"))
    office.approve(hold, SUZUKI, "x@a.example")
    office.later(4)
    assert office.told(hold).count(("reminder", SUZUKI)) == 1
    office.later(2)
    assert [ask.person for ask in office.asks(hold)] == [SUZUKI, TAKAHASHI]
    row = office.approve(hold, TAKAHASHI)
    assert [person.state.value for person in row.recipients] == ["releasing", "releasing"]


def test_who_rejects_some_is_asked_about_the_others_still(office: Office) -> None:
    wait = lock("manager", escalate=escalation(6, "deputy"))
    hold = office.hold(wait, recipients=("<x@a.example>", "<y@b.example>", "<z@c.example>"))
    can = office.rights(hold, SUZUKI)
    office.decide(hold, SUZUKI, Choice.REJECT, "x@a.example")
    assert can and office.rights(hold, SUZUKI) == can
    office.later(4)
    assert office.told(hold).count(("reminder", SUZUKI)) == 1
    office.approve(hold, SUZUKI, "y@b.example")
    row = office.decide(hold, SUZUKI, Choice.REJECT, "z@c.example")
    assert [person.state.value for person in row.recipients] == ["rejected", "releasing", "rejected"]


def test_a_check_whose_time_is_over_returns_nothing_and_is_over_once(office: Office) -> None:
    hold = office.hold(replace(a_review("manager", 1), on_expiry=OnExpiry.RETURN))
    for _ in range(3):
        office.later(2)
    assert "expire" not in office.actions(hold)
    assert "expired" not in [kind for kind, _ in office.told(hold)]
