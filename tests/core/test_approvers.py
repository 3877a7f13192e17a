"""Who is asked, and who instead where that is nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.approval import ESCALATION, FALLBACK, Role, Step, parse, steps
from sekisho.core.approvers import Found, Matter, Site
from sekisho.core.people import Absence, People, Person
from sekisho.core.search import escalate, fall_back, resolve
from tests.support.people import ITO, KATO, SATO, STAFF, SUZUKI, TAKAHASHI, people

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MORI, POSTMASTER = "mori@example.co.jp", "postmaster@example.co.jp"


def a_site(known: People | None = None, fallback: tuple[str, ...] = (MORI,)) -> Site:
    return Site(known or people(), lambda address: not address.endswith("@example.co.jp"), fallback, POSTMASTER)


def a_matter(sender: str = SATO, among: tuple[str, ...] = ()) -> Matter:
    return Matter("HOLD", sender, among, NOW)


def away(address: str, deputy: str = "") -> Absence:
    return Absence(address, NOW - DAY, NOW + DAY, deputy)


def step_of(value: Any) -> Step:
    (step,) = steps(parse(value))
    return step


def asked(value: Any, *, sender: str = SATO, among: tuple[str, ...] = (), site: Site | None = None) -> Found:
    return resolve(step_of(value), a_matter(sender, among), site or a_site())


def shown(found: Found) -> list[tuple[str, str, str]]:
    return [(one.role, one.person, one.why) for one in found.asked]


@pytest.mark.parametrize(
    ("value", "people_asked"),
    [
        ("manager", [SUZUKI]),
        ("group:legal", [ITO, KATO]),
        ("address:Takahashi@Example.co.jp", [TAKAHASHI]),
        ("self", [SATO]),
        ("operator", []),
        ({"any-of": ["manager", "group:legal"]}, [SUZUKI, ITO, KATO]),
        ({"n-of": {"n": 2, "of": "group:legal"}}, [ITO, KATO]),
        ({"any-of": ["operator", "group:empty"]}, []),
    ],
)
def test_a_step_names_people(value: Any, people_asked: list[str]) -> None:
    found = asked(value)
    assert [one.person for one in found.asked] == people_asked
    assert {one.why for one in found.asked} <= {""}


def test_peers_are_those_of_the_section_but_for_the_sender_under_any_name() -> None:
    assert sorted(one.person for one in asked("peer", sender="T.Sato@example.co.jp").asked) == [ITO, SUZUKI, TAKAHASHI]


def test_of_a_large_section_some_are_asked_each_time_others() -> None:
    crowd = tuple(Person(f"p{n}@example.co.jp", section="s") for n in range(100))
    site = a_site(people((Person(SATO, section="s"), *crowd)))
    first = resolve(step_of("peer"), Matter("A", SATO, (), NOW), site)
    other = resolve(step_of("peer"), Matter("B", SATO, (), NOW), site)
    assert len(first.asked) == len(other.asked) == 20
    assert first != other


def test_an_approver_among_the_recipients_is_one_of_a_group_or_leads_the_sender() -> None:
    there = (TAKAHASHI, "ITO@example.co.jp", SUZUKI, "x@partner.example")
    assert [one.person for one in asked("cc-approver", among=there).asked] == [ITO, SUZUKI]


@pytest.mark.parametrize(
    ("value", "sender", "why"),
    [
        ("manager", KATO, "no-manager"),
        ("manager", "stranger@example.co.jp", "no-manager"),
        ("manager", "", "no-manager"),
        ("manager", ITO, "external"),
        ("self", "", "no-sender"),
        ("peer", KATO, "no-peers"),
        ("peer", "", "no-peers"),
        ("cc-approver", SATO, "no-cc-approver"),
        ("group:none", SATO, "unknown-group"),
        ("group:empty", SATO, "empty-group"),
        ("group:mine", SATO, "own-mail"),
        ("group:outside", SATO, "external"),
        ("address:t.sato@example.co.jp", SATO, "own-mail"),
        ("address:boss@elsewhere.example", SATO, "external"),
    ],
)
def test_where_nobody_can_be_asked_the_fallback_is_and_it_is_said_why(value: Any, sender: str, why: str) -> None:
    found = asked(value, sender=sender)
    assert shown(found) == [(FALLBACK, MORI, why)]
    assert [one.why for one in found.missing] == [why]


def test_without_a_fallback_or_if_it_is_the_sender_the_postmaster_is_asked() -> None:
    for fallback in ((), (SATO,), ("x@elsewhere.example",)):
        found = asked("group:none", site=a_site(fallback=fallback))
        assert shown(found) == [(FALLBACK, POSTMASTER, "unknown-group")]


def test_where_one_of_several_can_be_asked_nobody_else_is_but_it_is_said() -> None:
    found = asked({"any-of": ["manager", "group:legal"]}, sender=KATO)
    assert shown(found) == [("group:legal", ITO, "")]
    assert [one.why for one in found.missing] == ["no-manager", "own-mail"]


def test_too_few_for_a_number_get_help() -> None:
    found = asked({"n-of": {"n": 2, "of": "group:legal"}}, sender=KATO)
    assert shown(found) == [("group:legal", ITO, ""), (FALLBACK, MORI, "own-mail")]
    found = asked({"n-of": {"n": 3, "of": "group:legal"}}, sender=KATO)
    assert shown(found)[-1] == (FALLBACK, POSTMASTER, "own-mail")


def test_for_who_is_away_the_deputy_is_asked_the_one_of_the_absence_first() -> None:
    found = asked("manager", site=a_site(people(absences=[away(SUZUKI)])))
    assert [(one.role, one.person, one.principal) for one in found.asked] == [("manager", TAKAHASHI, SUZUKI)]
    found = asked("manager", site=a_site(people(absences=[away(SUZUKI, KATO)])))
    assert [one.person for one in found.asked] == [KATO]
    found = asked("manager", site=a_site(people(absences=[away(SUZUKI), away(TAKAHASHI)])))
    assert [(one.person, one.principal) for one in found.asked] == [(ITO, SUZUKI)]


@pytest.mark.parametrize(
    ("absences", "why"),
    [
        ([away(SUZUKI), away(TAKAHASHI, SUZUKI)], "deputy-loop"),
        ([away(SUZUKI, SUZUKI)], "deputy-loop"),
        ([away(SUZUKI, "t.sato@example.co.jp")], "own-mail"),
        ([away(SUZUKI, "x@agency.example")], "external"),
        ([away(SUZUKI, KATO), away(KATO)], "absent"),
    ],
)
def test_deputies_who_cannot_be_asked_end_with_the_fallback(absences: list[Absence], why: str) -> None:
    found = asked("manager", site=a_site(people(absences=absences)))
    assert shown(found) == [(FALLBACK, MORI, why)]
    assert [(one.why, one.address) for one in found.missing] == [(why, SUZUKI)]


def test_an_absence_holds_from_its_first_moment_to_its_last() -> None:
    for since, until, person in (
        (NOW, NOW + DAY, TAKAHASHI),
        (NOW - DAY, NOW, SUZUKI),
        (NOW + timedelta(microseconds=1), NOW + DAY, SUZUKI),
    ):
        found = asked("manager", site=a_site(people(absences=[Absence(SUZUKI, since, until)])))
        assert [one.person for one in found.asked] == [person]


def test_managers_who_lead_each_other_are_no_endless_search() -> None:
    ring = people((Person(SATO, manager=SUZUKI), Person(SUZUKI, manager=KATO), Person(KATO, manager=SUZUKI)))
    assert [one.person for one in asked("cc-approver", among=(KATO,), site=a_site(ring)).asked] == [KATO]
    own = people((Person(SATO, manager=SATO),))
    assert shown(asked("manager", site=a_site(own))) == [(FALLBACK, MORI, "no-manager")]


def test_others_are_asked_besides() -> None:
    silent = [("manager", SUZUKI, SUZUKI), ("group:legal", ITO, ITO), ("group:legal", KATO, KATO)]
    found = escalate(Role("deputy"), silent, a_matter(), a_site())
    assert [(one.role, one.person, one.principal, one.why) for one in found.asked] == [
        ("manager", TAKAHASHI, SUZUKI, "escalated")
    ]
    assert [(one.why, one.address) for one in found.missing] == [("absent", ITO), ("absent", KATO)]
    found = escalate(Role("group", "legal"), silent, a_matter(), a_site())
    assert shown(found) == [(ESCALATION, ITO, "escalated"), (ESCALATION, KATO, "escalated")]
    found = escalate(Role("group", "none"), silent, a_matter(), a_site())
    assert shown(found) == [(FALLBACK, MORI, "escalated")]
    assert shown(fall_back(step_of("manager"), a_matter(), a_site(), "unanswered")) == [(FALLBACK, MORI, "unanswered")]


ADDRESSES = [person.address for person in STAFF]
LEAVES = st.sampled_from(["self", "manager", "peer", "cc-approver", "group:legal", "group:mine", "group:none"])


@given(
    step=LEAVES
    | st.lists(LEAVES, min_size=1, max_size=3).map(lambda of: {"any-of": of})
    | st.lists(LEAVES, min_size=2, max_size=4).map(lambda of: {"n-of": {"n": 2, "of": of}}),
    sender=st.sampled_from([*ADDRESSES, "t.sato@example.co.jp", "", "stranger@example.co.jp"]),
    absences=st.lists(st.builds(away, st.sampled_from(ADDRESSES), st.sampled_from([*ADDRESSES, ""])), max_size=5),
    fallback=st.lists(st.sampled_from([*ADDRESSES, MORI]), max_size=2),
)
def test_somebody_is_always_asked_nobody_about_own_mail_and_nobody_outside(
    step: Any, sender: str, absences: list[Absence], fallback: list[str]
) -> None:
    known = people(absences=absences)
    found = asked(step, sender=sender, among=(SUZUKI, ITO), site=a_site(known, tuple(fallback)))
    assert found.asked
    person = known.find(sender)
    for one in found.asked:
        assert one.person.endswith("@example.co.jp")
        assert one.role == "self" or one.person != (person.address if person else sender)
