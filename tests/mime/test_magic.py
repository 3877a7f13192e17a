"""Files are known by their content, whatever they are called."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.content import Octets
from sekisho.mime.magic import media_type_of


def zipped(*names: str, stored: bytes = b"x") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, stored)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
OOXML = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"junk\n%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"MZ\x90\0" + b"\0" * 60, "application/vnd.microsoft.portable-executable"),
        (b"MZ are letters of a text that goes on for a while, longer than any stub could be", ""),
        (b"\x7fELF\x02", "application/x-elf"),
        (b"#!/bin/sh\n", "text/x-shellscript"),
        (b"#!/usr/bin/env python3\n", "text/x-python"),
        (b"@echo off\r\n", "text/x-msdos-batch"),
        (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", "application/x-ms-shortcut"),
        (b"[InternetShortcut]\r\nURL=x", "application/x-mswinurl"),
        (b"{\\rtf1", "application/rtf"),
        (b"\x1f\x8b\x08\0", "application/gzip"),
        (b"BZh9", "application/x-bzip2"),
        (b"\xfd7zXZ\0", "application/x-xz"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\0", "application/vnd.rar"),
        (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"<html><hta:application id=x>", "application/hta"),
        (b"<?xml version='1.0'?><svg xmlns='x'>", "image/svg+xml"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"\0" * 32769 + b"CD001" + b"\0" * 5000, "application/x-iso9660-image"),
        (OLE, "application/x-ole-storage"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook\0".encode("utf-16-le"), "application/vnd.ms-excel"),
        (OLE + bytes.fromhex("84100c0000000000c000000000000046"), "application/x-msi"),
        (zipped("a.txt"), "application/zip"),
        (zipped("[Content_Types].xml", "word/document.xml"), OOXML + "wordprocessingml.document"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), OOXML + "spreadsheetml.sheet"),
        (zipped("[Content_Types].xml", "ppt/x.xml"), OOXML + "presentationml.presentation"),
        (zipped("[Content_Types].xml", "xl/vbaProject.bin"), "application/vnd.ms-excel.sheet.macroenabled.12"),
        (zipped("META-INF/MANIFEST.MF"), "application/java-archive"),
        (
            zipped("mimetype", stored=b"application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped("[Content_Types].xml", "word/document.xml")[:120], OOXML + "wordprocessingml.document"),
        ("氏名,電話\n".encode("cp932"), "text/plain"),
        (b"\x93\x02\x11\x07", ""),
        (b"", ""),
    ],
)
def test_the_kind_is_told_by_content(octets: bytes, kind: str) -> None:
    assert media_type_of(Octets(octets)) == kind


MARKS = [b"PK\x03\x04", b"PK\x05\x06", OLE[:8], b"MZ", b"%PDF", b"<!--", b"mimetype", b"PK\x01\x02"]


@given(st.lists(st.sampled_from(MARKS) | st.binary(max_size=40), max_size=8).map(b"".join))
def test_nothing_raises(octets: bytes) -> None:
    media_type_of(Octets(octets))
