"""Messages that are alike are one hold: one line, one notice, one decision, which those still to come follow too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.finding import Finding
from sekisho.core.lifecycle import State
from sekisho.quarantine.campaigns import BATCH
from sekisho.quarantine.decide import Fix, decide
from sekisho.quarantine.refusals import Actor, Impossible
from sekisho.quarantine.rights import Choice, rights
from sekisho.store import Store, audit, outbox, statistics
from sekisho.store.listing import counts, listing
from sekisho.store.search import Filter
from tests.support.mailing import FEW, FOUND, OPERATOR, SATO, WINDOW, Bench, keep, mailing, message
from tests.support.stores import (
    NOW,
    a_transaction,
    loaded,
    octets_of,
)


@pytest.fixture
def bench(store: Store) -> Iterator[Bench]:
    made = Bench(store)
    yield made
    made.worker.close()


def test_many_are_one_line_one_notice_and_one_decision(bench: Bench) -> None:
    first, *others = mailing(bench.store, 3 * BATCH)
    (line,) = listing(bench.store, Filter())
    assert (line.id, line.members) == (first, len(others))
    assert loaded(bench.store, first).members == len(others)
    assert bench.kinds() == ["held"]
    assert bench.store.read(counts)[State.HELD] == 1
    kept = bench.store.read(lambda view: list(statistics.kept_since(view, NOW - timedelta(days=1))))
    assert [one.id for one in kept] == [first]
    decide(bench.store, first, Choice.APPROVE, SATO, NOW)
    bench.at(NOW)
    assert bench.states([first, *others]) == {State.RELEASED}
    assert len(bench.sent()) == len(set(bench.sent())) == 3 * BATCH
    assert bench.kinds() == ["held", "released"]


def test_each_member_leaves_with_its_own_octets_and_recipients(bench: Bench) -> None:
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    mails = {people: octets for sender, people, octets in bench.listener.taken if sender}
    for n in range(FEW):
        assert mails[f"r{n}@partner.example",].endswith(octets_of(message(n)))


@pytest.mark.parametrize(
    ("choice", "actor", "state"),
    [
        (Choice.REJECT, OPERATOR, State.REJECTED),
        (Choice.CANCEL, SATO, State.CANCELLED),
    ],
)
def test_a_no_is_for_all_and_for_those_still_to_come(bench: Bench, choice: Choice, actor: Actor, state: State) -> None:
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], choice, actor, NOW, reason="wrong-recipient")
    bench.at(NOW)
    late = keep(bench.store, message(9, received=NOW + timedelta(minutes=30)))
    bench.at(NOW + timedelta(minutes=31))
    assert bench.states([*holds, late]) == {state}
    assert bench.sent() == []
    assert {loaded(bench.store, hold).outcome for hold in [*holds, late]} == {state.value}
    assert [loaded(bench.store, hold).recipients[0].decided_by for hold in (holds[2], late)] == [actor.name] * 2
    assert bench.kinds() == sorted(["held", state.value])


def test_those_still_to_come_go_at_once_when_it_was_let_go(bench: Bench) -> None:
    (first,) = mailing(bench.store, 1)
    decide(bench.store, first, Choice.APPROVE, SATO, NOW)
    late = keep(bench.store, message(9, received=NOW + timedelta(minutes=119)))
    assert loaded(bench.store, late).state is State.RELEASING
    bench.at(NOW + timedelta(minutes=119))
    assert bench.sent() == ["r0@partner.example", "r9@partner.example"]
    rows = bench.store.read(lambda view: audit.entries(view, hold=late))
    assert [(row.action, row.actor, row.details.get("campaign")) for row in rows[:2]] == [
        ("held", "", first),
        ("release", SATO.name, first),
    ]


def test_what_comes_after_the_window_or_is_not_alike_is_another_hold(bench: Bench) -> None:
    (first,) = mailing(bench.store, 1)
    late = keep(bench.store, message(8, received=NOW + WINDOW))
    unlike = keep(bench.store, message(9), key="l")
    decide(bench.store, first, Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    assert bench.states([late, unlike]) == {State.HELD}
    assert {hold.id for hold in listing(bench.store, Filter())} == {late, unlike}


def test_the_timer_of_the_first_is_that_of_all(bench: Bench) -> None:
    holds = mailing(bench.store, FEW, on_expiry=OnExpiry.SEND)
    bench.at(NOW)
    bench.at(NOW + timedelta(minutes=59))
    assert bench.states(holds) == {State.HELD}
    bench.at(NOW + timedelta(hours=1))
    assert bench.states(holds) == {State.RELEASED}
    assert len(bench.sent()) == FEW


def test_a_message_that_shows_more_is_decided_upon_by_itself(bench: Bench) -> None:
    """Nobody has seen that finding when the mailing was let go."""
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], Choice.RELEASE, OPERATOR, NOW)
    more = keep(bench.store, message(7), replace(FOUND, count=3))
    other = keep(bench.store, message(8), FOUND, Finding("confidential-marking", "body", 1))
    same = keep(bench.store, message(9))
    bench.at(NOW)
    assert bench.states([more, other]) == {State.HELD}
    assert bench.states([same]) == {State.RELEASED}
    assert [(hold.id, hold.members) for hold in listing(bench.store, Filter())] == [(more, 1)]
    assert loaded(bench.store, more).id == loaded(bench.store, other).campaign


def test_who_decides_is_shown_the_most_that_any_message_has(bench: Bench) -> None:
    first, *_ = mailing(bench.store, FEW)
    keep(bench.store, message(7), replace(FOUND, count=30, where="attachment:list.csv"))
    keep(bench.store, message(8), Finding("confidential-marking", "body", 1))
    shown = loaded(bench.store, first).evidence.findings
    assert [(one.code, one.count, one.where) for one in shown] == [
        ("personal-data", 30, "attachment:list.csv"),
        ("confidential-marking", 1, "body"),
    ]
    assert {one.recipients for one in shown} == {1}
    decide(bench.store, first, Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    assert len(bench.sent()) == FEW + 2


def test_a_campaign_is_decided_as_a_whole(bench: Bench) -> None:
    both = a_transaction("<r0@partner.example>", "<s0@partner.example>", body=b"for 0\r\n")
    first = keep(bench.store, both)
    keep(bench.store, message(1))
    with pytest.raises(Impossible, match="1 more messages follow it"):
        decide(bench.store, first, Choice.RELEASE, OPERATOR, NOW, recipients=["r0@partner.example"])
    decide(bench.store, first, Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    assert len(bench.sent()) == 3


def test_a_first_message_that_is_divided_is_followed_by_none(bench: Bench) -> None:
    both = a_transaction("<r0@partner.example>", "<s0@partner.example>", body=b"for 0\r\n")
    first = keep(bench.store, both)
    decide(bench.store, first, Choice.RELEASE, OPERATOR, NOW, recipients=["r0@partner.example"])
    other = keep(bench.store, message(1))
    decide(bench.store, first, Choice.REJECT, OPERATOR, NOW)
    bench.at(NOW)
    assert bench.states([other]) == {State.HELD}
    assert loaded(bench.store, other).campaign == ""


FILE = b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: text/csv; name=list.csv\r\n\r\na,b\r\n--b--\r\n"
WITH_FILE = (("Content-Type", "multipart/mixed; boundary=b"),)
OFFER = ("drop-attachment", "envelope-only", "cancel")


def test_a_fix_is_made_in_each_message_or_the_message_does_not_go(bench: Bench) -> None:
    first = keep(bench.store, message(0, FILE, fields=WITH_FILE), offer=OFFER)
    before = keep(bench.store, message(1, FILE, fields=WITH_FILE), offer=OFFER)
    without = keep(bench.store, message(2), offer=OFFER)
    decide(bench.store, first, Choice.DROP_ATTACHMENT, SATO, NOW, fix=Fix(("list.csv",)))
    after = keep(bench.store, message(3, FILE, fields=WITH_FILE), offer=OFFER)
    late = keep(bench.store, message(4), offer=OFFER)
    bench.at(NOW)
    assert bench.states([first, before, after]) == {State.RELEASED}
    assert not any(b"a,b" in octets for sender, _, octets in bench.listener.taken if sender)
    assert len(bench.sent()) == 3
    assert bench.states([without, late]) == {State.HELD}
    assert loaded(bench.store, without).campaign == ""
    assert "stands-alone" in [row.action for row in bench.store.read(lambda view: audit.entries(view, hold=without))]
    assert bench.kinds().count("held") == 3
    assert loaded(bench.store, without).waits[0].started is not None


def test_a_message_offered_again_is_not_two_members(bench: Bench) -> None:
    mailing(bench.store, FEW)
    again = mailing(bench.store, FEW)
    (line,) = listing(bench.store, Filter())
    assert line.members == FEW - 1
    assert {loaded(bench.store, hold).offered for hold in again} == {2}


def test_a_member_is_found_by_its_recipient_and_decided_alone_by_the_operator(bench: Bench) -> None:
    holds = mailing(bench.store, FEW)
    (found,) = listing(bench.store, Filter(recipient="r2@partner.example"))
    assert found.id == holds[2]
    decide(bench.store, holds[2], Choice.REJECT, OPERATOR, NOW)
    decide(bench.store, holds[0], Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    assert bench.sent() == ["r0@partner.example", "r1@partner.example"]


def test_notices_say_that_others_follow_and_how_many(bench: Bench) -> None:
    holds = mailing(bench.store, FEW)
    decide(bench.store, holds[0], Choice.REJECT, OPERATOR, NOW)
    rows = bench.store.read(partial(outbox.entries, hold=holds[0]))
    assert {row.kind: row.payload["facts"]["members"] for row in rows} == {"held": 0, "rejected": FEW - 1}
    bench.at(NOW)
    mails = [octets for sender, _, octets in bench.listener.taken if not sender]
    said = " ".join(" ".join(mail.decode().replace("=\r\n", "").split()) for mail in mails)
    assert "2 more messages that are alike are treated the same, and so are those still to come." in said


def test_nobody_is_offered_to_divide_a_campaign(bench: Bench) -> None:
    first = keep(bench.store, message(0), offer=("drop-recipient", "cancel"))
    assert Choice.DROP_RECIPIENT in rights(loaded(bench.store, first), SATO.name)
    keep(bench.store, message(1), offer=("drop-recipient", "cancel"))
    assert rights(loaded(bench.store, first), SATO.name) == (Choice.CANCEL, Choice.APPROVE)
