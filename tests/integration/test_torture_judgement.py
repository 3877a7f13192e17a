"""The judgement of a trial finds what it is there to find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from integration.torture import inventory
from integration.torture.copies import Copy
from integration.torture.judgement import Held, World, judge
from integration.torture.ledger import Decided, Ledger, Told
from integration.torture.mail import Fate, Mail
from sekisho.core.lifecycle import State

NOW, WAITS = "r0.m@open.example", "r1.m@held.example"
OCTETS = b"Subject: m\r\n\r\n.\r\n"
FIRST, SECOND = "4jYTq86BwlzK5kR", "4jYTr86BwlzK5kS"
"""Long queue-ids of Postfix, some seconds apart."""
HOLD = "BSWKB9VWJ9R22TCQAFQR9ZQKVT"


def a_copy(address: str, queue_id: str = FIRST, hold: str = "", below: bytes = OCTETS) -> Copy:
    trace = b"Received: by us\r\n" * (2 if hold else 1)
    return Copy(address, queue_id, hold, trace + below)


def violations(
    *copies: Copy,
    state: State | None = State.HELD,
    offers: Sequence[Told] = (Told.ACCEPTED,),
    decided: Mapping[str, Sequence[Decided]] | None = None,
    cuts: Sequence[float] = (),
    queued: Sequence[str] = (),
    warned: int = 1,
) -> list[str]:
    """What the judgement says of one message for `NOW` and `WAITS`."""
    ledger = Ledger()
    for told in offers:
        ledger.offered(Mail("m", "held partly", {NOW: Fate.NOW, WAITS: Fate.HELD}, hidden=False, octets=OCTETS), told)
    for address, choices in (decided or {}).items():
        for choice in choices:
            ledger.deciding([address], choice)
            ledger.has_decided([address], choice)
    rows = {WAITS: [Held(HOLD, state, int(state is State.SENT), intact=True)]} if state else {}
    return judge(World(ledger, copies, rows, Counter(queued), cuts, Counter({HOLD: warned}))).violations


RELEASED = {WAITS: [Decided.RELEASE]}
REJECTED = {WAITS: [Decided.REJECT]}
BOTH = {WAITS: [Decided.REJECT, Decided.RELEASE]}


def test_a_copy_for_who_passes_and_a_hold_for_who_waits_is_right() -> None:
    assert violations(a_copy(NOW)) == []
    assert violations(queued=[NOW]) == []


def test_a_release_that_arrived_once_is_right() -> None:
    assert violations(a_copy(NOW), a_copy(WAITS, SECOND, HOLD), state=State.SENT, decided=RELEASED) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (violations(), "LOST: neither delivered nor queued"),
        (violations(a_copy(NOW), state=None), "LOST: accepted, and not held"),
        (violations(a_copy(NOW), a_copy(WAITS)), "DELIVERED UNRELEASED"),
        (violations(a_copy(NOW), a_copy(WAITS, SECOND, HOLD)), "DELIVERED UNRELEASED"),
        (violations(a_copy(NOW), a_copy(WAITS, SECOND, HOLD), state=State.SENT), "RELEASED BY NOBODY"),
        (violations(a_copy(NOW), state=State.SENT, decided=RELEASED), "LOST: neither delivered nor queued"),
        (violations(a_copy(NOW), state=State.RELEASING, decided=RELEASED), "unsettled"),
        (violations(a_copy(NOW), decided=RELEASED), "the decision was to release"),
        (violations(a_copy(NOW), decided=REJECTED), "the decision was to reject"),
        (violations(a_copy(NOW), state=State.REJECTED), "REJECTED BY NOBODY"),
        (violations(a_copy(NOW), state=State.REJECTED, decided=BOTH), "decided 2 times"),
        (violations(a_copy(NOW, below=OCTETS + b".\r\n")), "arrived as other octets"),
        (violations(a_copy(NOW), a_copy(NOW, SECOND)), "1 second copies that nothing explains"),
        (violations(a_copy(NOW), offers=[Told.TEMPFAILED]), "never accepted"),
        (violations(a_copy(NOW), a_copy("x@elsewhere.example")), "nobody wrote there"),
    ],
)
def test_what_is_wrong_is_named(found: list[str], said: str) -> None:
    assert len(found) == 1
    assert said in found[0]


def test_a_second_copy_is_explained_by_an_offer_whose_answer_was_lost() -> None:
    assert violations(a_copy(NOW), a_copy(NOW, SECOND), offers=[Told.UNSURE, Told.ACCEPTED]) == []


def test_a_second_release_is_explained_by_a_kill_just_after_the_first() -> None:
    twice = [a_copy(WAITS, FIRST, HOLD), a_copy(WAITS, SECOND, HOLD)]
    begun = twice[0].taken
    assert violations(a_copy(NOW), *twice, state=State.SENT, decided=RELEASED, cuts=[begun + 1]) == []
    unexplained = violations(a_copy(NOW), *twice, state=State.SENT, decided=RELEASED, cuts=[begun - 1])
    assert len(unexplained) == 1
    assert "second copies" in unexplained[0]


def test_a_second_release_of_which_the_log_said_nothing_is_not_explained_by_a_kill() -> None:
    twice = [a_copy(WAITS, FIRST, HOLD), a_copy(WAITS, SECOND, HOLD)]
    silent = violations(a_copy(NOW), *twice, state=State.SENT, decided=RELEASED, cuts=[twice[0].taken + 1], warned=0)
    assert len(silent) == 1
    assert "second copies" in silent[0]


def test_the_log_tells_of_which_hold_it_is_sent_again() -> None:
    log = (
        f'ts=… level=error event=alarm what=uncertain subject={HOLD} why="an attempt was cut off"\n'
        f"ts=… level=error event=alarm what=store subject={HOLD} why=full\n"
    )
    assert inventory.warned(log * 2) == {HOLD: 2}
