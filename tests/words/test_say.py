"""Sentences about findings and reasons: complete in every language, clean whatever the values."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.finding import Finding
from sekisho.core.reason import Reason
from sekisho.inspectors.registry import codes, registered
from sekisho.policy.reasons import CODES as REASON_CODES
from sekisho.words import en, say

LANGUAGES = sorted(say.LANGUAGES)
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "odd-messages.md"
CODES = sorted(codes(registered().values()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_finding_has_a_sentence_in_every_language(language: str, code: str) -> None:
    assert code in say.LANGUAGES[language].FINDINGS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_anomaly_of_the_guide_has_a_sentence_and_a_name(language: str) -> None:
    rows = re.findall(r"(?m)^\| ([a-z0-9-]+(?:, [a-z0-9-]+)*) \|", GUIDE.read_text(encoding="utf-8"))
    kinds = {kind for row in rows for kind in row.split(", ")} - {"kind"}
    assert len(kinds) > 30
    sentences = [say.finding(Finding("header-anomaly", "part:2", 1, kind=kind), language) for kind in sorted(kinds)]
    assert len(set(sentences)) == len(kinds)
    assert not [one for one in sentences if one == say.finding(Finding("header-anomaly", "part:2", 1), language)]
    assert kinds <= say.LANGUAGES[language].KINDS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", REASON_CODES)
def test_every_reason_has_a_sentence_in_every_language(language: str, code: str) -> None:
    for holds in ("yes", "some", "no", "unknown"):
        values = {name: f"<{name}>" for name in REASON_CODES[code]}
        parts = (Reason("size", {"holds": "yes", "test": "> 1", "size": 2}),)
        said = say.reason(Reason(code, {"holds": holds, **values}, parts), language)
        assert code == "off" or "–" not in said
        assert f"{code}:" not in said
        assert f"{code}：" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_have_the_same_keys_and_placeholders(language: str) -> None:
    catalogue = say.LANGUAGES[language]
    for table in ("PLACES", "KINDS", "FINDINGS", "REASONS"):
        assert getattr(catalogue, table).keys() == getattr(en, table).keys()
    for key, template in en.FINDINGS.items():
        assert placeholders(catalogue.FINDINGS[key]) <= placeholders(template) | {"where", "count", "evidence", "kind"}
    for code, (true, false) in catalogue.REASONS.items():
        assert placeholders(true) | placeholders(false) <= {*REASON_CODES[code], "test"}


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize(
    ("where", "ja", "english"),
    [
        ("header:To", "Toヘッダー", "the To field"),
        ("body:12", "本文12行目", "line 12 of the text"),
        ("body", "本文", "the text"),
        ("body(html):3", "本文3行目 (html)", "line 3 of the text (html)"),
        ("body#2", "本文", "the text"),
        ("part:2.1", "パート2.1", "part 2.1"),
        (
            "attachment:list.xlsx/顧客(hidden)!B4",
            "添付ファイル list.xlsx/顧客(hidden)!B4",
            "the file list.xlsx/顧客(hidden)!B4",
        ),
        ("attachment:a.eml/body:3", "a.eml/body 3行目", "line 3 of a.eml/body"),
        ("attachment:", "attachment:", "attachment:"),
        ("elsewhere", "elsewhere", "elsewhere"),
    ],
)
def test_a_place_is_said_in_words(where: str, ja: str, english: str) -> None:
    assert say.place(where, "ja") == ja
    assert say.place(where, "en") == english


def test_an_anomaly_of_the_whole_structure_is_one_of_the_message() -> None:
    found = Finding("header-anomaly", "header:Content-Type", 1, kind="epilogue-text")
    assert say.finding(found, "en").startswith("Text stands behind the last part of the message:")
    found = Finding("header-anomaly", "header:Content-Type", 1, kind="repeated-field", values={"field": "Content-Type"})
    assert "Content-Type" in say.finding(found, "en")


def test_a_finding_says_what_and_where() -> None:
    found = Finding("mass-visible-recipients", "header:To", 1, count=12, values={"addresses": 12, "domains": 3})
    assert say.finding(found, "ja") == "社外のアドレス12件(3組織)が互いに見える状態です(Toヘッダー)"
    assert say.finding(found, "en").startswith("12 outside addresses of 3 organisations can see each other")
    assert say.finding(found, "zh-TW").startswith("12 个外部地址")
    assert say.finding(found, "fr") == say.finding(found, "en")


def test_a_code_that_nobody_knows_is_said_as_it_is() -> None:
    found = Finding("site-word", "body:2", 1, kind="k", values={"project": "X"})
    assert say.finding(found, "en") == "site-word in line 2 of the text: kind: k, count: 1, project: X"
    assert say.reason(Reason("site-test", {"holds": "no", "x": 1}), "en").startswith("not matched because site-test:")


TREE = Reason(
    "all",
    {"holds": "no"},
    (
        Reason("direction", {"holds": "yes", "test": "outbound", "trusted": "yes"}),
        Reason(
            "any",
            {"holds": "no"},
            (
                Reason("size", {"holds": "no", "test": "> 20000000", "size": 5_300}),
                Reason("not", {"holds": "no"}, (Reason("subject", {"holds": "yes", "test": "contains: 見積"}),)),
            ),
        ),
    ),
)


def test_a_miss_names_only_what_failed() -> None:
    said = say.reason(TREE, "en")
    assert said == (
        "not matched because the message has 5.3 kB, which is not > 20000000; the subject meets “contains: 見積”."
    )
    assert say.reason(TREE, "ja").startswith("該当せず:メールの大きさ 5.3 kB が")


def test_a_hit_for_some_names_them() -> None:
    why = Reason("recipient", {"holds": "some", "test": "external: true", "matching": "a@b.jp", "recipients": "a, b"})
    assert say.reason(why, "en") == "matched because recipients meet “external: true” (for a@b.jp)."


def test_a_source_that_is_away_is_named() -> None:
    why = Reason("sender", {"holds": "unknown", "source": "ldap", "why": "timed out"})
    assert say.reason(why, "en") == "not decided because it cannot be told because ldap did not answer (timed out)."


def test_a_finding_below_its_threshold_is_no_absence() -> None:
    values: dict[str, str | int] = {
        "holds": "no",
        "finding": "personal-data",
        "test": "count: >= 10",
        "count": 3,
        "where": "body:1",
    }
    assert "with a count of 3" in say.reason(Reason("finding", values), "en")


def test_a_tree_without_end_is_cut() -> None:
    why = Reason("size", {"holds": "yes", "test": "x", "size": 1})
    for _ in range(500):
        why = Reason("all", {"holds": "yes"}, (why, why))
    assert len(say.reason(why, "en")) <= say.LONGEST_REASON


hostile = st.text(max_size=40) | st.sampled_from(["\r\nBcc: x", "\u202e", "{x}", "{0.__class__}", "%s", "\ud800", "{"])


@given(st.sampled_from([*CODES, "other"]), hostile, hostile, hostile, st.sampled_from([*LANGUAGES, "xx", ""]))
def test_hostile_values_give_one_clean_line(code: str, kind: str, where: str, value: str, language: str) -> None:
    values = {"addresses": value, "name": value, "dictionary": value, value: value, "size": value}
    line = say.finding(Finding(code, where, 1, kind=kind, evidence=value, values=values), language)
    check_clean(line)
    check_clean(say.reason(Reason(code, {"holds": value, "test": value, **values}, (TREE,)), language))
    check_clean(say.reason(Reason("sender", {"holds": "yes", "address": value, "test": value}), language))


def check_clean(line: str) -> None:
    assert line
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in line)


@pytest.mark.parametrize(
    ("language", "end"),
    [("en", "; the same in 1,234 more places"), ("ja", "(ほか1,234か所も同じ)"), ("zh", "（另有 1,234 处相同）")],
)
def test_what_is_wrong_in_many_places_is_said_once(language: str, end: str) -> None:
    found = Finding("header-anomaly", "part:2", 1, kind="odd-boundary", count=1235, values={"more": 1234})
    alone = Finding("header-anomaly", "part:2", 1, kind="odd-boundary")
    assert say.finding(found, language) == say.finding(alone, language) + end
