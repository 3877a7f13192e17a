"""Small files of every kind that the messages attach: enough for their content to be known, always the same."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from integration.score.told import File

REAL = Path(__file__).parents[2] / "tests" / "messages" / "files"
"""Files that the real programs wrote: 7z, zip, qpdf, openpyxl, python-docx, msoffcrypto."""
LONG_AGO = (2026, 11, 24, 10, 0, 0)
OFFICE = "application/vnd.openxmlformats-officedocument."
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x02\x00\x00\x00\x90\x91h6"
MAIL = (
    b"From: customer@partner.example\r\nTo: sato@example.co.jp\r\nSubject: hello\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
)
SIGNED = (
    b"From: customer@partner.example\r\nTo: sato@example.co.jp\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=s\r\n\r\n'
    b"--s\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
    b"--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--s--\r\n"
)
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example.co.jp\r\n"
    b"DTSTAMP:20261124T010000Z\r\nDTSTART:20261201T010000Z\r\nSUMMARY:Kick-off\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
PLAIN: Mapping[str, tuple[str, bytes]] = {
    "bat": ("application/octet-stream", b"@echo off\r\ncopy a b\r\n"),
    "csv": ("text/csv", "品名,数量\r\nねじ,10\r\n".encode()),
    "elf": ("application/octet-stream", b"\x7fELF\x02\x01\x01" + b"\x00" * 9 + b"\x03\x00\x3e\x00" + b"\x00" * 200),
    "eml": ("message/rfc822", MAIL),
    "eml-signed": ("message/rfc822", SIGNED),
    "empty": ("text/plain", b""),
    "exe": (
        "application/octet-stream",
        b"MZ\x90\x00" + b"\x00" * 56 + b"\x80\x00\x00\x00" + b"\x00" * 64 + b"PE\x00\x00",
    ),
    "html": ("text/html", b"<html><body><table><tr><td>1</td></tr></table></body></html>\r\n"),
    "ics": ("text/calendar", CALENDAR),
    "jpg": ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x11" * 64),
    "js": ("application/javascript", b"var shell = new ActiveXObject('WScript.Shell');\r\n"),
    "junk": ("application/octet-stream", bytes(range(7, 250)) * 3),
    "lnk": (
        "application/octet-stream",
        b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" * 3,
    ),
    "mp4": ("video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"),
    "ole": ("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + b"\xff" * 512),
    "pgp": (
        "application/octet-stream",
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA1234\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n",
    ),
    "pgp-key": (
        "application/pgp-keys",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmQENBF\r\n=abcd\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n",
    ),
    "png": ("image/png", PNG + b"\x00" * 64),
    "txt": ("text/plain", b"Nothing of interest.\r\n"),
}


def content_of(file: File) -> tuple[str, bytes]:
    """Media type and octets."""
    kind, octets = _made(file)
    filled = octets + b"\x55" * max(0, file.size - len(octets))
    return file.type or kind, filled[: int(len(filled) * file.cut)]


def _made(file: File) -> tuple[str, bytes]:
    if file.source:
        return "application/octet-stream", (REAL / file.source).read_bytes()
    if file.kind in PLAIN:
        return PLAIN[file.kind]
    return _ARCHIVES[file.kind](file)


def _zip(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in entries.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), octets)
    return out.getvalue()


def _archive(file: File) -> tuple[str, bytes]:
    return "application/zip", _zip({name: content_of(File(name, kind))[1] for name, kind in file.entries.items()})


def _real(type_: str, source: str) -> Callable[[File], tuple[str, bytes]]:
    return lambda file: (type_, (REAL / source).read_bytes())


def _with_macros(type_: str, source: str, folder: str) -> Callable[[File], tuple[str, bytes]]:
    """A real Office file with a macro project added."""

    def made(file: File) -> tuple[str, bytes]:
        with zipfile.ZipFile(REAL / source) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        return type_, _zip({**entries, f"{folder}/vbaProject.bin": PLAIN["ole"][1]})

    return made


_ARCHIVES: Mapping[str, Callable[[File], tuple[str, bytes]]] = {
    "zip": _archive,
    "pdf": _real("application/pdf", "open.pdf"),
    "xlsx": _real(f"{OFFICE}spreadsheetml.sheet", "prices.xlsx"),
    "docx": _real(f"{OFFICE}wordprocessingml.document", "minutes.docx"),
    "xlsm": _with_macros("application/vnd.ms-excel.sheet.macroEnabled.12", "prices.xlsx", "xl"),
    "docm": _with_macros("application/vnd.ms-word.document.macroEnabled.12", "minutes.docx", "word"),
}
