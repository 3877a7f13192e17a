"""Files as real programs write them: what is read, where it stands, what is hidden."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest

from sekisho.core.opened import Opened
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from tests.support import files


def opened(data: bytes, name: str = "file") -> Opened:
    return open_file(data, (name,), Limits(), lambda: 0.0)


def texts(found: Opened) -> dict[str, str]:
    return {text.place: text.text for text in found.texts}


def hidden(found: Opened) -> set[tuple[str, str]]:
    return {(one.kind, one.place) for one in found.hidden if one.kind != "property"}


def problems(found: Opened) -> list[tuple[str, str]]:
    return [(one.kind, one.place) for one in found.problems]


def test_a_workbooks_cells_have_their_places() -> None:
    found = opened(files.workbook())
    sheet = next(text for text in found.texts if text.place == "顧客(hidden)")
    assert sheet.text == "株式会社アルファ\t\t123456789018"
    assert sheet.spot(0) == "!B4"
    assert sheet.spot(sheet.text.index("1234")) == "!D4"
    assert problems(found) == []


def test_what_a_workbook_hides_is_told() -> None:
    found = opened(files.workbook())
    assert hidden(found) == {
        ("sheet", "顧客(hidden)"),
        ("row", "名簿!3"),
        ("column", "名簿!C"),
        ("comment", "名簿!B2(comment)"),
    }
    assert texts(found)["名簿!B2(comment)"] == "内緒の話"
    assert texts(found)["名簿(print)"] == "社外秘"
    assert "佐藤" in texts(found)["properties"]


def test_a_document_is_read_with_its_header_comments_and_changes() -> None:
    found = opened(files.document())
    assert "御見積書" in texts(found)[""]
    assert "表の中" in texts(found)[""]
    assert texts(found)["header1"] == "取扱注意\n"
    assert hidden(found) == {("tracked-change", ""), ("hidden-text", ""), ("comment", "comment")}
    assert [one.text for one in found.hidden if one.kind == "tracked-change"] == ["消した文"]


def test_a_presentation_is_read_with_notes_and_hidden_slides() -> None:
    found = opened(files.presentation())
    assert texts(found)["slide1"].startswith("発表")
    assert hidden(found) == {("slide", "slide2(hidden)"), ("note", "note1")}


def test_an_old_workbook_is_read() -> None:
    found = opened(files.old_workbook())
    assert texts(found)["表"] == "古い行"
    assert hidden(found) == {("row", "表!4"), ("sheet", "隠(hidden)")}


def test_a_pdf_is_read_page_by_page_with_annotations_and_title() -> None:
    found = opened(files.pdf())
    assert "2頁 39行 社外秘 株式会社アルファ" in texts(found)["page2"]
    assert hidden(found) == {("comment", "page1")}
    assert "秘密の題" in texts(found)["properties"]


def test_a_pdf_that_only_a_password_opens_is_encrypted(tmp_path: Path) -> None:
    command = ["qpdf", "--encrypt", "user", "owner", "256", "--", "a.pdf", "b.pdf"]
    data = files.by_program(tmp_path, {"a.pdf": files.pdf()}, command, "b.pdf")
    assert problems(opened(data)) == [("encrypted", "")]


def test_files_attached_to_a_pdf_are_opened(tmp_path: Path) -> None:
    made = {"a.pdf": files.pdf(), "b.docx": files.document()}
    data = files.by_program(tmp_path, made, ["qpdf", "a.pdf", "--add-attachment", "b.docx", "--", "c.pdf"], "c.pdf")
    found = opened(data)
    assert "御見積書" in texts(found)["b.docx"]


def test_an_encrypted_office_file_is_encrypted() -> None:
    octets = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(files.document())).encrypt("secret", octets)
    assert problems(opened(octets.getvalue())) == [("encrypted", "")]


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (["zip", "-q", "a.zip", "a.xlsx", "b.txt"], "a.zip"),
        (["7z", "a", "-bd", "a.7z", "a.xlsx", "b.txt"], "a.7z"),
        (["tar", "czf", "a.tgz", "a.xlsx", "b.txt"], "a.tgz"),
        (["tar", "cjf", "a.tbz", "a.xlsx", "b.txt"], "a.tbz"),
        (["tar", "cJf", "a.txz", "a.xlsx", "b.txt"], "a.txz"),
        (["tar", "--format=v7", "-cf", "a.tar", "a.xlsx", "b.txt"], "a.tar"),
        (["7z", "a", "-bd", "-mm=BZip2", "a.zip", "a.xlsx", "b.txt"], "a.zip"),
        (["7z", "a", "-bd", "-mm=LZMA", "a.zip", "a.xlsx", "b.txt"], "a.zip"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_archive_is_read_through(command: list[str], result: str, tmp_path: Path) -> None:
    made = {"a.xlsx": files.workbook(), "b.txt": "社外秘 の 一覧".encode("cp932")}
    found = opened(files.by_program(tmp_path, made, command, result))
    assert texts(found)["a.xlsx/顧客(hidden)"].startswith("株式会社アルファ")
    assert texts(found)["b.txt"] == "社外秘 の 一覧"
    assert ("sheet", "a.xlsx/顧客(hidden)") in hidden(found)
    assert problems(found) == []


@pytest.mark.parametrize(
    ("command", "result", "place"),
    [
        (["zip", "-q", "-P", "secret", "a.zip", "b.txt"], "a.zip", "b.txt"),
        (["7z", "a", "-bd", "-psecret", "-mem=AES256", "a.zip", "b.txt"], "a.zip", "b.txt"),
        (["7z", "a", "-bd", "-psecret", "a.7z", "b.txt"], "a.7z", "b.txt"),
        (["7z", "a", "-bd", "-psecret", "-mhe=on", "a.7z", "b.txt"], "a.7z", ""),
    ],
)
def test_an_encrypted_archive_is_encrypted(command: list[str], result: str, place: str, tmp_path: Path) -> None:
    found = opened(files.by_program(tmp_path, {"b.txt": b"hello"}, command, result))
    assert ("encrypted", place) in problems(found)
    assert {kind for kind, _ in problems(found)} == {"encrypted"}


def test_names_in_cp932_are_read() -> None:
    data = files.zipped({"x" * 8: b"hello"}).replace(b"x" * 8, "顧客一覧".encode("cp932"))
    assert [file.names for file in opened(data).files] == [("顧客一覧",)]


def test_names_that_lead_outside_are_only_names() -> None:
    found = opened(files.zipped({"../../etc/passwd": b"root", "C:\\a.exe": b"MZ"}))
    assert [file.names[0] for file in found.files] == ["../../etc/passwd", "C:\\a.exe"]
    assert texts(found)["../../etc/passwd"] == "root"


def test_a_compressed_list_is_read_in_whatever_encoding() -> None:
    for code in ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16"):
        found = opened(gzip.compress("氏名,電話\n山田,090-1234-5678\n".encode(code)), "list.csv.gz")
        assert texts(found) == {"list.csv": "氏名,電話\n山田,090-1234-5678\n"}


def test_mail_in_an_archive_is_read_with_its_attachments() -> None:
    mail = (
        b"MIME-Version: 1.0\nSubject: =?utf-8?b?56S+5aSW56eY?=\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nhello\n--b\nContent-Disposition: attachment; filename=a.csv\n\nx,y\n--b--\n"
    )
    found = opened(files.zipped({"a.eml": mail}))
    said = {place: text.strip() for place, text in texts(found).items()}
    assert said == {"a.eml/subject": "社外秘", "a.eml/body": "hello", "a.eml/a.csv": "x,y"}


def test_rich_text_is_read_in_its_encoding() -> None:
    octets = "社外秘".encode("cp932")
    escaped = "".join(f"\\'{octet:02x}" for octet in octets)
    data = "{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0 Arial;}}\\f0 " + escaped + "\\par \\u26032?test}"
    assert texts(opened(data.encode())) == {"": "社外秘\n新test"}


def test_what_has_no_reader_is_unknown_and_a_picture_is_not() -> None:
    assert problems(opened(b"\x00\x01\x02\x03" * 200)) == [("unknown", "")]
    assert problems(opened(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)) == []
