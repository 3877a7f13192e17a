"""A notice in a site's own form: blocks where the form has them, text of the mail never as markup."""

from __future__ import annotations

from dataclasses import replace

from sekisho.core.letters import Letter, read_letter
from sekisho.notices.build import build, written
from sekisho.notices.facts import Notice
from sekisho.notices.sample import sample
from tests.notices.test_golden import FACTS, LETTERHEAD, NOW, WITH_PAGE

FORM = """\
Subject: HELD: {subject}

Dear colleague,
your mail to {count} waits <until> {deadline}.

{decision}

{why}

{do}
-- {contact}
"""


def in_form(facts: object, form: str = FORM, language: str = "en") -> tuple[str, str, str]:
    letter, flaws = read_letter("held", form.split("\n"))
    assert flaws == ()
    own = replace(LETTERHEAD, letters={("held", "en"): letter})
    text = written(Notice("held", "sato@example.co.jp", language, facts), own, NOW)  # type: ignore[arg-type]
    return text.subject, text.plain, text.html


def test_the_form_is_followed_and_blocks_without_anything_to_say_leave_no_gap() -> None:
    subject, plain, _ = in_form(FACTS)
    assert subject == "HELD: お見積りの件"
    assert plain == (
        "Dear colleague,\nyour mail to 1 waits <until> 15:30.\n\nWHY\n - gmai.com looks like gmail.com\n\n"
        "WHAT YOU CAN DO\n - To have it sent or cancelled, contact ext. 1234 and quote K7Q2X0M4.\n-- ext. 1234\n"
    )


def test_the_html_part_says_the_same_escaped() -> None:
    _, _, html = in_form(WITH_PAGE)
    assert "<p><bdi>Dear colleague,</bdi><br><bdi>your mail to 1 waits &lt;until&gt; 15:30.</bdi></p>" in html
    assert '<a href="https://mail-check.example.co.jp/h/abc">' in html


def test_nothing_of_a_mail_can_be_a_placeholder_or_markup() -> None:
    _, plain, html = in_form(replace(FACTS, subject="{code} <b>"), "Subject: x\n\n{subject}\n{do}")
    assert plain.startswith("{code} <b>\n")
    assert "{code} &lt;b&gt;" in html


def test_another_language_reads_as_usual() -> None:
    assert in_form(FACTS, language="ja")[0].startswith("【送信保留】")


def test_every_sample_can_be_written_in_every_language() -> None:
    for kind in ("held", "digest", "heartbeat", "approve", "review"):
        for language in ("ja", "en", "zh"):
            assert build(sample(kind, language, NOW), LETTERHEAD, "S", NOW)


def test_a_form_may_be_empty_of_blocks() -> None:
    own = replace(LETTERHEAD, letters={("released", "en"): Letter("sent", ("It is on its way.",))})
    assert written(Notice("released", "a@b.example", "en", FACTS), own, NOW).plain == "It is on its way.\n"
