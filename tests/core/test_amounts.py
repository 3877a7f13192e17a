"""Durations, sizes and comparisons mean what an administrator expects, and say what is wrong when they do not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sekisho.core.amounts import Comparison, Duration, comparison, duration, size
from sekisho.core.fields import ComparisonField, DurationField, SizeComparisonField, SizeField, WorkingDurationField


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60s", 60), ("15m", 900), ("15min", 900), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600), ("1h 30m", 5400)],
)
def test_a_duration_is_a_number_and_its_unit(text: str, seconds: int) -> None:
    assert duration(text) == Duration(seconds)
    assert duration(text).delta.total_seconds() == seconds


@pytest.mark.parametrize("value", ["", "60", 60, "1.5h", "-1h", "h", "24 hours", None, True, [], "99999999w"])
def test_what_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|longer than 100 years"):
        duration(value)


def test_business_hours_are_a_duration_only_where_they_are_allowed() -> None:
    assert duration("8 business-hours", business=True) == Duration(28_800, business=True)
    with pytest.raises(ValueError, match="business hours cannot be used here"):
        duration("8 business-hours")


@given(st.integers(0, 10_000_000), st.booleans())
def test_a_duration_reads_back_as_it_is_written(seconds: int, business: bool) -> None:
    spelled = Duration(seconds * 3600 if business else seconds, business) if seconds < 900_000 else Duration(seconds)
    assert duration(str(spelled), business=True) == spelled


@pytest.mark.parametrize(
    ("value", "octets"),
    [(0, 0), (512, 512), ("512", 512), ("20MB", 20_000_000), ("64KiB", 65_536), ("1 GB", 10**9), ("2tib", 2**41)],
)
def test_a_size_is_octets(value: object, octets: int) -> None:
    assert size(value) == octets


@pytest.mark.parametrize("value", ["", "MB", "-1", -1, True, "1.5MB", "5 apples", None])
def test_what_is_no_size_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        size(value)


@pytest.mark.parametrize(
    ("value", "inside", "outside"),
    [
        (">= 10", 10, 9),
        ("> 10", 11, 10),
        ("<=3", 3, 4),
        ("< 3", 2, 3),
        ("!= 0", 1, 0),
        ("== 2", 2, 1),
        (5, 5, 6),
        ("5", 5, 4),
    ],
)
def test_a_comparison_matches_its_side_of_the_bound(value: object, inside: int, outside: int) -> None:
    assert comparison(value).matches(inside)
    assert not comparison(value).matches(outside)


def test_a_comparison_can_be_of_sizes_and_of_fractions() -> None:
    assert comparison("> 20MB", size) == Comparison(">", 20_000_000)
    assert comparison(">= 0.5").matches(0.5)


@pytest.mark.parametrize("value", ["", ">=", "ten", ">= ten", None, True, [1], "=> 3"])
def test_what_is_no_comparison_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a"):
        comparison(value)


@pytest.mark.parametrize(
    ("field", "given_", "parsed"),
    [
        (DurationField, "1m", Duration(60)),
        (WorkingDurationField, "1 business-hour", Duration(3600, business=True)),
        (SizeField, "1kB", 1000),
        (ComparisonField, ">= 3", Comparison(">=", 3)),
        (SizeComparisonField, "< 1kB", Comparison("<", 1000)),
    ],
)
def test_models_take_amounts_as_people_write_them(field: Any, given_: str, parsed: object) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(field)
    assert adapter.validate_python(given_) == parsed
    assert "string" in adapter.json_schema()["type"]
    with pytest.raises(ValidationError, match="is not a"):
        adapter.validate_python("nonsense")
