"""Text from outside, fit for one line."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.oneline import one_line


def test_line_ends_become_blanks_and_controls_vanish() -> None:
    assert one_line("a\r\nBcc: x\t\u202eb\x00\u200b\ud800c") == "a  Bcc: x bc"


def test_long_text_is_cut() -> None:
    assert one_line("あ" * 300, 10) == "あ" * 9 + "…"
    assert one_line("x" * 10, 10) == "x" * 10


@given(st.text(max_size=50), st.integers(2, 60))
def test_it_is_always_one_line_within_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in line)
