"""Who is told what of a hold: approvers see whom they decide about, and everybody who was asked hears the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sekisho.core.actions import OnExpiry
from sekisho.core.content import Octets
from sekisho.core.finding import Finding
from sekisho.notices.facts import Notice, from_json
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.notify import ask_person
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.timers import expire_due
from sekisho.store import Store, outbox
from tests.support.links import SATO, SUZUKI, ask, held, terms
from tests.support.stores import CALENDAR, NOW, a_plan, a_transaction, a_wait, an_evidence, hold_one, loaded

HOUR = timedelta(hours=1)
TAKAHASHI = "takahashi@example.co.jp"


def notices(store: Store, hold: str) -> list[Notice]:
    return [from_json(dict(row.payload)) for row in store.read(lambda view: outbox.entries(view, hold))]


def told(store: Store, hold: str) -> list[tuple[str, str]]:
    return sorted((notice.kind, notice.to) for notice in notices(store, hold) if notice.kind != "held")


def the(store: Store, hold: str, kind: str) -> Notice:
    (found,) = (notice for notice in notices(store, hold) if notice.kind == kind)
    return found


def test_an_approver_learns_who_waits_who_is_hidden_and_who_has_it_already(store: Store) -> None:
    message = a_transaction("<x@partner.example>", "<gone@partner.example>", "<y@other.example>")
    finding = Finding("large-message", "message", 0b111, values={"size": 10, "limit": 5})
    evidence = replace(an_evidence(finding), hidden=0b100, files=3)
    wait = a_wait("secret", HOUR, OnExpiry.RETURN, terms())
    held_paths = (message.recipients[0], message.recipients[2])
    (hold,) = deposit(store, message, a_plan(message, wait, held=held_paths), evidence)
    ask(store, hold, SUZUKI)
    row = loaded(store, hold)
    half = NOW + HOUR / 2
    store.write(lambda unit: ask_person(unit, "approve", row, row.asks[0], NOW, then=TAKAHASHI, then_at=half))
    notice = the(store, hold, "approve")
    facts = notice.facts
    assert (notice.to, facts.ref) == (SUZUKI, hold)
    assert (facts.waiting, facts.hidden) == (("x@partner.example", "y@other.example"), ("y@other.example",))
    assert (facts.gone, facts.files) == (("gone@partner.example",), 3)
    assert (facts.deadline, facts.on_expiry) == (NOW + HOUR, OnExpiry.RETURN)
    assert (facts.deputy, facts.deputy_at) == (TAKAHASHI, NOW + HOUR / 2)
    assert [one.code for one in facts.findings] == ["large-message"]


def test_what_the_sender_said_when_confirming_stands_in_the_request(store: Store) -> None:
    hold = hold_one(store, a_wait("a", terms=terms("self", ["send-with-reason"])), a_wait("b", terms=terms()))
    ask(store, hold, SUZUKI)
    decide(store, hold, Choice.SEND_WITH_REASON, Actor(SATO), NOW, reason="agreed: 契約変更")
    row = loaded(store, hold)
    theirs = next(one for one in row.asks if one.person == SUZUKI)
    store.write(lambda unit: ask_person(unit, "reminder", row, theirs, NOW))
    assert the(store, hold, "reminder").facts.comment == "agreed: 契約変更"


def test_the_others_who_were_asked_hear_who_decided_and_when(store: Store) -> None:
    hold = held(store)
    ask(store, hold, TAKAHASHI)
    decide(store, hold, Choice.REJECT, Actor(SUZUKI), NOW + HOUR, reason="wrong-file")
    assert told(store, hold) == [("decided", TAKAHASHI), ("rejected", SATO)]
    facts = the(store, hold, "decided").facts
    assert (facts.outcome, facts.actor, facts.decided, facts.comment) == ("rejected", SUZUKI, NOW + HOUR, "wrong-file")


def test_as_long_as_somebody_waits_nobody_hears_that_it_is_decided(store: Store) -> None:
    hold = held(store)
    decide(store, hold, Choice.DROP_RECIPIENT, Actor(SATO), NOW, recipients=["x@partner.example"])
    assert ("decided", SUZUKI) not in told(store, hold)
    decide(store, hold, Choice.CANCEL, Actor(SATO), NOW)
    assert ("decided", SUZUKI) in told(store, hold)


def test_who_was_asked_twice_is_told_once_and_expiry_is_told_too(store: Store) -> None:
    locks = [a_wait(name, HOUR, OnExpiry.RETURN, terms()) for name in ("a", "b")]
    hold = hold_one(store, *locks, transaction=replace(a_transaction(), body=Octets(b"two locks\r\n")))
    ask(store, hold, SUZUKI)
    row = loaded(store, hold)
    assert len(row.asks) == 2
    expire_due(store, NOW + HOUR, CALENDAR, lambda what, error: None)
    assert told(store, hold) == [("decided", SUZUKI), ("expired", SATO)]
    assert the(store, hold, "decided").facts.outcome == "expired"
