"""Patterns: RE2, clear errors, no text that makes them fail."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sekisho
from sekisho.core.patterns import ROOM, BadPattern, Pattern, PatternSet


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
        Pattern(text).checked()
    assert why in str(caught.value)
    with pytest.raises(BadPattern):
        PatternSet(["a", text]).checked()


def test_all_patterns_of_our_own_are_patterns() -> None:
    """They are compiled when they are first asked, so that nobody but this test would notice."""
    modules = [import_module(one.name) for one in walk_packages(sekisho.__path__, "sekisho.") if _is_ours(one.name)]
    ours = [value for module in modules for value in vars(module).values() if isinstance(value, Pattern | PatternSet)]
    assert len(ours) > 50
    for one in ours:
        one.checked()


def test_a_long_pattern_has_room_for_its_automaton() -> None:
    """Without it RE2 searches with another one, hundreds of times as slowly."""
    long = Pattern(r"(?:\p{Han}{2,30}[市区]\p{Han}{1,30}){1,10}").checked()
    assert long._compiled.programsize > 42_000
    assert long._compiled.options.max_mem >= ROOM * long._compiled.programsize
    assert list(long.spans("x東京都千代田区丸の")) == [(1, 9)]


def _is_ours(name: str) -> bool:
    return name.startswith(("sekisho.core.", "sekisho.inspectors.", "sekisho.mime."))


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
