"""Truths combine as Kleene's three values do, recipient by recipient."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.truth import Truth, mask_of_all, members

COUNT = 4
EVERYONE = mask_of_all(COUNT)
VALUES = st.lists(st.sampled_from([True, False, None]), min_size=COUNT, max_size=COUNT)
Values = list[bool | None]


def truth(values: Values) -> Truth:
    yes = sum(1 << i for i, value in enumerate(values) if value is True)
    return Truth(yes, sum(1 << i for i, value in enumerate(values) if value is None))


def rank(value: bool | None) -> float:
    return 0.5 if value is None else float(value)


def back(number: float) -> bool | None:
    return None if number == 0.5 else bool(number)


@given(VALUES, VALUES)
def test_and_or_not_are_kleenes(one: Values, two: Values) -> None:
    pairs = list(zip(one, two, strict=True))
    assert truth(one) & truth(two) == truth([back(min(rank(a), rank(b))) for a, b in pairs])
    assert truth(one) | truth(two) == truth([back(max(rank(a), rank(b))) for a, b in pairs])
    assert truth(one).complement(EVERYONE) == truth([back(1 - rank(a)) for a in one])


@given(st.sets(st.integers(0, 300)))
def test_members_gives_back_the_indexes(indexes: set[int]) -> None:
    assert list(members(sum(1 << i for i in indexes))) == sorted(indexes)
