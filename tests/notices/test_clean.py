"""Text from outside, made fit to be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.notices.clean import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Quotation", "Quotation"),
        ("見積り  の件\t!", "見積り の件 !"),
        ("a\r\nBcc: x@y", "a Bcc: x@y"),
        ("evil\u202etxt.exe", "evil\ufffdtxt.exe"),
        ("zero\u200bwidth\ufeff", "zero\ufffdwidth\ufffd"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("8-bit \udcff", "8-bit \ufffd"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("  ", ""),
    ],
)
def test_what_must_not_be_shown_is_seen_to_have_been_there(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(max_size=300), st.integers(min_value=1, max_value=100))
def test_the_result_is_one_short_line_and_stays_as_it_is(text: str, limit: int) -> None:
    line = clean(text, limit)
    assert len(line) <= limit
    assert not {unicodedata.category(c) for c in line if c != "\u200d"} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert line == clean(line, limit)


def test_ten_thousand_characters_are_cut() -> None:
    assert clean("x" * 10_000, 20) == "x" * 19 + "…"
