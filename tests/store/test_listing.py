"""Lists stream, the newest first; counts and statistics are right."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, listing, statistics
from sekisho.store.listing import counts, expiring, oldest
from sekisho.store.search import Filter
from tests.support.stores import NOW, a_transaction, a_wait, hold_one

ME = Actor("me", "operator")
HOUR = timedelta(hours=1)


@pytest.fixture
def ids(store: Store) -> list[str]:
    """Six holds, the first two released, the third rejected; of two senders, three recipients, two rules."""
    made = [
        hold_one(
            store,
            a_wait(f"r{n % 2}", HOUR * (n + 1), OnExpiry.RETURN),
            transaction=a_transaction(
                f"<P{n % 3}@partner.example>",
                sender=f"<S{n % 2}@example.co.jp>",
                body=b"%d" % n,
                received=NOW + timedelta(seconds=n // 2),
            ),
        )
        for n in range(6)
    ]
    for hold in made[:2]:
        decide(store, hold, Choice.RELEASE, ME, NOW)
    decide(store, made[2], Choice.REJECT, ME, NOW)
    return made


def listed(store: Store, wanted: Filter, limit: int | None = None, after: str = "") -> list[str]:
    return [hold.id for hold in listing.listing(store, wanted, limit=limit, after=after)]


def newest_first(store: Store) -> list[str]:
    rows = list(listing.listing(store, Filter(frozenset())))
    assert [(row.created, row.id) for row in rows] == sorted(((row.created, row.id) for row in rows), reverse=True)
    return [row.id for row in rows]


def test_open_holds_are_listed_unless_others_are_asked_for(store: Store, ids: list[str]) -> None:
    assert set(listed(store, Filter())) == {*ids[:2], *ids[3:]}
    assert set(newest_first(store)) == set(ids)
    assert listed(store, Filter(frozenset({State.REJECTED}))) == [ids[2]]


def test_filters_compare_without_letter_case(store: Store, ids: list[str]) -> None:
    every = frozenset[State]()
    assert set(listed(store, Filter(every, sender="s1@EXAMPLE.co.jp"))) == set(ids[1::2])
    assert set(listed(store, Filter(every, sender="SATO@example.co.jp"))) == set(ids)
    assert set(listed(store, Filter(every, recipient="p0@partner.example"))) == set(ids[0::3])
    assert set(listed(store, Filter(every, rule="r1"))) == set(ids[1::2])
    assert listed(store, Filter(every, sender="s1@example.co.jp", recipient="p0@partner.example")) == [ids[3]]


def test_holds_of_a_time_are_listed_from_its_beginning_up_to_before_its_end(store: Store, ids: list[str]) -> None:
    every = frozenset[State]()
    second = NOW + timedelta(seconds=1)
    assert set(listed(store, Filter(every, since=second))) == set(ids[2:])
    assert set(listed(store, Filter(every, until=second))) == set(ids[:2])
    assert set(listed(store, Filter(every, since=second, until=second + timedelta(seconds=1)))) == set(ids[2:4])


@pytest.mark.parametrize("page", [1, 2, 500])
def test_paging_gives_each_hold_once(store: Store, ids: list[str], page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_PAGE", page)
    expected = newest_first(store)
    assert len(expected) == len(ids)
    for cut in range(len(ids)):
        first = listed(store, Filter(frozenset()), limit=cut + 1)
        rest = listed(store, Filter(frozenset()), after=first[-1])
        assert first + rest == expected
    opened = listed(store, Filter())
    assert listed(store, Filter(), limit=2) + listed(store, Filter(), after=opened[1]) == opened


def test_counts_ages_and_expiries(store: Store, ids: list[str]) -> None:
    found = store.read(counts)
    assert (found[State.HELD], found[State.RELEASING], found[State.REJECTED], found[State.FAILED]) == (3, 2, 1, 0)
    assert State.SENT not in found
    assert store.read(oldest) == NOW + timedelta(seconds=1)
    assert store.read(lambda view: expiring(view, NOW + HOUR * 5)) == 2


def test_an_empty_store_has_no_oldest_hold(store: Store) -> None:
    assert store.read(oldest) is None
    assert listed(store, Filter()) == []
    assert store.read(lambda view: list(statistics.kept_since(view, NOW))) == []


def test_statistics_tell_what_became_of_each_hold(store: Store, ids: list[str]) -> None:
    kept = store.read(lambda view: list(statistics.kept_since(view, NOW)))
    assert {one.id for one in kept} == set(ids)
    by_rule = {rule: Counter(one.state for one in kept if rule in one.rules) for rule in ("r0", "r1")}
    assert by_rule == {"r0": {"held": 1, "rejected": 1, "releasing": 1}, "r1": {"held": 2, "releasing": 1}}
    assert store.read(lambda view: list(statistics.kept_since(view, NOW + HOUR * 99))) == []
