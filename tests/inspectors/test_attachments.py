"""dangerous-attachment, attachment-type-mismatch, uninspectable-attachment and encrypted-attachment."""

from __future__ import annotations

import io
import zipfile

import pytest

from sekisho.core.content import Octets
from sekisho.core.opened import FileText, Opened, Problem
from sekisho.core.parts import Anomaly, Part
from tests.support.mail import attachment, found, mail

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kinds(code: str, part: Part, detected: str = "", **settings: object) -> list[str]:
    facts = mail(attachments=[part], detected=dict.fromkeys(part.names, detected))
    return [finding.kind for finding in found(code, facts, **settings)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("setup.exe", "executable"),
        ("請求書.pdf.EXE", "executable"),
        ("a.exe.", "executable"),
        ("a.exe  ", "executable"),
        ("a.exe::$DATA", "executable"),
        ("a．ｅｘｅ", "executable"),
        ("a.ex\u200be", "executable"),
        ("a.exe\x00.pdf", "executable"),
        ("run.ps1", "script"),
        ("page.hta", "script"),
        ("見積.lnk", "shortcut"),
        ("集計.xlsm", "macro"),
        ("backup.iso", "disk-image"),
        ("report\u202efdp.exe", "executable"),
        ("report\u202excod.txt", "direction-override"),
    ],
)
def test_a_dangerous_name_is_found(name: str, kind: str) -> None:
    assert kinds("dangerous-attachment", attachment(name)) == [kind]


@pytest.mark.parametrize(
    "name", ["見積書.pdf", "会社.com様.docx", "v1.2.xlsx", "README", "", "a.b.c", "photo.jpeg", "メモ.txt "]
)
def test_an_ordinary_name_is_not(name: str) -> None:
    assert kinds("dangerous-attachment", attachment(name)) == []


def test_every_name_that_a_reader_may_see_is_looked_at() -> None:
    assert kinds("dangerous-attachment", attachment("a.txt", "e.exe")) == ["executable"]


def test_how_a_name_deceives_is_told() -> None:
    facts = mail(attachments=[attachment("invoice.pdf.exe"), attachment("b.doc          .scr")])
    assert [finding.values["trick"] for finding in found("dangerous-attachment", facts)] == ["double-extension"] * 2


def test_a_program_is_found_by_its_content() -> None:
    part = attachment("report.pdf", data=b"MZ")
    assert kinds("dangerous-attachment", part, "application/x-dosexec") == ["executable"]
    assert kinds("attachment-type-mismatch", part, "application/x-dosexec") == ["executable"]


@pytest.mark.parametrize(
    ("name", "detected", "data"),
    [
        (
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK..word/vbaProject.bin",
        ),
        ("a.xls", "application/vnd.ms-excel", OLE + "_VBA_PROJECT".encode("utf-16-le")),
    ],
)
def test_macros_are_found_by_content(name: str, detected: str, data: bytes) -> None:
    assert kinds("dangerous-attachment", attachment(name, data=data), detected) == ["macro"]


def test_an_extension_may_be_allowed() -> None:
    assert kinds("dangerous-attachment", attachment("deploy.sh"), allowed=["sh"]) == []
    assert kinds("dangerous-attachment", attachment("deploy.sh"), "text/x-shellscript", allowed=["sh"]) == []


@pytest.mark.parametrize(
    ("name", "detected", "kind"),
    [
        ("report.pdf", "application/zip", "zip"),
        ("photo.jpg", "application/pdf", "pdf"),
        ("list.txt", "application/zip", "zip"),
        ("見積.xlsx", "image/png", "image"),
    ],
)
def test_a_name_that_lies_about_the_type_is_found(name: str, detected: str, kind: str) -> None:
    assert kinds("attachment-type-mismatch", attachment(name), detected) == [kind]


@pytest.mark.parametrize(
    ("name", "detected"),
    [
        ("a.docx", "application/zip"),
        ("a.docx", "application/x-ole-storage"),
        ("a.xls", "text/html"),
        ("a.doc", "application/rtf"),
        ("a.jpg", "image/png"),
        ("a.csv", "text/plain"),
        ("a.pdf", ""),
        ("a.pdf", "application/octet-stream"),
        ("a.unknown", "application/zip"),
        ("Makefile", "text/plain"),
    ],
)
def test_usual_disagreements_are_no_lies(name: str, detected: str) -> None:
    assert kinds("attachment-type-mismatch", attachment(name), detected) == []


