"""What happens to holds by themselves: each lock its own, nothing in silence, and any order of events stays legal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.core.actions import OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.lifecycle import TRANSITIONS, State, summary
from sekisho.core.terms import Terms
from sekisho.quarantine import decide as decide_module
from sekisho.quarantine.decide import decide, extend
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.timers import expire_due, start
from sekisho.store import Store, audit, outbox
from sekisho.store.rows import HoldRow
from tests.support.stores import (
    CALENDAR,
    KINDS,
    NOW,
    a_plan,
    a_transaction,
    a_wait,
    an_evidence,
    hold_one,
    loaded,
    opened,
)

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=30)
REACHABLE = {start: {end for (before, _), end in TRANSITIONS.items() if before is start} for start in State}


def no_trouble(hold: str, error: Exception) -> None:
    raise AssertionError(hold) from error


def kinds(store: Store, hold: str) -> list[str]:
    return [row.kind for row in store.read(lambda view: outbox.entries(view, hold))]


def test_before_its_time_nothing_happens(store: Store) -> None:
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.SEND))
    assert expire_due(store, NOW + HOUR - timedelta(microseconds=1), CALENDAR, no_trouble) == 0
    assert loaded(store, hold).state is State.HELD


def test_send_lets_the_hold_go(store: Store) -> None:
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.SEND))
    assert expire_due(store, NOW + HOUR, CALENDAR, no_trouble) == 1
    assert (loaded(store, hold).state, loaded(store, hold).expires) == (State.RELEASING, None)
    assert kinds(store, hold) == ["held", "released"]
    assert [row.action for row in store.read(audit.entries)] == ["held", "open", "release"]
    assert expire_due(store, NOW + HOUR, CALENDAR, no_trouble) == 0


def test_a_short_timer_goes_without_words(store: Store) -> None:
    hold = hold_one(store, a_wait("a", SOON, OnExpiry.SEND))
    expire_due(store, NOW + HOUR, CALENDAR, no_trouble)
    assert (loaded(store, hold).state, kinds(store, hold)) == (State.RELEASING, [])


def test_send_opens_only_its_own_lock(store: Store) -> None:
    hold = hold_one(store, a_wait("a", SOON, OnExpiry.SEND), a_wait("b", HOUR, OnExpiry.SEND), a_wait("c"))
    expire_due(store, NOW + SOON, CALENDAR, no_trouble)
    found = loaded(store, hold)
    assert [lock.opened for lock in found.waits] == [NOW + SOON, None, None]
    assert (found.state, found.expires) == (State.HELD, NOW + HOUR)
    expire_due(store, NOW + HOUR, CALENDAR, no_trouble)
    assert loaded(store, hold).state is State.HELD


def test_return_ends_the_hold_and_the_sender_is_told(store: Store) -> None:
    hold = hold_one(store, a_wait("a", SOON, OnExpiry.SEND), a_wait("b", SOON, OnExpiry.RETURN))
    expire_due(store, NOW + SOON, CALENDAR, no_trouble)
    assert (loaded(store, hold).state, kinds(store, hold)) == (State.EXPIRED, ["expired"])
    assert store.read(audit.entries)[-1].action == "expire"


def test_return_leaves_those_alone_who_were_let_go(store: Store) -> None:
    message = a_transaction("<x@a.example>", "<y@b.example>")
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.RETURN), transaction=message)
    decide(store, hold, Choice.RELEASE, Actor("me", "operator"), NOW, recipients=["x@a.example"])
    expire_due(store, NOW + HOUR, CALENDAR, no_trouble)
    assert [person.state for person in loaded(store, hold).recipients] == [State.RELEASING, State.EXPIRED]


def test_keep_waits_for_ever_and_the_sender_is_told_once(store: Store) -> None:
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.KEEP))
    assert [expire_due(store, NOW + HOUR * later, CALENDAR, no_trouble) for later in (1, 2, 1000)] == [1, 0, 0]
    assert (loaded(store, hold).state, kinds(store, hold)) == (State.HELD, ["held", "expired"])
    assert store.read(audit.entries)[-1].action == "kept"


def test_time_that_was_put_off_runs_out_again(store: Store) -> None:
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.KEEP))
    expire_due(store, NOW + HOUR, CALENDAR, no_trouble)
    extend(store, hold, HOUR * 2, Actor("me", "operator"), NOW + HOUR)
    assert [expire_due(store, NOW + HOUR * later, CALENDAR, no_trouble) for later in (2, 3, 4)] == [0, 1, 0]


def test_time_begins_when_the_sender_has_been_told(store: Store) -> None:
    wait = a_wait("a", HOUR, OnExpiry.RETURN, Terms(lasts=Duration(3600)))
    message = a_transaction()
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence())
    assert expire_due(store, NOW + HOUR * 5, CALENDAR, no_trouble) == 0
    store.write(lambda unit: start(unit, hold, NOW + HOUR * 5, CALENDAR))
    assert loaded(store, hold).expires == NOW + HOUR * 6
    store.write(lambda unit: start(unit, hold, NOW + HOUR * 9, CALENDAR))
    assert [expire_due(store, NOW + HOUR * later, CALENDAR, no_trouble) for later in (5.9, 6)] == [0, 1]


@pytest.mark.parametrize(("lasts", "notice"), [(60, None), (60, False), (3600, False)])
def test_time_begins_at_once_where_nobody_is_told(store: Store, lasts: int, notice: bool | None) -> None:
    wait = a_wait("a", timedelta(seconds=lasts), OnExpiry.SEND, Terms(lasts=Duration(lasts), notice=notice))
    message = a_transaction()
    (hold,) = deposit(store, message, a_plan(message, wait), an_evidence())
    assert expire_due(store, NOW + timedelta(seconds=lasts), CALENDAR, no_trouble) == 1
    assert (loaded(store, hold).state, kinds(store, hold)) == (State.RELEASING, [])


def test_a_brief_hold_is_told_of_where_the_rule_asks_for_it(store: Store) -> None:
    hold = hold_one(store, a_wait("a", SOON, OnExpiry.SEND, Terms(lasts=Duration(30), notice=True)))
    expire_due(store, NOW + SOON, CALENDAR, no_trouble)
    assert kinds(store, hold) == ["held", "released"]


def test_a_decided_hold_has_no_timers_left(store: Store) -> None:
    hold = hold_one(store, a_wait("a", HOUR, OnExpiry.SEND))
    decide(store, hold, Choice.REJECT, Actor("me", "operator"), NOW)
    assert expire_due(store, NOW + HOUR, CALENDAR, no_trouble) == 0
    assert loaded(store, hold).state is State.REJECTED


def test_one_hold_that_cannot_be_settled_stops_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [
        hold_one(store, a_wait("a", HOUR + SOON * n, OnExpiry.SEND), transaction=a_transaction(body=b"%d" % n))
        for n in range(3)
    ]

    def fail_first(unit: object, hold: HoldRow, *rest: object, **more: object) -> object:
        if hold.id == ids[0]:
            raise ZeroDivisionError
        return decide_module.settle(unit, hold, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("sekisho.quarantine.timers.settle", fail_first)
    troubles: list[str] = []
    assert expire_due(store, NOW + HOUR * 2, CALENDAR, lambda hold, _: troubles.append(hold)) == 2
    assert troubles == ids[:1]


class Steps:
    """What may happen to a hold, in any order, each at a later moment."""

    locks = st.lists(
        st.tuples(st.sampled_from([None, SOON, HOUR, HOUR * 2]), st.sampled_from(list(OnExpiry))),
        min_size=1,
        max_size=3,
    )
    people = st.lists(st.sampled_from([0, 1, 2]), max_size=3, unique=True)
    decisions = st.tuples(st.sampled_from([Choice.RELEASE, Choice.REJECT, Choice.CANCEL]), people)
    moves = st.lists(st.tuples(st.sampled_from([SOON, HOUR]), st.none() | decisions), max_size=8)


@pytest.fixture(scope="module", params=KINDS)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all examples of a property."""
    store = opened(request.param, tmp_path_factory.mktemp("shared"))
    store.upgrade()
    yield store
    store.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(locks=Steps.locks, moves=Steps.moves, salt=st.uuids())
