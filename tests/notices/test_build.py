"""Notices as mails: read back by the standard library, and with everything hostile that could be in them."""

from __future__ import annotations

import email
import email.policy
import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.actions import OnExpiry
from sekisho.core.finding import Finding
from sekisho.core.letters import KINDS
from sekisho.core.reason import Reason
from sekisho.notices.build import Letterhead, build, envelope, is_report
from sekisho.notices.facts import REPORTS, Failure, HoldFacts, Notice, from_json, to_json
from sekisho.notices.texts import texts_of
from sekisho.words import say

LETTERHEAD = Letterhead("mail-check@example.co.jp", ZoneInfo("Asia/Tokyo"), "mx.example.co.jp")
NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
FACTS = HoldFacts(
    "K7Q2X0M4",
    "Quotation",
    "sato@example.co.jp",
    NOW - timedelta(minutes=2),
    waiting=("tanaka@gmai.com", "x@y.example"),
    gone=("a@partner.co.jp",),
    message_id=" <123@pc7.example.co.jp>",
    failures=(Failure("tanaka@gmai.com", 550, "5.1.1 No such user", ("ORCPT=rfc822;tanaka+2Bx@gmai.com",)),),
    envelope_id="QQ+2B314159",
)
HOSTILE = "x\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>\u202e\u2066\x00\x1b[31m\udcff" + "A" * 10_000


def octets_of(
    kind: str = "held", facts: HoldFacts = FACTS, to: str = "sato@example.co.jp", language: str = "en"
) -> bytes:
    return build(Notice(kind, to, language, facts), LETTERHEAD, "OUTBOX1", NOW)


def read(octets: bytes) -> EmailMessage:
    return email.message_from_bytes(octets, policy=email.policy.default)


def part(mail: Message, kind: str) -> str:
    found = next(one for one in mail.walk() if one.get_content_type() == kind)
    return str(cast(EmailMessage, found).get_content()).replace("\r\n", "\n")


def groups(mail: Message) -> list[Message]:
    """The groups of fields of the delivery status: the message's, then each recipient's."""
    status = next(one for one in mail.walk() if one.get_content_type() == "message/delivery-status")
    return cast(list[Message], status.get_payload())


@pytest.mark.parametrize("kind", sorted(KINDS - REPORTS))
def test_a_notice_is_plain_text_and_html_in_one_thread_with_its_message(kind: str) -> None:
    mail = read(octets_of(kind))
    assert mail.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["From"] == "mail-check@example.co.jp"
    assert mail["To"] == "sato@example.co.jp"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Wed, 25 Nov 2026 13:30:00 +0900"
    assert mail["Message-ID"] == f"<sekisho.OUTBOX1.{kind}@example.co.jp>"
    assert mail["In-Reply-To"] == "<123@pc7.example.co.jp>"
    assert str(mail["References"]).split() == ["<123@pc7.example.co.jp>", "<sekisho.K7Q2X0M4@example.co.jp>"]
    assert not mail.defects


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_every_notice_stands_on_the_wire_as_smtp_wants_it(kind: str, language: str) -> None:
    octets = octets_of(kind, language=language)
    assert octets.isascii()
    assert octets.endswith(b"\r\n")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert all(len(line) <= 120 for line in octets.split(b"\r\n"))


def test_the_same_notice_is_written_the_same_twice() -> None:
    assert octets_of() == octets_of()


@pytest.mark.parametrize("kind", sorted(REPORTS))
def test_a_refusal_is_a_delivery_status_notification(kind: str) -> None:
    mail = read(octets_of(kind))
    assert mail.get_content_type() == "multipart/report"
    assert mail.get_param("report-type") == "delivery-status"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["multipart/alternative", "message/delivery-status"]
    message, recipient = groups(mail)
    assert message.items() == [
        ("Original-Envelope-Id", "QQ+314159"),
        ("Reporting-MTA", "dns; mx.example.co.jp"),
        ("Arrival-Date", "Wed, 25 Nov 2026 04:28:00 +0000"),
    ]
    assert recipient.items() == [
        ("Original-Recipient", "rfc822; tanaka+x@gmai.com"),
        ("Final-Recipient", "rfc822; tanaka@gmai.com"),
        ("Action", "failed"),
        ("Status", "5.1.1"),
        ("Diagnostic-Code", "smtp; 550 5.1.1 No such user"),
        ("Last-Attempt-Date", "Wed, 25 Nov 2026 13:30:00 +0900"),
    ]