def test_the_declared_type_is_compared_where_the_name_says_nothing() -> None:
    assert kinds("attachment-type-mismatch", attachment("file", kind="application/pdf"), "application/zip") == ["zip"]


def zipped(*, encrypted: bool = False) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.writestr("a.txt", "hello")
    data = bytearray(octets.getvalue())
    if encrypted:
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped(encrypted=True), "zip"),
        (OLE + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"), "office"),
        (b"%PDF-1.7\ntrailer << /Encrypt 12 0 R >>\n%%EOF", "pdf"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 100 + b"\x06\xf1\x07\x01", "7z"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 4 + b"\x21\x04" + b"\0" * 30, "rar"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc", "pgp"),
    ],
)
def test_an_encrypted_file_is_found(data: bytes, kind: str) -> None:
    assert kinds("encrypted-attachment", attachment("f", data=data)) == [kind]
    assert kinds("uninspectable-attachment", attachment("f", data=data)) == []


@pytest.mark.parametrize(
    "data",
    [
        zipped(),
        b"%PDF-1.7\n/EncryptMetadata false\nstartxref\n%%EOF",
        OLE + b"\0" * 600,
        b"Rar!\x1a\x07\x01\x00" + b"\0" * 4 + b"\x0c\x01",
        b"hello",
        b"",
    ],
)
def test_an_open_file_is_neither_encrypted_nor_broken(data: bytes) -> None:
    assert kinds("encrypted-attachment", attachment("f", data=data)) == []
    assert kinds("uninspectable-attachment", attachment("f", data=data)) == []


@pytest.mark.parametrize("data", [zipped()[:40], b"%PDF-1.7\n1 0 obj\n"])
def test_a_file_without_its_end_is_broken(data: bytes) -> None:
    assert kinds("uninspectable-attachment", attachment("f", data=data)) == ["broken"]


@pytest.mark.parametrize("kind", ["application/pkcs7-signature", "application/pgp-signature"])
def test_a_signature_beside_a_text_holds_nothing_to_inspect(kind: str) -> None:
    part = attachment("smime.p7s", kind=kind, data=b"0\x82\x01")
    facts = mail(attachments=[part], opened={part.place: Opened(problems=(Problem("unknown", ""),))})
    assert found("uninspectable-attachment", facts) == []


def test_a_pdf_that_opens_without_a_password_is_not_encrypted() -> None:
    part = attachment("a.pdf", data=b"%PDF-1.7\ntrailer << /Encrypt 12 0 R >>\n%%EOF")
    facts = mail(attachments=[part], opened={part.place: Opened(texts=(FileText("", "hello"),))})
    assert found("encrypted-attachment", facts) == []


def test_what_stands_elsewhere_cannot_be_inspected() -> None:
    parts = [Part("attachment:", (), kind, Octets(b"")) for kind in ("message/partial", "message/external-body")]
    facts = mail(parts=parts)
    assert [finding.kind for finding in found("uninspectable-attachment", facts)] == ["partial", "external"]


def test_what_the_structures_limits_left_unread_is_told() -> None:
    anomalies = [Anomaly("too-deep", "body"), Anomaly("bare-cr", "body"), Anomaly("too-deep", "body")]
    facts = mail(anomalies=anomalies)
    assert [(one.kind, one.where) for one in found("uninspectable-attachment", facts)] == [("too-deep", "body")]


@pytest.mark.parametrize(
    ("name", "detected", "expected"),
    [
        ("notes.txt", "text/x-python", []),
        ("notes", "text/x-shellscript", ["script"]),
        ("page.html", "application/hta", ["script"]),
        ("photo.jpg", "application/x-iso9660-image", ["disk-image"]),
        ("setup.doc", "application/x-msi", ["executable"]),
    ],
)
def test_a_script_is_dangerous_unless_it_is_only_read(name: str, detected: str, expected: list[str]) -> None:
    assert kinds("dangerous-attachment", attachment(name), detected) == expected
