"""Folding: one spelling for matching, and the way back to the original."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.folding import fold, kana_spellings


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Confidential", "confidential"),
        ("ＣＯＮＦＩＤＥＮＴＩＡＬ", "confidential"),
        ("ｺﾝﾌｨﾃﾞﾝｼｬﾙ", "コンフィデンシャル"),
        ("社\u200b外\u00ad秘", "社外秘"),
        ("㈱山田①", "(株)山田1"),
        ("Straße", "strasse"),
        ("ZX\u20114400 1\u22122\u20133", "zx-4400 1-2-3"),
    ],
)
def test_what_people_read_alike_folds_alike(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_an_east_asian_word_broken_by_a_wrapped_line_is_whole_again() -> None:
    text = "この資料はたいへん重要なものでありまして社外\r\n秘とされています。\r\n社外\r\n秘"
    folded = fold(text)
    found = folded.text.find("社外秘")
    assert text[folded.origin(found) : folded.origin(found + 3)] == "社外\r\n秘"
    assert folded.text.count("社外秘") == 1, "a short line was not wrapped by a mailer"


@pytest.mark.parametrize(
    "text", ["ﾊﾞｶﾞ社外秘", "㈱㌔社外秘", "e\u0301 社外秘", "\u200b\u200b社外秘", "ﬃ社外秘x", "한社外秘"]
)
def test_a_place_in_the_folded_text_leads_back(text: str) -> None:
    folded = fold(text)
    start = folded.text.index("社外秘")
    assert text[folded.origin(start) : folded.origin(start + 3)] == "社外秘"


@given(st.text(max_size=60))
def test_every_place_leads_back_into_the_original_in_order(text: str) -> None:
    folded = fold(text)
    origins = [folded.origin(index) for index in range(len(folded.text) + 1)]
    assert origins == sorted(origins)
    assert all(0 <= origin <= len(text) for origin in origins)


def test_a_place_in_a_later_line_leads_back_whatever_the_lines_before_it_became() -> None:
    text = "㌔㌔\r\nplain\n１２３ ﾊﾞ\n\n" * 50 + "x社外秘\n"
    folded = fold(text)
    assert text[folded.origin(folded.text.index("社外秘")) :] == "社外秘\n"
    last = folded.text.rindex("バ")
    assert text[folded.origin(last) : folded.origin(last + 1)] == "ﾊﾞ"


def test_a_long_list_is_folded_once_for_all_who_ask() -> None:
    text = "山田１\t090-1234-5678\n" * 4_000
    assert fold(text) is fold(text)


def test_a_page_is_folded_once_for_all_who_ask_one_after_the_other() -> None:
    pages = [f"{number}頁 " + "あ" * 1_000 for number in range(100)]
    once = [fold(page) for page in pages]
    assert all(fold(page) is before for page, before in zip(pages, once, strict=True))


@given(st.text(alphabet=st.characters(max_codepoint=0x7F), max_size=40))
def test_ascii_keeps_its_places(text: str) -> None:
    folded = fold(text)
    assert folded.text == text.lower()
    assert folded.origin(len(text)) == len(text)


def test_kana_are_spelled_all_ways() -> None:
    assert kana_spellings("まるヒ") == {"まるヒ", "まるひ", "マルヒ"}
    assert kana_spellings("abc") == {"abc"}


@given(st.text(max_size=40))
def test_folding_agrees_with_unicode_where_nothing_is_invisible_or_wrapped(text: str) -> None:
    if "\n" not in text and not any(unicodedata.category(char) == "Cf" for char in text) and "\u034f" not in text:
        assert fold(text).text == unicodedata.normalize("NFKC", text).casefold()