def test_any_order_of_decisions_and_timers_is_legal(
    shared: Store,
    locks: list[tuple[timedelta | None, OnExpiry]],
    moves: list[tuple[timedelta, tuple[Choice, list[int]] | None]],
    salt: object,
) -> None:
    """Recipients move only along the table, nobody who was refused goes, and the audit stays whole."""
    names = [f"{n}@partner.example" for n in range(3)]
    waits = [a_wait(f"r{n}", lasts, on) for n, (lasts, on) in enumerate(locks)]
    message = a_transaction(*(f"<{name}>" for name in names), body=str(salt).encode())
    hold = hold_one(shared, *waits, transaction=message)
    now, before = NOW, loaded(shared, hold)
    for step, decision in moves:
        now += step
        if decision is None:
            expire_due(shared, now, CALENDAR, no_trouble)
        else:
            choice, people = decision
            try:
                decide(shared, hold, choice, Actor("me", "operator"), now, recipients=[names[n] for n in people])
            except NotDecided:
                assert loaded(shared, hold) == before
        after = loaded(shared, hold)
        assert after.state is summary(person.state for person in after.recipients)
        for old, new in zip(before.recipients, after.recipients, strict=True):
            assert new.state is old.state or new.state in REACHABLE[old.state]
        before = after
    assert shared.read(audit.verify).broken_at is None
