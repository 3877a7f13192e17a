"""A person's yes spares the same question for a while: to the same recipient, or in the same thread; never another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest

from sekisho.core.actions import Hold, OnExpiry
from sekisho.core.decision import Disposition, decided
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.memory import NO_MEMORY, Memory, spare
from sekisho.core.plan import Wait, plan
from sekisho.core.ports import Unavailable
from sekisho.core.rule import Match, Rule
from sekisho.core.terms import Terms
from sekisho.core.truth import Truth
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.memory import Remembered, forget
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.timers import TIMER, expire_due
from sekisho.store import Store, audit, remembered
from tests.support.messages import make_facts, make_rule
from tests.support.stores import CALENDAR, NOW, a_plan, a_transaction, an_evidence

SATO, OPERATOR = Actor("sato@example.co.jp"), Actor("root", "operator")
X, Y = "<x@partner.example>", "<y@other.example>"
PAIR = Terms(remember=timedelta(days=180))
THREAD = Terms(approved_for=timedelta(days=7))
ROOT, APPROVED, REPLY = "<root@x.example>", "<1@client.example>", "<reply@partner.example>"


def rule_of(terms: Terms, name: str = "secret", *, whole: bool = False) -> Rule:
    return make_rule(name, Hold(whole, OnExpiry.RETURN, terms))


def let_go(
    store: Store,
    terms: Terms,
    *recipients: str,
    actor: Actor = OPERATOR,
    found: Sequence[Finding] = (),
    fields: Sequence[tuple[str, str]] = (),
    expires: datetime | None = None,
    rule: str = "secret",
) -> str:
    """A hold that somebody let go."""
    message = a_transaction(*(recipients or (X,)), fields=fields)
    wait = Wait(rule, expires, OnExpiry.SEND, terms)
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence(*found))
    if actor is TIMER:
        assert expire_due(store, NOW + timedelta(days=1), CALENDAR, lambda *_: None)
    else:
        decide(store, hold, Choice.RELEASE, actor, NOW)
    return hold


def facts_of(
    *recipients: str,
    fields: Sequence[tuple[str, str]] = (),
    found: Sequence[Finding] = (),
    sender: str = "<sato@example.co.jp>",
) -> Facts:
    """A message that comes later."""
    facts = make_facts([("Subject", "Quotation"), *fields], recipients or (X,), sender=sender)
    return Facts(facts.transaction, facts.site, facts.reader, facts.lists, {}, {"code": lambda _: found})


def dispositions(facts: Facts, memory: Memory, *rules: Rule) -> list[str]:
    """What becomes of each recipient, held by these rules unless they are spared."""
    facts.findings("code")
    matches = [Match(rule, Truth(facts.everyone)) for rule in rules]
    decision, _ = spare(facts, decided(matches, len(facts.transaction.recipients)), memory)
    return [one.word for one in plan(facts, decision).dispositions]


def later(store: Store, *recipients: str, terms: Terms = PAIR, **given: object) -> list[str]:
    facts = facts_of(*recipients, **given)  # type: ignore[arg-type]
    return dispositions(facts, Remembered(store, on_record=True), rule_of(terms))


def test_the_same_recipient_is_not_asked_about_again(store: Store) -> None:
    let_go(store, PAIR)
    assert later(store) == ["accept"]
    assert later(store, "<X@Partner.Example>") == ["accept"]


def test_another_recipient_rule_or_sender_is(store: Store) -> None:
    let_go(store, PAIR)
    assert later(store, X, Y) == ["accept", "hold"]
    memory = Remembered(store, on_record=False)
    assert dispositions(facts_of(), memory, rule_of(PAIR, "other")) == ["hold"]
    assert dispositions(facts_of(sender="<suzuki@example.co.jp>"), memory, rule_of(PAIR)) == ["hold"]


def test_every_rule_that_asks_has_to_be_answered(store: Store) -> None:
    let_go(store, PAIR)
    memory = Remembered(store, on_record=False)
    assert dispositions(facts_of(), memory, rule_of(PAIR), rule_of(PAIR, "other")) == ["hold"]
    let_go(store, PAIR, rule="other", fields=[("X", "2")])
    assert dispositions(facts_of(), memory, rule_of(PAIR), rule_of(PAIR, "other")) == ["accept"]
    assert dispositions(facts_of(), memory, rule_of(PAIR), rule_of(Terms(), "third")) == ["hold"]


def test_a_hold_of_everybody_asks_until_all_who_match_are_answered(store: Store) -> None:
    let_go(store, PAIR, X)
    rule = rule_of(PAIR, whole=True)
    assert dispositions(facts_of(X, Y), Remembered(store, on_record=False), rule) == ["hold", "hold"]
    let_go(store, PAIR, Y)
    assert dispositions(facts_of(X, Y), Remembered(store, on_record=False), rule) == ["accept", "accept"]


PHONE = Finding("personal-data", "body", 1, kind="phone")
CARD = Finding("personal-data", "body", 1, kind="payment-card")


def test_findings_that_are_new_are_asked_about(store: Store) -> None:
    let_go(store, PAIR, found=[PHONE])
    assert later(store, found=[PHONE]) == ["accept"]
    assert later(store) == ["accept"]
    assert later(store, found=[CARD]) == ["hold"]
    assert later(store, found=[PHONE, CARD]) == ["hold"]
    let_go(store, PAIR, found=[PHONE, CARD], fields=[("X", "2")])
    assert later(store, found=[CARD]) == ["accept"]


def test_only_a_persons_yes_counts(store: Store) -> None:
    let_go(store, PAIR, actor=TIMER, expires=NOW + timedelta(seconds=30))
    assert later(store) == ["hold"]


def test_no_is_not_remembered(store: Store) -> None:
    message = a_transaction(X)
    wait = Wait("secret", None, OnExpiry.KEEP, PAIR)
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence())
    decide(store, hold, Choice.REJECT, OPERATOR, NOW)
    assert later(store) == ["hold"]


def test_a_yes_to_a_changed_message_is_none_to_the_next(store: Store) -> None:
    message = a_transaction(X)
    wait = Wait("secret", None, OnExpiry.KEEP, Terms(remember=timedelta(days=1), offer=("envelope-only",)))
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence())
    decide(store, hold, Choice.ENVELOPE_ONLY, OPERATOR, NOW)
    assert later(store) == ["hold"]


def test_a_sender_who_is_not_known_is_always_asked(store: Store) -> None:
    message = a_transaction(X)
    wait = Wait("secret", None, OnExpiry.KEEP, PAIR)
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence(sender_of_record=""))
    decide(store, hold, Choice.RELEASE, OPERATOR, NOW)
    assert store.read(lambda view: remembered.listing(view, NOW)) == []


def test_it_counts_as_long_as_the_rule_says(store: Store) -> None:
    let_go(store, Terms(remember=timedelta(hours=1)))
    (row,) = store.read(lambda view: remembered.listing(view, NOW))
    assert row.until == NOW + timedelta(hours=1)
    assert store.read(lambda view: remembered.valid(view, [row.key], NOW + timedelta(minutes=59))) == [row]
    assert store.read(lambda view: remembered.valid(view, [row.key], NOW + timedelta(hours=1))) == []
    assert store.write(lambda unit: remembered.drop_expired(unit, NOW + timedelta(hours=1))) == 1


@pytest.mark.parametrize(
    ("references", "fate"),
    [
        ([("References", f"{APPROVED}")], "accept"),
        ([("In-Reply-To", APPROVED)], "accept"),
        ([("References", f"{ROOT} {REPLY}")], "accept"),
        ([("References", f"{ROOT}\n {APPROVED}\n {REPLY}"), ("In-Reply-To", REPLY)], "accept"),
        ([("References", "<other@x.example>")], "hold"),
        ([("Message-ID", APPROVED)], "hold"),
        ([], "hold"),
    ],
)
def test_an_answer_in_the_thread_is_not_asked_about_again(
    store: Store, references: list[tuple[str, str]], fate: str
) -> None:
    let_go(store, THREAD, fields=[("References", f"{ROOT} <middle@x.example>")])
    assert later(store, terms=THREAD, fields=references) == [fate]
    assert later(store, Y, terms=THREAD, fields=references) == ["hold"]


def test_thread_and_recipient_are_different_answers(store: Store) -> None:
    let_go(store, THREAD)
    assert later(store, terms=PAIR, fields=[("References", APPROVED)]) == ["hold"]
    both = Terms(remember=timedelta(days=1), approved_for=timedelta(days=1))
    assert later(store, terms=both, fields=[("References", APPROVED)]) == ["accept"]
    assert later(store, terms=both) == ["hold"]


def test_what_is_spared_is_on_record_and_only_where_mail_is(store: Store) -> None:
    hold = let_go(store, PAIR)
    dispositions(facts_of(), Remembered(store, on_record=False), rule_of(PAIR))
    assert "spared" not in [row.action for row in store.read(audit.entries)]
    later(store)
    (row,) = [row for row in store.read(audit.entries) if row.action == "spared"]
    assert (row.hold, row.role) == (hold, "gateway")
    assert row.details == {
        "rule": "secret", "sender": SATO.name, "recipient": "x@partner.example", "person": OPERATOR.name,
    }  # fmt: skip


def test_a_memory_that_is_away_spares_nobody(store: Store) -> None:
    class Away:
        def answers(self, *_: object) -> dict[object, object]:
            raise Unavailable("store", "is away")

    facts = facts_of()
    assert dispositions(facts, Away(), rule_of(PAIR)) == ["hold"]  # type: ignore[arg-type]
    assert facts.away == {"store": "is away"}
    assert dispositions(facts_of(), NO_MEMORY, rule_of(PAIR)) == ["hold"]


def test_nobody_asks_a_memory_without_need() -> None:
    class Forbidden:
        def answers(self, *_: object) -> dict[object, object]:
            raise AssertionError

    assert dispositions(facts_of(), Forbidden(), rule_of(Terms())) == ["hold"]  # type: ignore[arg-type]
    assert dispositions(facts_of(), Forbidden()) == ["accept"]  # type: ignore[arg-type]


def test_what_is_forgotten_is_asked_again_on_record(store: Store) -> None:
    let_go(store, PAIR)
    wanted = partial(remembered.listing, sender="SATO@example.co.jp", recipient="x@partner.example", rule="secret")
    (row,) = store.read(lambda view: wanted(view, NOW))
    assert store.read(lambda view: remembered.listing(view, NOW, rule="other")) == []
    assert forget(store, row.id, "root", "operator", NOW) == row
    assert forget(store, row.id, "root", "operator", NOW) is None
    assert later(store) == ["hold"]
    assert [entry.action for entry in store.read(audit.entries)].count("forget") == 1


def test_other_actions_of_a_spared_rule_still_count() -> None:
    facts = facts_of()
    rule = rule_of(PAIR)
    match = Match(rule, Truth(1), spared=1)
    assert decided([match], 1).dispositions == (Disposition.ACCEPT,)
    assert match.truth.yes == 1
    assert plan(facts, decided([match], 1)).deposits == ()
