"""What is first asked of a whole text changes nothing but the time it takes: all findings are those of looking anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.score.judged import SITE, judgement
from integration.score.told import read_all
from sekisho.config.load import load
from sekisho.core import prose
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.parts import Text
from sekisho.core.patterns import AnyWord
from sekisho.core.ports import NO_FILES, Unavailable
from sekisho.core.prose import EVERYTHING, Prose
from sekisho.inspectors import (
    addressee_mismatch,
    confidential_marking,
    dictionary_word,
    merge_fields,
    missing_attachment,
    person_names,
    personal_data,
    unrendered_merge_field,
)
from sekisho.inspectors.dictionaries import WordDictionary
from sekisho.inspectors.merge_fields import placeholders
from sekisho.inspectors.personal_contacts import phones
from sekisho.inspectors.personal_numbers import my_numbers, payment_cards
from sekisho.inspectors.sighting import Alone

LOOK_ONCE = (
    addressee_mismatch,
    confidential_marking,
    dictionary_word,
    missing_attachment,
    personal_data,
    unrendered_merge_field,
)
FOLDERS = ("", "clean", "fresh", *(f"fresh-{number}" for number in range(2, 8)))
PIECES = st.sampled_from(
    [
        *("Best regards,", "よろしくお願いいたします。", "-- ", "--------------------", "Sent from my iPhone"),
        *("Androidから送信", "山田太郎 tel: 03-1234-5678", "a@b.example", "-----Original Message-----", "thanks"),
        *("On Mon, Jan 5, 2026 X wrote:", "差出人: 山田", "件名: 見積", "宛先: 佐藤", "This e-mail is confidential."),
        *("誤送信された場合", "> 引用", "＞ ", "{{name}}", "%%NAME%%", "*|FNAME|*", "[[x]]", "〇〇様", "【会社名】様"),
        *("Dear ,", "$ {x}", "${name}", "<<x_y>>", "社外秘", "社\u200b外秘", "Ｔｏｐ ＳＥＣＲＥＴ"),
        *("INTERNAL\nUSE ONLY", "㊙", "秘", "internal", " use only", "ﾏﾙ秘", "様", "é", ".", "、", "abc", "日本"),
        *("\u3000", " ", "\n", "\n\n", "\r\n", "\u2028", "\x85", "\u00a0", "\ud800"),
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "山田",
        "太郎",
        "ヤマダ",
        "タロウ",
        "王",
        "小明",
        "先生",
        "姓名:",
        "\t",
        "Taro",
        "Smith",
        "John",
        " ",
        "\u3000",
        "、",
        "\n",
        ", ",
        "様",
        "の",
    ]
)
NUMBERS = st.sampled_from(
    [
        *("090-1234-5678", "03(1234)5678", "+81 90 1234 5678", "13812345678", "4111 1111 1111 1111", "378282246310005"),
        *("123456789018", "1234-5678-9018", "0.5692038748222122", "49012345678901234", "12", "0", "7"),
        *("電話", "マイナンバー ", "card ", "注文番号:", "http://a/?", "A", "_", "\u0663", "ſ"),
        *("-", ".", "_", "+", "(", ")", " ", "ー", "\t", "\n", "\n-", "、"),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)


class Every:
    """A set of patterns of which all are said to be there."""

    def __init__(self, count: int) -> None:
        self._count = count

    def which(self, _text: str) -> Sequence[int]:
        return range(self._count)

    def found(self, _text: str) -> bool:
        return True


@contextmanager
def unsifted() -> Iterator[None]:
    """Every pattern and every word is looked for, in every text."""
    with pytest.MonkeyPatch.context() as patch:
        for inspector in LOOK_ONCE:
            patch.setattr(inspector, "nowhere", lambda *_: False)
        patch.setattr(merge_fields, "_ALL", Every(len(merge_fields._PATTERNS)))
        patch.setattr(prose, "PRESENT", Every(5))
        patch.setattr(person_names, "_shapes", lambda: Every(4))
        patch.setattr(person_names, "_SPOKEN_OF", Every(1))
        patch.setattr(person_names, "_IN_CELL", Every(1))
        patch.setattr(Alone, "_lines", lambda _self, text: iter([(0, len(text))]))
        patch.setattr(AnyWord, "found", lambda *_: True)
        yield


def findings(facts: Facts, code: str) -> tuple[Finding, ...] | None:
    """None where a file would have to be opened."""
    try:
        return facts.findings(code)
    except Unavailable:
        return None


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_labelled_messages_come_out_the_same(folder: str) -> None:
    told = read_all(Path(SITE).parents[1] / folder)
    assert told
    configuration = load(SITE)
    found = []
    for way in (nullcontext, unsifted):
        with way():
            facts = [judgement(one, configuration, NO_FILES).facts for one in told]
            found.append([[findings(one, code) for code in configuration.inspectors] for one in facts])
    assert found[0] == found[1]


@given(TEXTS, st.booleans())
def test_who_speaks_in_each_line_is_the_same(text: str, forwards: bool) -> None:
    voices = []
    for way in (nullcontext, unsifted):
        with way():
            one = Prose(Text("body", text), ("Fwd: x",) if forwards else ())
            voices.append([(line, one.voice(start)) for start, line in one.lines(EVERYTHING)])
    assert voices[0] == voices[1]


@given(TEXTS | st.lists(NAMES, max_size=8).map("".join))
def test_names_are_the_same(text: str) -> None:
    sifted = list(person_names.person_names(text))
    with unsifted():
        assert list(person_names.person_names(text)) == sifted


@settings(deadline=None)  # the first case compiles patterns
@given(st.lists(NUMBERS, max_size=12).map("".join))
def test_numbers_are_the_same(text: str) -> None:
    for look in (my_numbers, payment_cards, phones):
        sifted = list(look(text))
        with unsifted():
            assert list(look(text)) == sifted


@given(TEXTS)
def test_placeholders_are_the_same(text: str) -> None:
    sifted = list(placeholders(text))
    with unsifted():
        assert list(placeholders(text)) == sifted


@given(TEXTS, st.lists(PIECES, max_size=5))
def test_words_are_the_same(text: str, words: list[str]) -> None:
    words = [word for word in words if word.strip() and "\ud800" not in word]
    dictionary = WordDictionary("d", words)
    sifted = list(dictionary.hits(text))
    with unsifted():
        assert list(dictionary.hits(text)) == sifted
