"""Every message is where it must be after processes were killed at random moments, on real Postfix."""

from __future__ import annotations

import pytest

from integration import postfix, postgresql
from integration.torture.outages import Outage
from integration.torture.trial import ALONE, SHARED, Extent, Trial


def test_a_short_trial_loses_nothing_and_lets_nothing_out() -> None:
    """Eight kills under load: worker, release worker, HTTP and supervisor at least once each."""
    if missing := postfix.why_not():
        pytest.skip(missing)
    with Trial(ALONE, Extent(rounds=8, seed=3, minutes=2.0, stall=0.0), say=lambda _: None) as trial:
        found = trial.run()
    assert found.violations == []
    assert found.figures["rounds"] == 8
    assert found.figures["recipients delivered at once"] > 0
    assert found.figures["recipients held"] + found.figures["recipients released"] > 0


def test_two_gateways_on_a_restarted_server_lose_nothing_and_let_nothing_out() -> None:
    """One blow of each kind: a gateway killed whole, PostgreSQL restarted fast and at once, an approver killed."""
    if missing := postfix.why_not() or postgresql.why_not():
        pytest.skip(missing)
    with Trial(SHARED, Extent(rounds=len(Outage), seed=7, minutes=2.0, stall=0.0), say=lambda _: None) as trial:
        found = trial.run()
    assert found.violations == []
    assert [found.figures[kind.value] for kind in Outage] == [1] * len(Outage)
    assert found.figures["recipients delivered at once"] > 0
    assert found.figures["recipients held"] + found.figures["recipients released"] > 0
