"""What LibreOffice and others write, kind by kind: each text where it stands, all that is hidden told (see files/)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from sekisho.core.opened import Opened
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file

FILES = Path(__file__).parent / "files"
LOCKED = sorted(FILES.glob("locked.*"))
LISTS = sorted(FILES.glob("*.csv"))
DOCUMENTS = ("document.doc", "document.docx", "document.odt", "document.rtf")
WORKBOOKS = ("workbook.xls", "workbook.xlsx", "workbook.ods")


def opened(name: str) -> Opened:
    return open_file((FILES / name).read_bytes(), (name,), Limits(), lambda: 0.0)


def texts(found: Opened) -> dict[str, str]:
    return {text.place: text.text.strip() for text in found.texts}


def hidden(found: Opened, kind: str) -> list[str]:
    return [one.text for one in found.hidden if one.kind == kind]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_whole(name: str) -> None:
    found = opened(name)
    whole = "\n".join(text.text for text in found.texts)
    for said in (
        "本文の一行目です",
        "脚注の文",
        "消した値引額",
        "足した文",
        "見えない文字",
        "社内のコメント",
        "表の中",
    ):
        assert said in whole
    for said in ("取扱注意の見出し", "足元の社名", "御見積の件", "佐藤太郎"):
        assert said in whole
    assert found.problems == ()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_hides_is_told(name: str) -> None:
    found = opened(name)
    assert hidden(found, "comment") == ["社内のコメント"]
    assert hidden(found, "hidden-text") == ["見えない文字"]
    assert "".join(hidden(found, "tracked-change")).replace(" ", "") == "消した値引額足した文"


@pytest.mark.parametrize("name", ["document.doc", "document.docx", "document.odt"])
def test_properties_that_people_added_are_read(name: str) -> None:
    assert "案件番号: PJ-7741" in texts(opened(name))["properties"]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_workbook_is_read_with_all_that_it_hides(name: str) -> None:
    found = opened(name)
    people = next(text for text in found.texts if text.place == "名簿")
    assert people.text.split("\n")[1] == "山田太郎\t090-1234-5678\t列の秘密\t120000"
    assert people.spot(people.text.index("090")) == "!B2"
    customers = next(text for text in found.texts if text.place == "顧客(hidden)")
    assert customers.spot(customers.text.index("123456789018")) == "!D4"
    assert texts(found)["名簿!A2(comment)"] == "内緒の話"
    assert {(one.kind, one.place, one.text.partition(" ")[0]) for one in found.hidden if one.kind != "property"} == {
        ("sheet", "顧客(hidden)", "株式会社アルファ"),
        ("row", "名簿!3", "行の秘密"),
        ("column", "名簿!C", "隠した列の見出し"),
        ("comment", "名簿!A2(comment)", "内緒の話"),
    }
    assert found.problems == ()


@pytest.mark.parametrize("name", ["slides.ppt", "slides.odp"])
def test_a_presentation_is_read_slide_by_slide(name: str) -> None:
    packed = FILES / f"{name}.gz"
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else (FILES / name).read_bytes()
    found = open_file(data, (name,), Limits(), lambda: 0.0)
    assert texts(found)["slide1"] == "発表の見出し"
    assert hidden(found, "slide") == ["隠したスライド"]
    assert hidden(found, "note") == ["発表者のノート"]
    assert "スライドのコメント" in hidden(found, "comment")[0]
    assert found.problems == ()


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_list_is_read_in_every_encoding_in_which_it_is_saved(path: Path) -> None:
    assert texts(opened(path.name))[""].split("\n")[1] == '"山田太郎","090-1234-5678","列の秘密",120000'


def test_a_pdf_by_a_word_processor_is_read() -> None:
    found = opened("document.pdf")
    assert "本文の一行目です" in texts(found)["page1"]
    assert texts(found)["properties"] == "Title: 御見積の件\nAuthor: 佐藤太郎"


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_a_file_behind_a_password_is_encrypted_and_says_nothing(path: Path) -> None:
    found = opened(path.name)
    assert [problem.kind for problem in found.problems] == ["encrypted"]
    assert found.texts == ()


def test_a_saved_message_is_read_with_the_attachments_of_the_message_within() -> None:
    found = opened("message.msg")
    assert texts(found)["subject"] == "社外秘の件"
    assert texts(found)["body"] == "本文です"
    assert "山田,090-1234-5678" in texts(found)["名簿.csv"]
    assert texts(found)["attachment.bin/body"] == "中のメールの本文"
    assert texts(found)["attachment.bin/中.txt"] == "中の添付"
    assert found.problems == ()


@pytest.mark.parametrize("path", sorted(FILES.glob("[dwms]*.*")), ids=lambda path: path.name)
def test_a_file_that_lost_its_end_is_never_clean(path: Path) -> None:
    data = path.read_bytes()
    if path.suffix in (".doc", ".xls", ".msg", ".odt", ".ods", ".odp", ".docx", ".xlsx", ".gz"):
        for end in (len(data) // 3, len(data) // 2, len(data) * 9 // 10):
            assert open_file(data[:end], (path.name,), Limits(), lambda: 0.0).problems, end
