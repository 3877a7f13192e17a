"""Media types by content: what a file is, whatever its name and header say of it.

Given content, gives a media type, or nothing when no mark is known. Marks are those of the formats' own specifications;
ZIP and OLE files are told apart by the names in their directories, without decompressing anything. Never raises;
linear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sekisho.core.content import Content
from sekisho.mime.zip_names import kind_of_zip

_HEAD = 4096
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (0, b"ISc(", "application/vnd.ms-cab-compressed"),
    (2, b"-lh", "application/x-lzh-compressed"),
    (257, b"ustar", "application/x-tar"),
    (0, b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", "application/x-ms-shortcut"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"ITSF\x03\0\0\0", "application/vnd.ms-htmlhelp"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (4, b"Standard Jet DB", "application/x-msaccess"),
    (4, b"Standard ACE DB", "application/x-msaccess"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II\xbc\x01", "image/jxr"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (40, b" EMF", "image/emf"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"OTTO", "font/otf"),
    (0, b"\0\1\0\0\0", "font/ttf"),
    (8, b"WEBP", "image/webp"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/x-wav"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"\0asm", "application/wasm"),
    (0, b"conectix", "application/x-virtualbox-vhd"),
    (0, b"vhdxfile", "application/x-virtualbox-vhdx"),
)
_BY_FIRST_OCTETS: Mapping[bytes, tuple[tuple[int, bytes, str], ...]] = {
    mark[1][:2]: tuple(other for other in _MARKS if other[0] == 0 and other[1][:2] == mark[1][:2])
    for mark in _MARKS
    if mark[0] == 0
}
_INSIDE = tuple(mark for mark in _MARKS if mark[0])
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("VisioDocument", "application/vnd.visio"),
    ("DocumentText", "application/x-js-taro"),
    ("Book", "application/vnd.ms-excel"),
)
_MSI_CLASS = bytes.fromhex("84100c0000000000c000000000000046")
_ISO_MARKS = ((0x8001, b"CD001"), (0x8801, b"CD001"), (0x9001, b"CD001"), (0x8001, b"BEA01"))
_COMMENTS = rb"(?:<!--.*?-->\s*+)*+"
_XML = rb"(?:<\?xml[^>]*+>\s*+)?" + _COMMENTS + rb"(?:<!DOCTYPE svg[^>]*+>\s*+)?"
_TEXTS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), kind)
    for pattern, kind in (
        (rb"#![^\n]*?python", "text/x-python"),
        (rb"#![^\n]*?perl", "text/x-perl"),
        (rb"#!\s*/", "text/x-shellscript"),
        (rb"@echo off|rem [^\r\n]*+\r?\n@echo", "text/x-msdos-batch"),
        (rb"\[InternetShortcut\]", "application/x-mswinurl"),
        (rb"BEGIN:VCALENDAR", "text/calendar"),
        (rb"BEGIN:VCARD", "text/vcard"),
        (rb"-----BEGIN PGP MESSAGE-----", "application/pgp-encrypted"),
        (rb"(?:Received|Return-Path|MIME-Version|Message-ID|Delivered-To): ", "message/rfc822"),
        (_COMMENTS + rb"(?:<!doctype html|<html|<head|<body|<script|<iframe)", "text/html"),
        (_XML + rb"<svg", "image/svg+xml"),
        (rb"<\?xml", "application/xml"),
    )
)
_HTA = re.compile(rb"<hta:application", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def media_type_of(content: Content) -> str:
    """Media type by content; empty when unknown."""
    head = content.read(_HEAD)
    if head.startswith(b"PK"):
        return kind_of_zip(content.read())
    if head.startswith(_OLE):
        return _kind_of_ole(content.read())
    if head.startswith((b"MZ", b"ZM")):
        return "application/vnd.microsoft.portable-executable" if _is_program(head) else ""
    return _by_mark(head) or _by_text(head, content) or _by_depth(content, head)


def _is_program(head: bytes) -> bool:
    """Whether what begins with ``MZ`` is more than two letters: binary, as programs are."""
    return b"\0" in head or len(head) < 64


def _by_mark(head: bytes) -> str:
    for offset, mark, kind in (*_BY_FIRST_OCTETS.get(head[:2], ()), *_INSIDE):
        if head.startswith(mark, offset):
            return kind
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if head.startswith(b"\0\0\x01\0") and len(head) > 6:
        return "image/x-icon"
    return "audio/mpeg" if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2") else ""


def _by_text(head: bytes, content: Content) -> str:
    """The kind of a text; PDF readers look for their mark within the first kilobyte."""
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head.startswith(_TEXT_MARKS[1:]) and len(head) % 2 == 0:
        return "text/plain"
    text = head.removeprefix(_TEXT_MARKS[0]).lstrip()
    if not text or _BINARY.search(text):
        return ""
    if _HTA.search(text):
        return "application/hta"
    found = next((kind for mark, kind in _TEXTS if mark.match(text)), "text/plain")
    return "application/hta" if found == "text/html" and _HTA.search(content.read(1 << 20)) else found


def _by_depth(content: Content, head: bytes) -> str:
    """Disk images carry their mark 32 KiB in (ECMA-119 8.1, ECMA-167)."""
    if len(head) < _HEAD or content.size <= _ISO_MARKS[0][0]:
        return ""
    data = content.read(0x9100)
    return "application/x-iso9660-image" if any(data.startswith(mark, offset) for offset, mark in _ISO_MARKS) else ""


def _kind_of_ole(data: bytes) -> str:
    if _MSI_CLASS in data:
        return "application/x-msi"
    for name, kind in _OLE_STREAMS:
        if (name + "\0").encode("utf_16_le") in data:
            return kind
    return "application/x-ole-storage"
