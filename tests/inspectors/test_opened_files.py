"""What inspectors say of the contents of attached files: hidden content, other parties, words, closed files, macros."""

from __future__ import annotations

import pytest

from sekisho.core.facts import Facts
from sekisho.core.opened import FileInside, FileText, Hidden, Opened, Problem
from sekisho.core.ports import Unavailable
from tests.support.mail import attachment, found, mail
from tests.support.messages import make_facts

SHEET = FileText("顧客(hidden)", "社外秘\t090-1234-5678\n株式会社アルファ\t4539-5787-6362-1486", ((3, 2), (4, 2)))
CUSTOMERS = {"株式会社アルファ": ["alpha.example"], "アルファ": ["other.example"]}


def letter(opened: Opened, to: str = "a@partner.example") -> Facts:
    return mail(attachments=[attachment("list.xlsx", data=b"x")], opened={"attachment:list.xlsx": opened}, to=to)


def told(code: str, opened: Opened, **settings: object) -> list[tuple[str, str]]:
    return [(finding.kind, finding.where) for finding in found(code, letter(opened), **settings)]


def test_words_and_numbers_in_a_sheet_have_its_cell_as_their_place() -> None:
    opened = Opened((SHEET,))
    assert told("confidential-marking", opened) == [("", "attachment:list.xlsx/顧客(hidden)!B3")]
    assert ("payment-card", "attachment:list.xlsx/顧客(hidden)!C4") in told("personal-data", opened)
    assert ("phone", "attachment:list.xlsx/顧客(hidden)!C3") in told("personal-data", opened)


def test_a_dictionarys_word_is_found_in_a_file_and_in_the_name_of_a_file_within() -> None:
    inside = FileInside("計画.docx", ("計画.docx",), "")
    facts = mail(
        attachments=[attachment("a.zip", data=b"x")],
        opened={"attachment:a.zip": Opened((FileText("b.txt", "x\n極秘計画"),), (inside,))},
        dictionaries={"plans": ["計画"]},
    )
    places = [finding.where for finding in found("dictionary-word", facts)]
    assert places == ["attachment:a.zip/b.txt:2", "attachment:a.zip/計画.docx"]


def test_what_is_hidden_is_told_by_kind_and_sheet() -> None:
    opened = Opened(
        hidden=(
            Hidden("sheet", "顧客(hidden)", "secret"),
            Hidden("comment", "名簿!B2(comment)", "one"),
            Hidden("comment", "名簿!B9(comment)", "two"),
            Hidden("property", "properties", "creator: x"),
        )
    )
    assert told("hidden-content", opened) == [
        ("sheet", "attachment:list.xlsx/顧客(hidden)"),
        ("comment", "attachment:list.xlsx/名簿!B2(comment)"),
    ]
    assert [one.count for one in found("hidden-content", letter(opened))] == [1, 2]
    assert told("hidden-content", opened, kinds=["property"]) == [("property", "attachment:list.xlsx/properties")]


def test_a_customer_to_whom_nobody_belongs_is_another_party() -> None:
    findings = found("other-party-in-file", letter(Opened((SHEET,))), customers=CUSTOMERS)
    assert [(one.values["customer"], one.where) for one in findings] == [
        ("株式会社アルファ", "attachment:list.xlsx/顧客(hidden)!B4")
    ]


def test_a_customer_who_is_written_to_is_none() -> None:
    facts = letter(Opened((SHEET,)), to="a@alpha.example")
    assert found("other-party-in-file", facts, customers=CUSTOMERS) == []
    assert found("other-party-in-file", letter(Opened((SHEET,)))) == []


@pytest.mark.parametrize("kind", ["broken", "ambiguous", "too-deep", "too-big", "time-out", "unknown", "crashed"])
def test_what_could_not_be_read_is_uninspectable(kind: str) -> None:
    opened = Opened(problems=(Problem(kind, "a.zip"), Problem(kind, "b.zip")))
    assert told("uninspectable-attachment", opened) == [(kind, "attachment:list.xlsx/a.zip")]
    assert told("encrypted-attachment", opened) == []


def test_an_encrypted_file_within_a_file_is_encrypted() -> None:
    opened = Opened(problems=(Problem("encrypted", "a.zip/b.txt", "zip"),))
    assert told("encrypted-attachment", opened) == [("zip", "attachment:list.xlsx/a.zip/b.txt")]
    assert told("uninspectable-attachment", opened) == []


def test_danger_within_a_file_is_found() -> None:
    opened = Opened(files=(FileInside("b/c.exe", ("b/c.exe",), ""), FileInside("d", ("d",), "application/x-elf")))
    assert told("dangerous-attachment", opened) == [
        ("executable", "attachment:list.xlsx/b/c.exe"),
        ("executable", "attachment:list.xlsx/d"),
    ]
    assert told("dangerous-attachment", Opened(macros=("a.docx", ""))) == [
        ("macro", "attachment:list.xlsx/a.docx"),
        ("macro", "attachment:list.xlsx"),
    ]


def test_files_that_nobody_could_open_are_unknown_and_not_empty() -> None:
    plain = letter(Opened())
    away = Facts(plain.transaction, plain.site, plain.reader, plain.lists, {}, {})
    with pytest.raises(Unavailable):
        found("hidden-content", away)


def test_a_message_without_attachments_asks_nobody() -> None:
    assert found("hidden-content", make_facts([], ["<a@partner.example>"])) == []
