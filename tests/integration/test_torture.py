"""Every message is where it must be after processes were killed at random moments, on real Postfix."""

from __future__ import annotations

import pytest

from integration.postfix import why_not
from integration.torture.trial import Extent, Trial


def test_a_short_trial_loses_nothing_and_lets_nothing_out() -> None:
    """Eight kills under load: worker, release worker, HTTP and supervisor at least once each."""
    if missing := why_not():
        pytest.skip(missing)
    with Trial(Extent(rounds=8, seed=3, minutes=2.0, stall=0.0), say=lambda _: None) as trial:
        found = trial.run()
    assert found.violations == []
    assert found.figures["kills"] == 8
    assert found.figures["recipients delivered at once"] > 0
    assert found.figures["recipients held"] + found.figures["recipients released"] > 0
