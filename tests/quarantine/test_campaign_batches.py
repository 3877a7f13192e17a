"""Members follow a decision in batches: late ones, over failures and crashes, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from sekisho.core.lifecycle import State
from sekisho.quarantine import campaigns as quarantine_campaigns
from sekisho.quarantine.decide import decide
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable, campaigns, releases, tables
from sekisho.store.unit import Unit
from tests.support.mailing import FEW, OPERATOR, Bench, keep, mailing, message
from tests.support.stores import (
    NOW,
    die,
    in_child,
)


@pytest.fixture
def bench(store: Store) -> Iterator[Bench]:
    made = Bench(store)
    yield made
    made.worker.close()


def test_a_member_committed_while_it_was_decided_follows_at_a_later_look(bench: Bench) -> None:
    """As another gateway on the same database may do."""
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    late = keep(bench.store, message(9), key="other")
    bench.store.write(lambda unit: _attach(unit, late, holds[0]))
    bench.at(NOW + timedelta(seconds=1))
    assert bench.states([late]) == {State.RELEASED}
    for look in quarantine_campaigns.LOOKS:
        bench.at(NOW + look)
    assert not bench.store.read(lambda view: campaigns.is_due(view, NOW + timedelta(days=30)))


def _attach(unit: Unit, hold: str, campaign: str) -> None:
    unit.connection.execute(update(tables.holds).where(tables.holds.c.id == hold).values(campaign=campaign))


def test_a_batch_that_fails_is_told_and_done_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], Choice.REJECT, OPERATOR, NOW)
    real = quarantine_campaigns.record_followed

    def broken(*_: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(quarantine_campaigns, "record_followed", broken)
    bench.at(NOW)
    assert ("alarmed", "timer", holds[0]) in [event[:3] for event in bench.watch.events]
    assert bench.states(holds[1:]) == {State.HELD}
    monkeypatch.setattr(quarantine_campaigns, "record_followed", real)
    bench.at(NOW + timedelta(seconds=61))
    assert bench.states(holds) == {State.REJECTED}


def test_a_crash_among_the_members_loses_and_doubles_nothing(bench: Bench) -> None:
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], Choice.RELEASE, OPERATOR, NOW)

    def child() -> None:
        quarantine_campaigns.record_followed = die  # type: ignore[assignment]
        quarantine_campaigns.settle_due(bench.store, "gw1/x", NOW, lambda *_: None)

    assert in_child(child, bench.store) == -9
    assert bench.states(holds[1:]) == {State.HELD}
    bench.at(NOW + timedelta(seconds=61))
    assert len(bench.sent()) == len(set(bench.sent())) == FEW
    assert bench.store.read(releases.pending) == 0
