"""Text fits its columns, whatever script it is in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.cli.columns import fit, width


def test_east_asian_wide_characters_take_two_columns() -> None:
    assert (width("abc"), width("契約"), width("がｱ"), width("e\u0301")) == (3, 4, 3, 1)


def test_what_is_too_long_is_cut_between_characters() -> None:
    assert fit("契約書", 6) == "契約書"
    assert fit("契約書", 5) == "契約…"
    assert fit("契約書", 4) == "契… "
    assert (fit("契約書", 1), fit("契約書", 0)) == ("…", "")
    assert fit("ab", 4) == "ab  "


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_it_is_as_wide_as_it_should_be(text: str, columns: int) -> None:
    assert width(fit(text, columns)) == columns
