"""Dictionaries: many words at once over folded text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.inspectors.dictionaries import WordDictionary


def found(words: list[str], text: str) -> list[tuple[str, str]]:
    return [(hit.word, text[hit.start : hit.end]) for hit in WordDictionary("site", words).hits(text)]


@pytest.mark.parametrize(
    ("word", "text", "shown"),
    [
        ("社外秘", "これは社外秘です", "社外秘"),
        ("confidential", "Strictly ＣＯＮＦＩＤＥＮＴＩＡＬ!", "ＣＯＮＦＩＤＥＮＴＩＡＬ"),
        ("ひみつ", "ヒミツの資料", "ヒミツ"),
        ("プロジェクト", "ﾌﾟﾛｼﾞｪｸﾄA", "ﾌﾟﾛｼﾞｪｸﾄ"),
        ("内部资料", "请勿外传：内部资料。", "内部资料"),
        ("confidential", "confidential_2026.xlsx", "confidential"),
        ("Project X", "the project x plan", "project x"),
        ("Project X", "the project\r\nx plan", "project\r\nx"),
        ("Project X", "the project  x plan", "project  x"),
        ("Project X", "the project\tx plan", "project\tx"),
        ("Project X", "the project\n  x plan", "project\n  x"),
        ("Project X Y", "project x \ny", "project x \ny"),
        ("NDA", "秘密保持NDA契約", "NDA"),
        ("  Secret ", "top secret", "secret"),
    ],
)
def test_a_word_is_found_however_it_is_written(word: str, text: str, shown: str) -> None:
    assert found([word], text) == [(word, shown)]


@pytest.mark.parametrize(
    ("word", "text"), [("NDA", "agenda"), ("cat", "concatenate cats"), ("404", "14045"), ("", "x")]
)
def test_a_word_within_a_word_is_not_found_where_blanks_part_words(word: str, text: str) -> None:
    assert found([word], text) == []


def test_words_within_words_are_all_found() -> None:
    assert [word for word, _ in found(["社外", "社外秘"], "社外秘")] == ["社外", "社外秘"]


def test_an_empty_dictionary_finds_nothing() -> None:
    assert found([], "anything") == []


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["社外秘", "ヒミツ", "ﾊﾞｶ"]))
def test_a_japanese_word_is_found_in_any_surroundings_and_its_place_is_within_the_text(
    before: str, after: str, word: str
) -> None:
    text = f"{before} {word} {after}"
    hits = list(WordDictionary("site", [word]).hits(text))
    assert hits
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
