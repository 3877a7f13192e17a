"""Outlook's winmail.dat shows its files and texts like any other mail."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.mapi import properties, unpacked_rtf
from sekisho.mime.reader import MimeReader
from sekisho.mime.tnef import inside_tnef
from tests.support.wire import transaction_of

READER = MimeReader()
SIGNATURE = b"\x78\x9f\x3e\x22\x01\x00"
PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
REPEATED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
"""Both from MS-OXRTFCP 3."""


def attribute(level: int, number: int, value: bytes) -> bytes:
    return struct.pack("<BLL", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def mapi(*items: tuple[int, int, bytes]) -> bytes:
    """Properties of variable length: id, type, octets."""
    listed = b"".join(
        struct.pack("<HHLL", kind, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)
        for number, kind, value in items
    )
    return struct.pack("<L", len(items)) + listed


def file(name: str, content: bytes) -> bytes:
    return (
        attribute(2, 0x69002, b"\0" * 14)
        + attribute(2, 0x18010, b"RYAKU~1.EXE" + b"\0")
        + attribute(2, 0x6800F, content)
        + attribute(2, 0x69005, mapi((0x3707, 0x1F, (name + "\0").encode("utf-16-le"))))
    )


WINMAIL = (
    SIGNATURE
    + attribute(1, 0x18004, "件名\0".encode("cp932"))
    + attribute(1, 0x69003, mapi((0x1000, 0x1F, "本文\0".encode("utf-16-le")), (0x1009, 0x102, PACKED)))
    + file("見積書.exe", b"MZ secret")
)


def test_names_contents_and_texts_are_listed() -> None:
    found = inside_tnef(WINMAIL)
    assert found is not None
    assert [(item.type, item.names, item.content) for item in found] == [
        ("text/plain", (), "件名".encode("cp932")),
        ("text/plain", (), "本文".encode()),
        ("application/rtf", ("body.rtf",), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        ("application/octet-stream", ("見積書.exe", "RYAKU~1.EXE"), b"MZ secret"),
    ]


@pytest.mark.parametrize("kind", [b"application/ms-tnef", b"application/octet-stream; name=winmail.dat"])
def test_a_message_with_winmail_dat_shows_what_is_inside(kind: bytes) -> None:
    coded = base64.encodebytes(WINMAIL)
    head = b"Content-Type: " + kind + b"\nContent-Disposition: attachment; filename=winmail.dat\n"
    found = READER.structure(transaction_of(head + b"Content-Transfer-Encoding: base64\n\n" + coded))
    assert [part.place for part in found.parts] == [
        "attachment:winmail.dat",
        "attachment:winmail.dat/body",
        "attachment:winmail.dat/body#2",
        "attachment:winmail.dat/body.rtf",
        "attachment:winmail.dat/見積書.exe",
    ]
    assert [READER.text(part) for part in found.parts[1:3]] == ["件名", "本文"]
    assert found.anomalies == ()


def test_a_stream_within_a_stream_is_followed_and_the_depth_limited() -> None:
    inner = WINMAIL
    for _ in range(60):
        inner = SIGNATURE + file("winmail.dat", inner)
    found = READER.structure(transaction_of(b"Content-Type: application/ms-tnef\n\n" + b"x"))
    assert [anomaly.kind for anomaly in found.anomalies] == ["broken-tnef"]
    head = b"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n"
    found = READER.structure(transaction_of(head + base64.encodebytes(inner)))
    assert "too-deep" in {anomaly.kind for anomaly in found.anomalies}
    assert len(found.parts) < 60


def test_a_message_sent_as_a_file_is_looked_into() -> None:
    head = b"Content-Type: application/octet-stream; name=fw.EML\nContent-Transfer-Encoding: base64\n\n"
    inner = b"Subject: =?utf-8?b?56S+5aSW56eY?=\nContent-Type: text/plain\n\nhello\n"
    found = READER.structure(transaction_of(head + base64.encodebytes(inner)))
    assert [(part.place, READER.text(part).strip()) for part in found.parts[1:]] == [
        ("attachment:fw.EML/header:Subject", "社外秘"),
        ("attachment:fw.EML/body", "hello"),
    ]


def test_rtf_is_unpacked_as_in_the_examples_of_its_specification() -> None:
    assert unpacked_rtf(PACKED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked_rtf(REPEATED) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


@given(st.binary(max_size=200), st.integers(0, len(WINMAIL)), st.integers(0, 20))
def test_no_octets_raise(noise: bytes, at: int, cut: int) -> None:
    inside_tnef(WINMAIL[:at] + noise + WINMAIL[at + cut :])
    properties(noise)
    unpacked_rtf(PACKED[:16] + noise)
