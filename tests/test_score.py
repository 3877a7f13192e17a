"""The labelled messages: what they cover, what is found in them, and that docs/detection.md says so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from integration.score import jis, page
from integration.score.__main__ import Scored, scored
from integration.score.alarms import BUDGET
from integration.score.judged import BY_KIND, MESSAGES, SITE, judged_all
from integration.score.octets import octets_of
from integration.score.tally import Row
from integration.score.told import Told, ToldError, read, read_all
from sekisho.config.load import load
from sekisho.inspectors import registry
from sekisho.sandbox.pool import Pool

RECALL = 0.98
PRECISION = 0.98
LABELLED = read_all(MESSAGES)
FRESH = tuple(told for folder in sorted(MESSAGES.glob("fresh*")) for told in read_all(folder))
CLEAN = read_all(MESSAGES / "clean")
CODES = registry.codes(registry.registered().values())


@pytest.fixture(scope="module")
def result() -> Scored:
    return scored()


def test_there_are_three_hundred_messages_and_nearly_half_of_them_only_look_like_it() -> None:
    assert len(LABELLED) >= 300
    assert sum(not told.found for told in (*LABELLED, *CLEAN)) >= len((*LABELLED, *CLEAN)) * 0.45
    assert len(CLEAN) >= 100


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_messages_in_which_it_is_and_in_which_it_only_seems_to_be(code: str) -> None:
    about = [told for told in LABELLED if told.about == code]
    has_it = [any(label.partition("/")[0] == code for label in told.found) for told in about]
    assert any(has_it)
    assert not all(has_it)


def test_labels_name_codes_that_exist() -> None:
    labels = {label for told in (*LABELLED, *FRESH, *CLEAN) for label in told.found | told.may}
    assert {label.partition("/")[0] for label in labels} <= CODES
    assert all(("/" in label) == (label.partition("/")[0] in BY_KIND) for label in labels)


def test_messages_come_in_many_charsets_and_are_always_the_same_octets() -> None:
    charsets = Counter(told.charset for told in (*LABELLED, *CLEAN))
    assert {"iso-2022-jp", "iso-2022-jp-ms", "cp932", "euc-jp", "gb18030", "big5", "utf-8"} <= set(charsets)
    assert [octets_of(told) for told in LABELLED] == [octets_of(told) for told in read_all(MESSAGES)]


def test_no_code_falls_below_what_it_has_reached(result: Scored) -> None:
    low = [row.code for row in result.rows.values() if row.recall < RECALL or row.precision < PRECISION]
    assert low == [], "\n".join(page.wrong(result.judged))


def test_fresh_messages_that_were_mended_stay_mended() -> None:
    with Pool() as files:
        judged = tuple(judged_all(FRESH, load(SITE), files))
    hits = sum(len(one.labels & one.told.found) for one in judged)
    assert hits >= RECALL * sum(len(one.told.found) for one in judged), "\n".join(page.wrong(judged))
    assert hits >= PRECISION * (hits + sum(len(one.false) for one in judged)), "\n".join(page.wrong(judged))


def test_clean_mail_disturbs_nobody_beyond_the_budget(result: Scored) -> None:
    for name, alarms in result.alarms.items():
        for trouble, allowed in BUDGET.items():
            assert 1000 * sum(alarm.trouble is trouble for alarm in alarms) <= allowed * result.clean, (name, alarms)


def test_the_page_has_the_figures_of_today(result: Scored) -> None:
    written = page.PAGE.read_text(encoding="utf-8")
    assert page.written(written, result.figures) == written, "make score writes docs/detection.md"


def test_figures_follow_from_the_counts() -> None:
    assert (Row("x", hits=8, missed=2, false=0, negatives=5).recall, Row("x", 8, 0, 2, 5).precision) == (0.8, 0.8)
    assert (Row("x", 0, 0, 0, 5).recall, Row("x", 0, 0, 0, 5).precision) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("about: x\nmust:\n- {id: a, colour: red}\n", "colour"),
        ("about: x\nmust:\n- {subject: a}\n", "without an id"),
        ("about: x\nmust:\n- {id: a}\nmust-not:\n- {id: a}\n", "twice"),
    ],
)
def test_a_file_that_is_told_wrongly_is_refused_with_its_name(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ToldError, match=f"x.yaml: .*{why}"):
        list(read(path))


@pytest.mark.parametrize("text", ["山田様\n", "a漢字bかなc", "【社外秘】", "plain", ""])
def test_jis_of_windows_is_iso_2022_jp_where_that_has_the_letters(text: str) -> None:
    assert jis.encoded(text) == text.encode("iso2022_jp")


def test_jis_of_windows_has_half_width_katakana_and_round_digits() -> None:
    assert jis.encoded("ｱ①") == b"\x1b(I1\x1b$B-!\x1b(B"


def test_a_message_told_in_words_becomes_a_header_and_parts() -> None:
    octets = octets_of(Told("a", subject="件名", text="本文\n", html="<p>本文</p>"))
    assert octets.startswith(b"From: =?UTF-8?B?")
    assert b'multipart/alternative; boundary="=_alternative_4711"' in octets
    assert b"\n" not in octets.replace(b"\r\n", b"")