@pytest.mark.parametrize(
    ("kind", "failure", "expected"),
    [
        ("refused", Failure("a@b.example"), {"Status": "5.7.1", "Diagnostic-Code": None}),
        ("refused", Failure("a@b.example", 0, "rule x"), {"Diagnostic-Code": "X-Sekisho; rule x"}),
        ("undeliverable", Failure("a@b.example", 550, "no"), {"Status": "5.0.0", "Diagnostic-Code": "smtp; 550 no"}),
        ("undeliverable", Failure("a@b.example", 550, "4.1.1 no"), {"Status": "5.0.0"}),
        ("undeliverable", Failure("a@b.example", 550, "5.1.1000 no"), {"Status": "5.0.0"}),
        (
            "undeliverable",
            Failure("山田@例え.jp", 550, "5.1.1 いません", ("orcpt=utf-8;\\x{5C71}@b.example",)),
            {
                "Final-Recipient": "utf-8; \\x{5C71}\\x{7530}@\\x{4F8B}\\x{3048}.jp",
                "Original-Recipient": "utf-8; \\x{5C71}@b.example",
                "Diagnostic-Code": "smtp; 550 5.1.1 ????",
            },
        ),
        ("undeliverable", Failure("a@b.example", 550, "x\r\nAction: delivered", ("ORCPT=rfc822;a+0D+0AAction:x",)), {}),
    ],
)
def test_statuses_and_addresses_of_all_kinds(kind: str, failure: Failure, expected: dict[str, str | None]) -> None:
    recipient = groups(read(octets_of(kind, replace(FACTS, failures=(failure,)))))[1]
    assert {name: recipient[name] for name in expected} == expected
    assert recipient.get_all("Action") == ["failed"]


def test_failures_that_must_not_be_reported_are_told_by_an_ordinary_notice() -> None:
    never = Failure("a@b.example", 550, "no", ("NOTIFY=NEVER",))
    success = Failure("c@b.example", 550, "no", ("NOTIFY=SUCCESS",))
    asked = Failure("d@b.example", 550, "no", ("NOTIFY=SUCCESS,FAILURE",))
    facts = replace(FACTS, failures=(never, success))
    assert not is_report(Notice("undeliverable", "a@b.example", "en", facts))
    mail = read(octets_of("undeliverable", facts))
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "a@b.example: 550 no" in part(mail, "text/plain")
    reported = groups(read(octets_of("undeliverable", replace(FACTS, failures=(never, asked)))))
    assert [group["Final-Recipient"] for group in reported[1:]] == ["rfc822; d@b.example"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_hostile_values_stay_harmless(kind: str) -> None:
    facts = replace(
        FACTS,
        ref=HOSTILE,
        subject=HOSTILE,
        sender=HOSTILE,
        waiting=(HOSTILE, "a@b.example"),
        gone=(HOSTILE,),
        rule=HOSTILE,
        actor=HOSTILE,
        comment=HOSTILE,
        outcome="rejected",
        message_id=HOSTILE,
        envelope_id=HOSTILE,
        messages=({"en": HOSTILE},),
        failures=(Failure(HOSTILE, 550, HOSTILE, (f"ORCPT={HOSTILE}",)),),
    )
    octets = build(Notice(kind, HOSTILE, "en", facts), LETTERHEAD, HOSTILE, NOW)
    mail = read(octets)
    ordinary = read(octets_of(kind))
    assert mail.keys() == ordinary.keys()
    assert [one.get_content_type() for one in mail.walk()] == [one.get_content_type() for one in ordinary.walk()]
    assert mail["To"] == "undisclosed-recipients:;"
    assert mail["In-Reply-To"] == mail["References"]
    assert len(str(mail["Subject"])) <= 200
    assert len(octets) < 40_000
    for text in (str(mail["Subject"]), part(mail, "text/plain"), part(mail, "text/html")):
        assert not set("\u202e\u2066\0\x1b\r\udcff") & set(text)
    assert "<script" not in part(mail, "text/html")
    assert "\nBcc" not in part(mail, "text/plain")


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(sorted(KINDS)))
def test_any_text_gives_the_same_mail_structure(subject: str, address: str, kind: str) -> None:
    facts = replace(FACTS, subject=subject, waiting=(address,), failures=(Failure(address, 550, subject),))
    mail = read(octets_of(kind, facts, to=address))
    assert mail["Auto-Submitted"] in {"auto-generated", "auto-replied"}
    assert mail.keys().count("Subject") == 1
    assert not mail.defects


@pytest.mark.parametrize(
    "bad", ["", "x", "<a@b> <c@d>", "<a b@c>", "<a@b>\r\nX: y", "<日本@c>", "<" + "a" * 300 + "@b>"]
)
def test_a_message_id_that_is_none_is_left_out_of_the_thread(bad: str) -> None:
    mail = read(octets_of(facts=replace(FACTS, message_id=bad)))
    assert mail["In-Reply-To"] == mail["References"] == "<sekisho.K7Q2X0M4@example.co.jp>"


def test_an_international_subject_and_address_arrive_whole() -> None:
    octets = octets_of(facts=replace(FACTS, subject="お見積りの件" * 5), to="山田@例え.jp")
    assert "To: <山田@xn--r8jz45g.jp>\r\n".encode() in octets
    assert "お見積りの件" * 5 in str(read(octets)["Subject"])


