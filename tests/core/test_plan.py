"""What follows from a decision, on every kind of envelope."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.actions import (
    Action,
    AppendHeader,
    CopyTo,
    Drop,
    EnvelopeOnly,
    Hold,
    HoldHeader,
    OnExpiry,
    PutOnMtaHold,
    Refuse,
    Stop,
    Tell,
)
from sekisho.core.amounts import Duration
from sekisho.core.decision import Decision, Disposition, decided
from sekisho.core.edits import (
    AddHeader,
    AddRecipient,
    ChangeHeader,
    DeleteHeader,
    MtaHold,
    RemoveRecipient,
)
from sekisho.core.facts import Facts
from sekisho.core.plan import Notice, Plan, plan
from sekisho.core.replies import Verdict
from sekisho.core.rule import Match, Mode, OnError
from sekisho.core.terms import Terms
from sekisho.core.truth import Truth
from tests.support.messages import make_facts, make_rule

A, B, C = "<a@x.example>", "<b@y.example>", "<c@example.co.jp>"
SIMPLE = [("From", "sato@example.co.jp"), ("To", "a@x.example"), ("Subject", "s")]


def planned(facts: Facts, *matches: Match) -> Plan:
    return plan(facts, decided(matches, len(facts.transaction.recipients)))


def test_a_message_without_matches_leaves_as_it_came() -> None:
    result = planned(make_facts(SIMPLE, [A, B]))
    assert result.reply.verdict is Verdict.ACCEPT
    assert (result.edits, result.deposits, result.notices) == ((), (), ())
    assert result.dispositions == (Disposition.ACCEPT, Disposition.ACCEPT)


def test_envelope_only_removes_all_instances_and_leaves_one_to() -> None:
    fields = [("To", "a@x"), ("Cc", "b@y"), ("To", "c@z"), ("Resent-To", "d@z"), ("Resent-Cc", "e@z"), ("Bcc", "f@z")]
    result = planned(make_facts(fields, [A]), Match(make_rule("r", EnvelopeOnly()), Truth(1)))
    assert result.edits == (
        DeleteHeader("Bcc", 1),
        DeleteHeader("Resent-Cc", 1),
        DeleteHeader("Resent-To", 1),
        DeleteHeader("To", 2),
        DeleteHeader("Cc", 1),
        ChangeHeader("To", 1, "undisclosed-recipients:;"),
    )


def test_envelope_only_adds_a_to_where_there_was_none() -> None:
    result = planned(make_facts([("Cc", "b@y")], [A]), Match(make_rule("r", EnvelopeOnly()), Truth(1)))
    assert result.edits == (DeleteHeader("Cc", 1), AddHeader("To", "undisclosed-recipients:;"))


def test_envelope_only_can_keep_our_own_people_visible() -> None:
    fields = [("To", "a@x.example, c@example.co.jp"), ("Cc", "b@y.example")]
    result = planned(make_facts(fields, [A]), Match(make_rule("r", EnvelopeOnly(keep_internal=True)), Truth(1)))
    assert result.edits == (DeleteHeader("Cc", 1), ChangeHeader("To", 1, "c@example.co.jp"))


def test_envelope_only_can_show_the_author() -> None:
    result = planned(make_facts(SIMPLE, [A]), Match(make_rule("r", EnvelopeOnly(to="sender")), Truth(1)))
    assert result.edits == (ChangeHeader("To", 1, "sato@example.co.jp"),)


def test_protected_mail_is_held_where_it_would_be_rewritten() -> None:
    facts = make_facts(SIMPLE, [A, B], protected=True)
    result = planned(facts, Match(make_rule("r", EnvelopeOnly()), Truth(3)))
    assert result.reply.verdict is Verdict.DISCARD
    assert [deposit.changes for deposit in result.deposits] == [()]
    assert result.deposits[0].rules == ("r",)


def test_a_hold_of_all_discards_the_mtas_copy() -> None:
    facts = make_facts(SIMPLE, [A, B])
    result = planned(facts, Match(make_rule("r", Hold(whole=True)), Truth(1)))
    assert result.reply.verdict is Verdict.DISCARD
    assert result.edits == ()
    assert [deposit.recipients for deposit in result.deposits] == [facts.transaction.recipients]


def test_a_partial_hold_takes_off_only_those_held() -> None:
    facts = make_facts(SIMPLE, [A, B, C])
    result = planned(facts, Match(make_rule("r", Hold()), Truth(0b010)))
    assert result.reply.verdict is Verdict.ACCEPT
    assert result.edits == (RemoveRecipient(B),)
    assert [[path.address for path in deposit.recipients] for deposit in result.deposits] == [["b@y.example"]]
    assert result.strictest is Disposition.HOLD


def test_recipients_with_the_same_locks_share_a_deposit() -> None:
    facts = make_facts(SIMPLE, [A, B, C])
    one, two = Match(make_rule("one", Hold()), Truth(0b011)), Match(make_rule("two", Hold()), Truth(0b110))
    result = planned(facts, one, two)
    assert [(len(deposit.recipients), deposit.rules) for deposit in result.deposits] == [
        (1, ("one",)),
        (1, ("one", "two")),
        (1, ("two",)),
    ]


def test_what_delrcpt_would_miss_makes_the_hold_whole() -> None:
    for odd in ("<@relay:b@y.example>", "<<b@y.example>>", '<"b c"@y.example>', "<postmaster>"):
        facts = make_facts(SIMPLE, [A, odd])
        result = planned(facts, Match(make_rule("r", Hold()), Truth(0b10)))
        assert result.reply.verdict is Verdict.DISCARD
        held = [path for deposit in result.deposits for path in deposit.recipients]
        assert held == list(facts.transaction.recipients)
        assert {deposit.rules for deposit in result.deposits} == {("r",)}


def test_a_success_report_asked_for_makes_the_hold_whole() -> None:
    facts = make_facts(SIMPLE, [A, B], params={B: ("NOTIFY=failure,Success",)})
    result = planned(facts, Match(make_rule("r", Hold()), Truth(0b10)))
    assert result.reply.verdict is Verdict.DISCARD


def test_invisible_copies_make_the_hold_whole() -> None:
    result = planned(make_facts(SIMPLE, [A, B], copies=True), Match(make_rule("r", Hold()), Truth(0b10)))
    assert result.reply.verdict is Verdict.DISCARD


def test_each_spelling_is_taken_off_once() -> None:
    facts = make_facts(SIMPLE, [A, "<b@y.example>", "<B@y.example>", "<b@y.example>"])
    result = planned(facts, Match(make_rule("r", Hold()), Truth(0b1110)))
    assert result.edits == (RemoveRecipient("<b@y.example>"), RemoveRecipient("<B@y.example>"))


def test_monitor_changes_nothing() -> None:
    watched = make_rule("r", Hold(whole=True), EnvelopeOnly(), mode=Mode.MONITOR)
    result = planned(make_facts(SIMPLE, [A]), Match(watched, Truth(1)))
    assert (result.edits, result.deposits, result.reply.verdict) == ((), (), Verdict.ACCEPT)


def test_rules_in_warn_mode_tell_the_sender_once_what_the_strictest_would_have_done() -> None:
    facts = make_facts(SIMPLE, [A, B, C])
    hidden = Match(make_rule("hide", EnvelopeOnly(), mode=Mode.WARN), Truth(0b001))
    held = Match(make_rule("keep", Hold(), mode=Mode.WARN), Truth(0b010))
    result = planned(facts, hidden, held)
    assert (result.edits, result.deposits, result.reply.verdict) == ((), (), Verdict.ACCEPT)
    assert result.notices == (Notice("warned", "sender", "hide, keep", facts.transaction.recipients[:2], "held"),)


@pytest.mark.parametrize("actions", [(Hold(terms=Terms(lasts=Duration(60))),), (Tell("sender"), Stop()), ()])
def test_nobody_is_warned_of_what_they_would_not_have_noticed(actions: tuple[Action, ...]) -> None:
    match = Match(make_rule("r", *actions, mode=Mode.WARN), Truth(1))
    assert planned(make_facts(SIMPLE, [A]), match).notices == ()


def test_who_is_held_anyway_is_not_warned_about() -> None:
    facts = make_facts(SIMPLE, [A, B])
    enforced = Match(make_rule("hold", Hold()), Truth(0b01))
    result = planned(facts, enforced, Match(make_rule("trial", Hold(), mode=Mode.WARN), Truth(0b11)))
    assert [notice.recipients for notice in result.notices] == [facts.transaction.recipients[1:]]
    whole = Match(make_rule("hold", Hold()), Truth(0b11))
    assert planned(facts, whole, Match(make_rule("trial", Hold(), mode=Mode.WARN), Truth(0b11))).notices == ()


def test_all_rejected_is_refused_with_the_sites_text() -> None:
    result = planned(make_facts(SIMPLE, [A]), Match(make_rule("r", Refuse(True, "No such mail")), Truth(1)))
    assert (result.reply.verdict, result.reply.code, result.reply.text) == (Verdict.REJECT, "550", "No such mail")


def test_anybody_tempfailed_stores_nothing() -> None:
    later, held = Match(make_rule("t", Refuse(False)), Truth(1)), Match(make_rule("h", Hold()), Truth(2))
    result = planned(make_facts(SIMPLE, [A, B]), later, held)
    assert (result.reply.verdict, result.deposits) == (Verdict.TEMPFAIL, ())
    assert result.dispositions == (Disposition.TEMPFAIL, Disposition.TEMPFAIL)


def test_some_rejected_are_taken_off_and_returned_for_our_own_senders() -> None:
    result = planned(make_facts(SIMPLE, [A, B]), Match(make_rule("r", Drop()), Truth(2)))
    assert result.edits == (RemoveRecipient(B),)
    assert [(notice.kind, notice.whom, len(notice.recipients)) for notice in result.notices] == [
        ("refused", "sender", 1)
    ]


def test_some_rejected_refuse_the_whole_message_of_strangers() -> None:
    result = planned(make_facts(SIMPLE, [A, B], client="192.0.2.1"), Match(make_rule("r", Drop()), Truth(2)))
    assert result.reply.verdict is Verdict.REJECT


def test_an_unknown_condition_tempfails_unless_the_rule_says_otherwise() -> None:
    facts = make_facts(SIMPLE, [A])
    assert planned(facts, Match(make_rule("r", Hold()), Truth(0, 1))).reply.verdict is Verdict.TEMPFAIL
    let = make_rule("r", Hold(), on_error=OnError.ACCEPT)
    assert planned(facts, Match(let, Truth(0, 1))).reply.verdict is Verdict.ACCEPT


def test_forged_fields_of_our_name_are_removed() -> None:
    result = planned(make_facts([("X-Sekisho-Hold", "no"), ("X-SEKISHO-Foo", "1"), *SIMPLE], [A]))
    assert result.edits == (DeleteHeader("X-SEKISHO-Foo", 1), DeleteHeader("X-Sekisho-Hold", 1))


def test_edits_come_header_first_and_recipients_last() -> None:
    acts = (HoldHeader(), AppendHeader("X-Note", "n"), PutOnMtaHold(), CopyTo("boss@example.co.jp"))
    result = planned(
        make_facts(SIMPLE, [A, B]), Match(make_rule("r", *acts), Truth(3)), Match(make_rule("h", Hold()), Truth(2))
    )
    assert result.edits == (
        AddHeader("X-Sekisho-Hold", "r"),
        AddHeader("X-Note", "n"),
        MtaHold("r"),
        AddRecipient("<boss@example.co.jp>"),
        RemoveRecipient(B),
    )


def test_a_deposit_carries_the_edits_of_its_own_matches_but_no_hold_header() -> None:
    acts = (HoldHeader(), AppendHeader("X-Note", "n"), Hold())
    result = planned(make_facts(SIMPLE, [A, B]), Match(make_rule("r", *acts), Truth(2)))
    assert result.edits == (RemoveRecipient(B),)
    assert result.deposits[0].changes == (AddHeader("X-Note", "n"),)


def recipients_of(result: Plan) -> list[list[str]]:
    return [[path.address for path in deposit.recipients] for deposit in result.deposits]


def test_an_added_recipient_gets_a_copy_once_whoever_waits() -> None:
    boss = CopyTo("boss@example.co.jp", visible=True)
    whole = planned(make_facts(SIMPLE, [A, B]), Match(make_rule("r", Hold(), boss), Truth(3)))
    assert recipients_of(whole) == [["a@x.example", "b@y.example", "boss@example.co.jp"]]
    assert whole.deposits[0].changes == (AddHeader("Cc", "boss@example.co.jp"),)
    copy, second = Match(make_rule("r", boss), Truth(3)), Match(make_rule("s", Hold()), Truth(2))
    partial = planned(make_facts(SIMPLE, [A, B]), copy, second)
    assert AddRecipient("<boss@example.co.jp>") in partial.edits
    assert recipients_of(partial) == [["b@y.example"]]
    first = Match(make_rule("f", Hold()), Truth(1))
    divided = planned(make_facts(SIMPLE, [A, B]), copy, second, first)
    assert recipients_of(divided) == [["a@x.example", "boss@example.co.jp"], ["b@y.example"]]
    known = planned(make_facts(SIMPLE, ["<Boss@example.co.jp>"]), Match(make_rule("r", Hold(), boss), Truth(1)))
    assert recipients_of(known) == [["Boss@example.co.jp"]]


def test_a_wait_expires_after_its_time() -> None:
    facts = make_facts(SIMPLE, [A])
    hour = timedelta(hours=1)
    hold = Hold(on_expiry=OnExpiry.SEND, terms=Terms(lasts=Duration(3600)))
    wait = planned(facts, Match(make_rule("r", hold), Truth(1))).deposits[0].waits[0]
    assert (wait.expires, wait.on_expiry) == (facts.transaction.received + hour, OnExpiry.SEND)


ACTIONS = st.sampled_from([Hold(), Hold(whole=True), Refuse(True), Refuse(False), Drop(), EnvelopeOnly(), HoldHeader()])
SPELLINGS = st.sampled_from([A, B, C, "<@r:b@y.example>", "<postmaster>"])


@given(
    recipients=st.lists(SPELLINGS, min_size=1, max_size=4),
    acts=st.lists(st.tuples(ACTIONS, st.integers(0, 15), st.integers(0, 15)), max_size=4),
    trusted=st.booleans(),
    protected=st.booleans(),
)
def test_nobody_whom_policy_stops_keeps_the_mtas_copy(
    recipients: list[str], acts: list[tuple[Action, int, int]], trusted: bool, protected: bool
) -> None:
    """Each recipient either stays with the MTA and was accepted, or is deposited, refused or tempfailed."""
    facts = make_facts(SIMPLE, recipients, client="10.0.0.1" if trusted else "192.0.2.1", protected=protected)
    everyone = (1 << len(recipients)) - 1
    matches = [
        Match(make_rule(str(number), action), Truth(yes & everyone, unknown & ~yes & everyone))
        for number, (action, yes, unknown) in enumerate(acts)
    ]
    decision: Decision = decided(matches, len(recipients))
    result = plan(facts, decision)
    if result.reply.verdict in (Verdict.REJECT, Verdict.TEMPFAIL):
        assert (result.edits, result.deposits) == ((), ())
        return
    assert all(after >= before for after, before in zip(result.dispositions, decision.dispositions, strict=True))
    removed = {edit.address for edit in result.edits if isinstance(edit, RemoveRecipient)}
    deposited = [path for deposit in result.deposits for path in deposit.recipients]
    for path, disposition in zip(facts.transaction.recipients, result.dispositions, strict=True):
        stays = result.reply.verdict is Verdict.ACCEPT and path.raw.decode() not in removed
        if disposition is Disposition.ACCEPT:
            assert stays or path.raw.decode() in removed
        else:
            assert not stays
        if disposition is Disposition.HOLD:
            assert path in deposited
    assert all(deposit.waits for deposit in result.deposits)
