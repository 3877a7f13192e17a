"""Choosing by a link: once, with what must come with it, and ten seconds to take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.quarantine.choose import WINDOW, Noted, Wanted, Wrong, choose, offers_of, take_effect
from sekisho.quarantine.decide import decide
from sekisho.quarantine.links import Closed, Opened
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.timers import expire_due
from sekisho.store import Store, audit, outbox
from sekisho.store.unit import Unit
from tests.support.links import SATO, SUZUKI, held, invited, links, terms, token_of
from tests.support.stores import CALENDAR, NOW, a_transaction, a_wait, hold_one, loaded

SECOND = timedelta(seconds=1)
LINKS = links()
REJECT = Wanted("reject", reason="wrong-recipient")


def no_trouble(what: str, error: Exception) -> None:
    raise AssertionError(what) from error


def chosen(store: Store, hold: str, wanted: Wanted, person: str = SUZUKI, now: Any = NOW) -> Any:
    """What comes of a choice by a fresh link, the code typed where a star stands for it."""
    link = invited(store, LINKS, hold, person, now)
    code = link.code if wanted.code == "*" else wanted.code
    return choose(store, LINKS, token_of(link), replace(wanted, code=code), now)


def states(store: Store, hold: str) -> list[str]:
    return [person.state.value for person in loaded(store, hold).recipients]


def opened(store: Store, token: str, now: Any = NOW) -> Opened | Closed:
    return store.read(lambda view: LINKS.opened(view, token, now))


def test_a_choice_takes_effect_when_it_can_no_longer_be_taken_back(store: Store) -> None:
    hold = held(store)
    noted = chosen(store, hold, REJECT)
    assert isinstance(noted, Noted)
    assert take_effect(store, NOW + WINDOW - SECOND, no_trouble) == 0
    assert states(store, hold) == ["held", "held"]
    assert take_effect(store, NOW + WINDOW, no_trouble) == 1
    assert states(store, hold) == ["rejected", "rejected"]
    assert loaded(store, hold).recipients[0].decided_by == SUZUKI
    assert take_effect(store, NOW + WINDOW, no_trouble) == 0


def test_an_approval_with_the_code_releases(store: Store) -> None:
    hold = held(store)
    assert isinstance(chosen(store, hold, Wanted("approve", code="*")), Noted)
    take_effect(store, NOW + WINDOW, no_trouble)
    assert loaded(store, hold).state is State.RELEASING


WIDE = {ord("!") + number: 0xFF01 + number for number in range(94)}


@pytest.mark.parametrize("spelling", ["as it is", "small", "blanks", "wide"])
def test_the_code_may_be_typed_in_any_case_and_width(store: Store, spelling: str) -> None:
    hold = held(store)
    link = invited(store, LINKS, hold, SUZUKI)
    code = link.code
    spelled = {"small": code.lower(), "blanks": f" {code[:2]} {code[2:]} ", "wide": code.translate(WIDE)}
    wanted = Wanted("approve", code=spelled.get(spelling, code))
    assert isinstance(choose(store, LINKS, token_of(link), wanted, NOW), Noted)


def test_both_are_on_record(store: Store) -> None:
    hold = held(store)
    chosen(store, hold, replace(REJECT, comment="typo"))
    take_effect(store, NOW + WINDOW, no_trouble)
    entries = store.read(lambda view: audit.entries(view, hold=hold))
    assert [(entry.action, entry.actor, entry.reason) for entry in entries[-2:]] == [
        ("choose", SUZUKI, "wrong-recipient: typo"),
        ("reject", SUZUKI, "wrong-recipient: typo"),
    ]
    assert entries[-2].details == {"choice": "reject", "recipients": ["x@partner.example", "y@other.example"]}


def test_a_choice_for_some_leaves_the_others_waiting(store: Store) -> None:
    hold = held(store)
    assert isinstance(chosen(store, hold, Wanted("drop-recipient", whom=(1,)), SATO), Noted)
    take_effect(store, NOW + WINDOW, no_trouble)
    assert states(store, hold) == ["held", "cancelled"]


def test_without_whom_all_who_wait_are_meant(store: Store) -> None:
    hold = held(store)
    chosen(store, hold, Wanted("cancel"), SATO)
    take_effect(store, NOW + WINDOW, no_trouble)
    assert states(store, hold) == ["cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        (Wanted(""), "choice"),
        (Wanted("release", code="*"), "choice"),
        (Wanted("drop-attachment", code="*"), "choice"),
        (Wanted("drop-recipient", whom=(2,)), "recipients"),
        (Wanted("drop-recipient", whom=(-1,)), "recipients"),
        (Wanted("drop-recipient"), "whom"),
        (Wanted("reject"), "reason"),
        (Wanted("reject", reason="because"), "reason"),
        (Wanted("cancel", reason="because"), "reason"),
        (Wanted("reject", reason="other", comment="  "), "comment"),
        (Wanted("approve"), "no-code"),
        (Wanted("approve", code=" "), "no-code"),
        (Wanted("approve", code="0000"), "code"),
    ],
)
def test_what_is_missing_is_named_and_nothing_happens(store: Store, wanted: Wanted, what: str) -> None:
    hold = held(store)
    before = loaded(store, hold)
    answer = chosen(store, hold, wanted)
    assert isinstance(answer, Wrong)
    assert answer.what == what
    take_effect(store, NOW + WINDOW, no_trouble)
    assert loaded(store, hold) == before


def test_a_link_is_good_for_one_choice(store: Store) -> None:
    hold = held(store)
    token = token_of(invited(store, LINKS, hold, SUZUKI))
    assert isinstance(choose(store, LINKS, token, REJECT, NOW), Noted)
    assert choose(store, LINKS, token, REJECT, NOW) == Closed("used", hold)
    assert opened(store, token) == Closed("used", hold)


def test_a_decision_by_another_way_closes_the_link(store: Store) -> None:
    hold = held(store)
    token = token_of(invited(store, LINKS, hold, SUZUKI))
    decide(store, hold, Choice.RELEASE, Actor("root", "operator"), NOW, recipients=["x@partner.example"])
    assert choose(store, LINKS, token, REJECT, NOW) == Closed("overtaken", hold)


def test_links_end_after_a_day(store: Store) -> None:
    hold = held(store)
    token = token_of(invited(store, LINKS, hold, SUZUKI))
    day = timedelta(hours=24)
    assert isinstance(opened(store, token, NOW + day - SECOND), Opened)
    assert choose(store, LINKS, token, REJECT, NOW + day) == Closed("expired", hold)


def test_what_is_no_token_and_what_was_altered_is_unknown(store: Store) -> None:
    hold = held(store)
    token = token_of(invited(store, LINKS, hold, SUZUKI))
    altered = ("A" if token[0] != "A" else "B") + token[1:]
    for wrong in ("", "x", altered, token + "A", "\udcff", "A" * 5000):
        assert choose(store, LINKS, wrong, REJECT, NOW) == Closed("unknown")


def test_somebody_who_has_no_right_can_choose_nothing(store: Store) -> None:
    hold = held(store)
    answer = chosen(store, hold, Wanted("cancel"), "stranger@example.co.jp")
    assert answer == Wrong("choice")


def test_the_third_wrong_code_closes_the_link_and_a_new_one_is_mailed(store: Store) -> None:
    hold = held(store)
    (notice,) = store.read(lambda view: outbox.entries(view, hold))
    link = invited(store, LINKS, hold, SUZUKI, notice=notice.id)
    token = token_of(link)
    for _ in range(5):
        assert choose(store, LINKS, token, Wanted("approve"), NOW) == Wrong("no-code")
    wrong = [choose(store, LINKS, token, Wanted("approve", code=f"AAA{n}"), NOW) for n in range(2, 5)]
    assert [answer.left for answer in wrong if isinstance(answer, Wrong)] == [2, 1, 0]
    assert choose(store, LINKS, token, Wanted("approve", code=link.code), NOW) == Closed("used", hold)
    first, again = store.read(lambda view: outbox.entries(view, hold))
    assert (again.kind, again.payload, again.id != first.id) == (first.kind, first.payload, True)
    assert states(store, hold) == ["held", "held"]


def test_a_choice_can_be_taken_back_and_made_anew(store: Store) -> None:
    hold = held(store)
    noted = chosen(store, hold, REJECT)
    anew = choose(store, LINKS, noted.token, Wanted("undo"), NOW + WINDOW - SECOND)
    assert isinstance(anew, Noted)
    assert take_effect(store, NOW + WINDOW, no_trouble) == 0
    assert states(store, hold) == ["held", "held"]
    assert isinstance(choose(store, LINKS, anew.token, replace(REJECT, reason="wrong-file"), NOW + WINDOW), Noted)
    take_effect(store, NOW + 2 * WINDOW, no_trouble)
    assert states(store, hold) == ["rejected", "rejected"]


def test_what_has_taken_effect_is_not_taken_back(store: Store) -> None:
    hold = held(store)
    noted = chosen(store, hold, REJECT)
    assert choose(store, LINKS, noted.token, Wanted("undo"), NOW + WINDOW) == noted
    assert take_effect(store, NOW + WINDOW, no_trouble) == 1


def test_a_choice_made_in_time_counts_although_the_time_is_over_then(store: Store) -> None:
    lock = a_wait("a", timedelta(minutes=5), OnExpiry.RETURN, terms("self", ("send-with-reason", "cancel")))
    hold = hold_one(store, lock, transaction=a_transaction())
    late = NOW + timedelta(minutes=5) - SECOND
    assert isinstance(chosen(store, hold, Wanted("send-with-reason", reason="checked", code="*"), SATO, late), Noted)
    over = NOW + timedelta(minutes=5)
    take_effect(store, over, no_trouble)
    expire_due(store, over, CALENDAR, no_trouble)
    assert states(store, hold) == ["releasing"]


def test_who_was_second_changes_nothing_and_it_is_settled(store: Store) -> None:
    hold = held(store)
    noted = chosen(store, hold, REJECT)
    decide(store, hold, Choice.RELEASE, Actor("root", "operator"), NOW + SECOND)
    take_effect(store, NOW + WINDOW, no_trouble)
    assert states(store, hold) == ["releasing", "releasing"]
    found = opened(store, noted.token, NOW + WINDOW)
    assert isinstance(found, Opened)
    assert found.choice is not None
    assert found.choice.outcome == "refused"


def test_one_choice_that_cannot_be_settled_delays_no_other(store: Store) -> None:
    first, second = held(store), held(store, body=b"another\r\n")
    chosen(store, first, REJECT)
    chosen(store, second, REJECT)

    def break_it(unit: Unit) -> None:
        unit.connection.execute(text("UPDATE choices SET choice = 'nonsense' WHERE hold = :hold"), {"hold": first})

    store.write(break_it)
    troubles: list[str] = []
    take_effect(store, NOW + WINDOW, lambda what, _: troubles.append(what))
    assert (len(troubles), states(store, second)) == (1, ["rejected", "rejected"])


def test_what_needs_a_second_proof_is_not_approved_by_a_link(store: Store) -> None:
    hold = held(store, terms(step_up=True))
    assert offers_of(loaded(store, hold), SUZUKI) == ("reject", "drop-recipient", "cancel")
    assert chosen(store, hold, Wanted("approve", code="*")) == Wrong("choice")


def test_the_code_is_of_the_hold_and_the_person(store: Store) -> None:
    one, other = held(store), held(store, body=b"another\r\n")
    codes = {LINKS.code(hold, person) for hold in (one, other) for person in (SATO, SUZUKI)}
    assert len(codes) == 4
    assert all(len(code) == 4 and set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for code in codes)


def test_who_approves_is_not_offered_a_second_way_to_say_yes(store: Store) -> None:
    hold = held(store, terms(offer=("drop-recipient", "send-with-reason")))
    assert offers_of(loaded(store, hold), SUZUKI) == ("reject", "drop-recipient", "approve")


def test_where_one_waits_removing_the_recipient_needs_no_picking(store: Store) -> None:
    hold = held(store, recipients=["<x@partner.example>"])
    assert isinstance(chosen(store, hold, Wanted("drop-recipient")), Noted)
