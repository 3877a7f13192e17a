"""Subjects are alike when only what is for one reader differs; other subjects are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.alike import LONGEST, subject_template


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Invoice 2024-11 (No. INV-0231)", "Invoice 2025-01 (No. INV-9)"),
        ("山田太郎様、11月のお知らせ", "鈴木 花子 様、3月のお知らせ"),
        ("[社内] 株式会社山田 御中 ご請求", "[社内] 有限会社すずき御中 ご請求"),
        ("Hello Taro, your order AB12X is ready", "hello Hanako Suzuki, your order X9 is ready"),
        ("Dear Mr. Smith: offer", "Dear Mrs Jones: offer"),
        ("Re: お見積りの件", "お見積りの件"),
        ("RE[2]: Fwd: お見積り", "お見積り"),
        ("Sale", "Sale"),
        ("Welcome {{name}}", "Welcome *|FNAME|*"),
        ("Account a@x.example", "Account bob@other.example"),
    ],
)
def test_what_is_for_one_reader_is_folded(one: str, other: str) -> None:
    assert subject_template(one) == subject_template(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quotation", "Invoice"),
        ("お見積りの件", "ご請求の件"),
        ("Dear customers: offer", "Dear customers: recall"),
        ("山田様 お見積り", "山田様 ご請求"),
        ("社内報 山田様", "社外秘 山田様"),
        ("", "Sale"),
        ("Regarding: x", "x"),
    ],
)
def test_other_subjects_stay_apart(one: str, other: str) -> None:
    assert subject_template(one) != subject_template(other)


def test_the_readers_own_name_is_folded_where_it_is_known() -> None:
    one = subject_template("An offer for Taro Yamada only", ["Taro YAMADA"])
    assert one == subject_template("An offer for Hanako Suzuki only", ["Suzuki, Hanako", "hanako@x.example"])
    assert one != subject_template("An offer for Taro Yamada only")


@given(st.text(max_size=400), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_has_a_template_and_it_is_its_own(subject: str, names: list[str]) -> None:
    assert subject_template(subject, names) == subject_template(subject, names)


@pytest.mark.parametrize("piece", ["a", "a ", "{{", "a様", "hi ", "1a", "%", "*|", "a@", "re:", "0.", "dear mr "])
def test_only_so_much_of_a_subject_counts(piece: str) -> None:
    assert subject_template(piece * 5000) == subject_template((piece * 5000)[:LONGEST])
