"""The table of a hold's life allows exactly what it says."""

from __future__ import annotations

from enum import Enum
from itertools import product

import pytest

from sekisho.core.lifecycle import (
    TRANSITIONS,
    Answer,
    Asked,
    Event,
    Lock,
    LockEvent,
    Refused,
    State,
    after,
    summary,
)

ENDS = {State.SENT, State.BOUNCED, State.REJECTED, State.CANCELLED, State.EXPIRED}


@pytest.mark.parametrize(("states", "events"), [(State, Event), (Lock, LockEvent), (Asked, Answer)])
def test_every_pair_outside_the_table_is_refused(states: type[Enum], events: type[Enum]) -> None:
    within = [key for key in TRANSITIONS if isinstance(key[0], states)]
    assert all(isinstance(event, events) for _, event in within)
    refused = 0
    for state, event in product(states, events):
        if (state, event) not in TRANSITIONS:
            with pytest.raises(Refused, match=state.value or "pending"):
                after(state, event)  # type: ignore[type-var]
            refused += 1
    assert refused == len(states) * len(events) - len(within)


def test_an_open_lock_is_never_shut_and_a_no_is_never_a_yes() -> None:
    assert not [key for key in TRANSITIONS if key[0] in (Lock.OPEN, Asked.REJECTED)]


def test_nothing_follows_an_end_and_nothing_is_sent_that_was_not_released() -> None:
    assert not {state for state, _ in TRANSITIONS} & ENDS
    sent_from = {state for (state, _), target in TRANSITIONS.items() if target is State.SENT}
    assert sent_from == {State.RELEASING, State.DEFERRED}
    assert [key for key, target in TRANSITIONS.items() if target is State.RELEASING] == [(State.HELD, Event.RELEASE)]


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([State.HELD, State.SENT], State.HELD),
        ([State.DEFERRED, State.SENT], State.RELEASING),
        ([State.SENT, State.BOUNCED, State.REJECTED], State.RELEASED),
        ([State.BOUNCED, State.REJECTED], State.FAILED),
        ([State.REJECTED, State.CANCELLED], State.REJECTED),
        ([State.EXPIRED], State.EXPIRED),
    ],
)
def test_a_holds_state_is_a_summary(states: list[State], whole: State) -> None:
    assert summary(states) is whole
