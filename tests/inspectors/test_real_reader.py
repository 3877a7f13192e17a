"""Inspectors on messages as the real reader takes them apart."""

from __future__ import annotations

from email.message import EmailMessage

from sekisho.core.content import Octets
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.message import Client, Transaction
from sekisho.core.parse import parse_message
from sekisho.core.path import parse_path
from sekisho.inspectors import registry
from sekisho.mime.reader import MimeReader
from tests.support.mail import ENTRIES, ToldFiles, mail
from tests.support.messages import NoLists


def all_findings(message: EmailMessage) -> dict[str, list[Finding]]:
    """Every inspector's findings by code."""
    fields, body = parse_message(message.as_bytes())
    told = mail()
    transaction = Transaction(
        Client(address="10.0.0.1"),
        parse_path(b"<sato@example.co.jp>"),
        (parse_path(b"<suzuki@partner.example>"),),
        fields,
        Octets(body),
        {},
        told.transaction.received,
    )
    facts = Facts(transaction, told.site, MimeReader(), NoLists(), {}, registry.bind({}), ToldFiles({}))
    found = {code: list(facts.findings(code)) for code in registry.codes(ENTRIES.values())}
    return {code: findings for code, findings in found.items() if findings and code != "unusual-time"}


def message(subject: str, text: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "佐藤 <sato@example.co.jp>"
    made["To"] = "鈴木 一郎 <suzuki@partner.example>"
    made["Subject"] = subject
    made.set_content(text)
    return made


def test_an_ordinary_message_with_both_forms_of_text_has_no_finding() -> None:
    made = message(
        "お打ち合わせの件",
        "鈴木様\n\nお世話になっております。\n来週の件、承知いたしました。\n\n-- \n佐藤\nTEL 03-1234-5678\n",
    )
    made.add_alternative("<p>鈴木様</p><p>お世話になっております。<br>来週の件、承知いたしました。</p>", subtype="html")
    made.add_attachment(
        b"%PDF-1.7\nstartxref\n0\n%%EOF\n", maintype="application", subtype="pdf", filename="議事録.pdf"
    )
    assert all_findings(made) == {}


def test_both_forms_of_a_text_are_one_place() -> None:
    made = message("【社外秘】計画", "鈴木様\n\n社外秘の計画です。携帯 090-1234-5678\n{{name}}\n")
    made.add_alternative("<p>鈴木様</p><p>社外秘の計画です。携帯 090-1234-5678</p><p>{{name}}</p>", subtype="html")
    found = all_findings(made)
    assert {code: [one.where for one in findings] for code, findings in found.items()} == {
        "confidential-marking": ["header:Subject", "body:3"],
        "personal-data": ["body:3"],
        "unrendered-merge-field": ["body:4"],
    }


def test_what_stands_only_in_html_is_found_there() -> None:
    made = message("計画", "鈴木様\n")
    made.add_alternative("<p>鈴木様</p><p>社外秘の計画です。</p>", subtype="html")
    assert all_findings(made)["confidential-marking"][0].where.startswith("body(html):")


def test_files_are_told_by_their_content_and_lists_are_counted() -> None:
    made = message("一覧", "鈴木様\n\n添付の一覧をご確認ください。\n")
    rows = "氏名,電話\n" + "\n".join(f"顧客{number},090-1234-{5600 + number}" for number in range(20))
    made.add_attachment(rows, subtype="csv", filename="顧客.csv")
    made.add_attachment(b"MZ\0\0" + b"\0" * 100, maintype="application", subtype="pdf", filename="請求書.pdf")
    found = all_findings(made)
    assert [(one.kind, one.where) for one in found["dangerous-attachment"]] == [("executable", "attachment:請求書.pdf")]
    assert [one.kind for one in found["attachment-type-mismatch"]] == ["executable"]
    assert [(one.where, one.count) for one in found["personal-data"]] == [("attachment:顧客.csv:2", 20)]


def test_a_forwarded_message_is_searched_but_its_salutation_is_not_ours() -> None:
    inner = message("【社外秘】{{x}}", "山田様\n\n資料を添付します。{{name}}\n")
    made = message("Fwd: 計画", "鈴木様\n\nご参考まで。\n")
    made.add_attachment(inner)
    found = all_findings(made)
    assert set(found) == {"confidential-marking"}
    assert found["confidential-marking"][0].where.startswith("attachment:")