def test_a_site_with_an_international_domain_is_written_by_its_a_labels() -> None:
    letterhead = replace(LETTERHEAD, sender="mail-check@例え.jp", host="mx.例え.jp")
    mail = read(build(Notice("undeliverable", "a@b.example", "ja", FACTS), letterhead, "1", NOW))
    assert mail["From"] == "mail-check@xn--r8jz45g.jp"
    assert str(mail["Message-ID"]).endswith("@xn--r8jz45g.jp>")
    assert groups(mail)[0]["Reporting-MTA"] == "dns; mx.xn--r8jz45g.jp"


def test_long_lists_are_cut_and_what_is_left_out_is_counted() -> None:
    facts = replace(
        FACTS,
        waiting=tuple(f"r{number}@example.net" for number in range(1200)),
        gone=tuple(f"x@d{number % 30}.example" for number in range(90)),
        failures=(),
    )
    text = part(read(octets_of(facts=facts)), "text/plain")
    assert "1,200 recipients have not been sent your mail." in text
    assert "r19@example.net\n - and 1,180 more\n" in text
    assert "r20@" not in text
    assert " - and 30 more\n" in text


def test_findings_are_said_in_the_reader_s_language_and_conditions_only_without_them() -> None:
    finding = Finding("mass-visible-recipients", "header:To", 3, count=12, values={"addresses": 12})
    reason = Reason("direction", {"direction": "outbound"})
    facts = replace(FACTS, findings=(finding,), reasons=(reason,), failures=())
    for language in ("ja", "en", "zh"):
        text = part(read(octets_of(facts=facts, language=language)), "text/plain")
        assert say.finding(finding, language) in text
        assert say.reason(reason, language) not in text
        told = part(read(octets_of(facts=replace(facts, findings=()), language=language)), "text/plain")
        assert say.reason(reason, language) in told


def test_html_says_what_the_plain_text_says_and_loads_nothing() -> None:
    facts = replace(FACTS, link='https://mail-check.example/h/x?a=1&b="', choices=("cancel", "unknown"))
    mail = read(octets_of(facts=facts))
    html = part(mail, "text/html")
    assert 'href="https://mail-check.example/h/x?a=1&amp;b=&quot;"' in html
    assert "tanaka@gmai.com" in html
    assert not any(word in html.lower() for word in ("<img", "<script", "src=", "url(", "<form", "onload"))
    assert "Do not forward this mail: whatever is done by its link is on record as yours." in part(mail, "text/plain")


def test_a_notice_survives_the_way_through_json() -> None:
    facts = replace(
        FACTS,
        subject="お見積り\udcff",
        deadline=NOW,
        on_expiry=OnExpiry.RETURN,
        findings=(Finding("personal-data", "body:1", 1 << 900, "my-number", 3, 0.9, "…12", {"people": 3, "x": "y"}),),
        reasons=(Reason("all", {"n": 1}, (Reason("direction"),)),),
        messages=({"ja": "理由"},),
        choices=("cancel",),
    )
    notice = Notice("held", "sato@example.co.jp", "ja", facts)
    assert from_json(json.loads(json.dumps(to_json(notice)))) == notice


def test_json_of_an_older_version_has_defaults_and_of_a_newer_one_is_still_read() -> None:
    data = to_json(Notice("held", "a@b.example", "en", HoldFacts("R", "s", "a@b.example", NOW)))
    data["facts"] = {key: data["facts"][key] for key in ("ref", "subject", "sender", "received")} | {"novelty": [1]}
    assert from_json(data).facts == HoldFacts("R", "s", "a@b.example", NOW)


def test_a_kind_without_a_text_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="no such notice: 'hold'"):
        Notice("hold", "a@b.example", "en", FACTS)


def test_notices_go_out_with_the_null_reverse_path() -> None:
    sender, recipient = envelope(Notice("held", "sato san@example.co.jp", "ja", FACTS))
    assert sender.is_null
    assert sender.raw == b"<>"
    assert recipient.raw == b'<"sato san"@example.co.jp>'
    sender, recipient = envelope(Notice("held", "山田@例え.jp", "ja", FACTS))
    assert sender.params == ("SMTPUTF8",)
    assert recipient.raw == "<山田@xn--r8jz45g.jp>".encode()


@pytest.mark.parametrize("to", ["", "postmaster", "a\r\n@b.example", "a@b>\r\nDATA"])
def test_what_is_no_address_is_not_written_to(to: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        envelope(Notice("held", to, "ja", FACTS))


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_every_language_says_the_same_things(language: str) -> None:
    texts, english = texts_of(language, UTC).templates, texts_of("en", UTC).templates
    singular = {key for key in english if key.endswith(".one")}
    assert set(texts) - singular == set(english) - singular
    for key in set(texts) - {"time.other-day"}:
        assert placeholders(texts[key]) == placeholders(english[key]), key


def test_attachments_that_nobody_counted_are_not_spoken_of() -> None:
    assert "attachments" not in part(read(octets_of()), "text/plain")
    assert "attachments: 0" in part(read(octets_of(facts=replace(FACTS, files=0))), "text/plain")
