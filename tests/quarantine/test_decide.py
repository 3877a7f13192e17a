"""The first decision wins, whole and on record; who comes second is told by whom and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.notices.facts import from_json
from sekisho.quarantine.decide import decide, extend
from sekisho.quarantine.refusals import Actor, AlreadyDecided, NotDecided, UnknownHold, UnknownRecipient
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, audit, holds, locks, outbox, releases
from sekisho.store.errors import Conflict
from sekisho.store.unit import Unit
from tests.support.stores import NOW, a_transaction, a_wait, hold_one, loaded

SUZUKI = Actor("suzuki@example.co.jp", "operator")
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def hold(store: Store) -> str:
    """Two recipients who wait."""
    return hold_one(store, transaction=a_transaction("<x@partner.example>", "<Y@other.example>"))


def states(store: Store, hold: str) -> list[str]:
    return [person.state.value for person in loaded(store, hold).recipients]


@pytest.mark.parametrize(
    ("choice", "state", "told"),
    [
        (Choice.RELEASE, State.RELEASING, "released"),
        (Choice.REJECT, State.REJECTED, "rejected"),
        (Choice.CANCEL, State.CANCELLED, "cancelled"),
    ],
)
def test_a_decision_changes_the_hold_is_on_record_and_tells_the_sender(
    store: Store, hold: str, choice: Choice, state: State, told: str
) -> None:
    after = decide(store, hold, choice, SUZUKI, LATER, reason="wrong-recipient")
    assert after == loaded(store, hold)
    assert (after.state, after.version) == (state, 2)
    assert {(person.decided, person.decided_by) for person in after.recipients} == {(LATER, SUZUKI.name)}
    entry = store.read(audit.entries)[-1]
    assert (entry.at, entry.actor, entry.role) == (LATER, SUZUKI.name, "operator")
    assert (entry.action, entry.hold, entry.reason) == (choice.value, hold, "wrong-recipient")
    assert entry.details == {"recipients": ["x@partner.example", "Y@other.example"], "outcome": after.outcome}
    row = store.read(lambda view: outbox.entries(view, hold))[-1]
    notice = from_json(dict(row.payload))
    assert (row.kind, notice.facts.actor, notice.facts.comment) == (told, SUZUKI.name, "wrong-recipient")
    assert store.read(lambda view: releases.is_due(view, LATER)) == (choice is Choice.RELEASE)


def test_some_recipients_can_be_decided_and_the_rest_goes_on_waiting(store: Store, hold: str) -> None:
    after = decide(store, hold, Choice.RELEASE, SUZUKI, NOW, recipients=["y@OTHER.example"])
    assert (after.state, states(store, hold)) == (State.HELD, ["held", "releasing"])
    decide(store, hold, Choice.REJECT, SUZUKI, LATER)
    assert states(store, hold) == ["rejected", "releasing"]


def test_the_second_decision_is_told_by_whom_and_when(store: Store, hold: str) -> None:
    decide(store, hold, Choice.RELEASE, SUZUKI, NOW)
    before = loaded(store, hold)
    with pytest.raises(AlreadyDecided, match=r"already releasing .* by suzuki@example.co.jp at 2026-11-24T03:00:00"):
        decide(store, hold, Choice.REJECT, Actor("takahashi", "operator"), LATER)
    assert loaded(store, hold) == before
    assert len(store.read(audit.entries)) == 2


def test_a_decision_for_several_of_whom_one_is_decided_changes_none(store: Store, hold: str) -> None:
    decide(store, hold, Choice.REJECT, SUZUKI, NOW, recipients=["x@partner.example"])
    with pytest.raises(AlreadyDecided):
        decide(store, hold, Choice.RELEASE, SUZUKI, NOW, recipients=["Y@other.example", "x@partner.example"])
    assert states(store, hold) == ["rejected", "held"]


def test_an_unknown_hold_or_recipient_is_named(store: Store, hold: str) -> None:
    with pytest.raises(UnknownHold, match="NONE"):
        decide(store, "NONE", Choice.RELEASE, SUZUKI, NOW)
    with pytest.raises(UnknownRecipient, match="z@z"):
        decide(store, hold, Choice.RELEASE, SUZUKI, NOW, recipients=["z@z"])
    with pytest.raises(UnknownHold):
        extend(store, "NONE", timedelta(1), SUZUKI, NOW)


def test_of_many_decisions_at_once_exactly_one_is_made(store: Store) -> None:
    ids = [hold_one(store, transaction=a_transaction(body=b"%d" % n)) for n in range(20)]

    def one(number: int) -> bool:
        choice = list(Choice)[number % 3]
        try:
            decide(store, ids[number // 10], choice, Actor(str(number), "operator"), NOW)
        except NotDecided:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(one, range(200))) == len(ids)


def test_a_row_that_changed_meanwhile_is_not_overwritten(store: Store, hold: str) -> None:
    stale = loaded(store, hold)
    decide(store, hold, Choice.REJECT, SUZUKI, NOW)

    def overwrite(unit: Unit) -> None:
        holds.save(unit, stale, stale)

    with pytest.raises(Conflict):
        store.write(overwrite)


def test_extending_puts_timers_off_and_says_so(store: Store) -> None:
    hold = hold_one(store, a_wait("a", timedelta(hours=1), OnExpiry.RETURN), a_wait("b"))
    after = extend(store, hold, timedelta(hours=2), SUZUKI, NOW, reason="on leave")
    assert after.expires == NOW + timedelta(hours=3)
    assert [lock.expires for lock in after.waits] == [NOW + timedelta(hours=3), None]
    assert store.read(lambda view: locks.due_waits(view, NOW + timedelta(hours=2), 9)) == []
    assert store.read(lambda view: locks.due_waits(view, NOW + timedelta(hours=3), 9)) == [hold]
    assert store.read(audit.entries)[-1].action == "extend"


def test_a_decided_hold_cannot_be_extended(store: Store, hold: str) -> None:
    decide(store, hold, Choice.CANCEL, SUZUKI, NOW)
    with pytest.raises(AlreadyDecided):
        extend(store, hold, timedelta(hours=1), SUZUKI, NOW)
