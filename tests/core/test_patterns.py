"""Patterns: RE2, clear errors, no text that makes them fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.patterns import BadPattern, Pattern, PatternSet


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(", "missing )"),
        ("a(?=b)", "invalid perl operator: (?="),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("x{2000}", "invalid repetition size"),
        ("a*", "matches every text"),
        ("\ud800", "utf-8"),
        ("a" * 10_001, "longer than 10000"),
    ],
)
def test_what_is_no_pattern_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(BadPattern) as caught:
        Pattern(text)
    assert why in str(caught.value)


def test_letter_case_is_ignored_unless_the_pattern_says_so() -> None:
    assert Pattern("confidential").found("CONFIDENTIAL")
    assert not Pattern("(?-i)confidential").found("CONFIDENTIAL")
    assert not Pattern("confidential", exact=True).found("CONFIDENTIAL")


def test_the_empty_text_alone_can_be_asked_for() -> None:
    assert Pattern("^$").found("")
    assert not Pattern("^$").found("a")


def test_spans_count_in_characters() -> None:
    assert list(Pattern("社外秘|x").spans("ああ社外秘\udc80X")) == [(2, 5), (6, 7)]


@given(st.text(alphabet=st.characters(), max_size=40))
def test_matching_never_raises(text: str) -> None:
    Pattern("a.c|[^a-z]").found(text + "\udcff")
    PatternSet(["a+b"]).found(text + "\udcff")


def test_a_pattern_that_makes_others_backtrack_stays_linear() -> None:
    assert not Pattern("(a+)+$").found("a" * 1_000_000 + "!")


def test_a_set_finds_what_any_of_its_patterns_finds() -> None:
    patterns = PatternSet(["a+b", "^c$"])
    assert patterns.found("xxAAB")
    assert patterns.found("c")
    assert not patterns.found("cc")
    assert not PatternSet([])


def test_equal_patterns_are_equal() -> None:
    assert Pattern("a") == Pattern("a")
    assert len({Pattern("a"), Pattern("a"), Pattern("a", exact=True)}) == 2
