"""What a policy can ask for before a hold opens, and what votes come to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.approval import ESCALATION, FALLBACK, Approval, Chain, Vote, is_open, parse, plain, standing, steps

EVERYBODY = frozenset(range(10))


def vote(role: str, person: str, *, principal: str = "", step: int = 0, covers: frozenset[int] = EVERYBODY) -> Vote:
    return Vote(step, role, person, principal or person, covers)


def is_enough(value: Any, *votes: Vote) -> bool:
    (step,) = steps(parse(value))
    return is_open(step, votes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("operator", "operator"),
        ("group:legal", "group:legal"),
        ("address:Boss@Example.com", "address:boss@example.com"),
        (["manager"], "manager"),
        (["manager", "group:privacy"], "[manager, group:privacy]"),
        ({"any-of": ["manager", "peer"]}, "any-of: [manager, peer]"),
        ({"n-of": {"n": 2, "of": "group:legal"}}, "n-of: {n: 2, of: group:legal}"),
        ({"n-of": {"n": 2, "of": ["manager", "peer", "self"]}}, "n-of: {n: 2, of: [manager, peer, self]}"),
        (
            ["manager", {"any-of": ["address:a@b.example", {"n-of": {"n": 2, "of": "group:x"}}]}],
            "[manager, {any-of: [address:a@b.example, {n-of: {n: 2, of: group:x}}]}]",
        ),
    ],
)
def test_an_approval_is_read_spelled_and_read_again(value: Any, text: str) -> None:
    found = parse(value)
    assert str(found) == text
    assert parse(plain(found)) == found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("boss", "'boss' is not an approver"),
        ("group:", "is not an approver"),
        ("manager:x", "is not an approver"),
        ([], "an empty chain"),
        (["manager", ["peer"]], "a chain is the outermost list"),
        ({"any-of": []}, "not an approval"),
        ({"any-of": "manager"}, "not an approval"),
        ({"any-of": [{"any-of": ["peer"]}]}, "write one list"),
        ({"any-of": ["peer"], "n-of": {}}, "not an approval"),
        ({"n-of": {"n": 2}}, "n-of needs how many and of whom"),
        ({"n-of": {"n": 0, "of": "group:x"}}, "n-of needs how many and of whom"),
        ({"n-of": {"n": True, "of": "group:x"}}, "n-of needs how many and of whom"),
        ({"n-of": {"n": 3, "of": ["self", "peer"]}}, "3 of 2 approvers can never agree"),
        ({"n-of": {"n": 2, "of": "manager"}}, "2 of 1 approvers can never agree"),
        ({"n-of": {"n": 2, "of": {"n-of": {"n": 2, "of": "group:x"}}}}, "write one number"),
        (None, "not an approval"),
        (7, "not an approval"),
    ],
)
def test_what_is_no_approval_is_refused_in_words(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(value)


def test_one_of_several_is_enough_and_another_role_is_not() -> None:
    either = {"any-of": ["manager", "group:legal"]}
    assert is_enough(either, vote("group:legal", "a"))
    assert not is_enough(either, vote("peer", "a"))
    assert not is_enough(either)


def test_a_number_counts_people_never_one_of_them_twice() -> None:
    two = {"n-of": {"n": 2, "of": "group:legal"}}
    assert is_enough(two, vote("group:legal", "a"), vote("group:legal", "b"))
    assert not is_enough(two, vote("group:legal", "a"), vote("group:legal", "a"))
    assert not is_enough(two, vote("group:legal", "a"), vote("group:legal", "d", principal="a"))
    assert not is_enough(two, vote("group:legal", "d", principal="a"), vote("group:legal", "d", principal="b"))
    assert is_enough(two, vote("group:legal", "a"), vote("group:legal", "d", principal="b"))


def test_a_number_of_several_roles_takes_each_person_for_one_role() -> None:
    both = {"n-of": {"n": 2, "of": ["manager", "group:legal"]}}
    assert not is_enough(both, vote("manager", "a"), vote("group:legal", "a"))
    assert not is_enough(both, vote("group:legal", "a"), vote("group:legal", "b"))
    assert is_enough(both, vote("group:legal", "a"), vote("manager", "a"), vote("group:legal", "b"))


def test_a_stand_in_counts_for_any_one_role() -> None:
    both = {"n-of": {"n": 2, "of": ["manager", "group:legal"]}}
    assert is_enough(both, vote(FALLBACK, "f"), vote("group:legal", "a"))
    assert not is_enough(both, vote(FALLBACK, "f"), vote(ESCALATION, "f"))
    assert is_enough("manager", vote(ESCALATION, "f"))


def test_a_chain_goes_step_by_step_and_each_recipient_by_itself() -> None:
    chain = parse(["manager", "group:privacy"])
    first = vote("manager", "m", covers=frozenset({0}))
    early = vote("group:privacy", "p", step=1)
    assert (standing(chain, [first], 0), standing(chain, [first], 1)) == (1, 0)
    assert (standing(chain, [early], 0), standing(chain, [first, early], 0)) == (0, 2)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8), st.integers(2, 4))
def test_more_votes_never_shut_what_fewer_opened_and_n_of_needs_n_people(
    cast: list[tuple[str, str]], number: int
) -> None:
    votes = [vote("group:g", person, principal=principal) for person, principal in cast]
    step = {"n-of": {"n": number, "of": "group:g"}}
    opened = [is_enough(step, *votes[:count]) for count in range(len(votes) + 1)]
    assert opened == sorted(opened)
    if opened[-1]:
        assert min(len({one.person for one in votes}), len({one.principal for one in votes})) >= number


def test_a_chain_of_one_is_no_chain() -> None:
    found: Approval = parse(["self"])
    assert not isinstance(found, Chain)
