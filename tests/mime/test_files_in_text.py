"""Files written into a text are found: uuencode, yEnc, BinHex."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.files_in_text import files_in_text


def uu(content: bytes, name: bytes = b"a.exe") -> bytes:
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 %b\n%b`\nend\n" % (name, lines)


def yenc(content: bytes, name: bytes = b"a.exe") -> bytes:
    coded = b""
    for octet in content:
        shifted = (octet + 42) % 256
        coded += b"=" + bytes(((shifted + 64) % 256,)) if shifted in b"\0\n\r=" else bytes((shifted,))
    size = len(content)
    return b"=ybegin line=128 size=%d name=%b\r\n%b\r\n=yend size=%d\r\n" % (size, name, coded, size)


def binhex(content: bytes, name: bytes = b"a.exe") -> bytes:
    data = bytes((len(name),)) + name + b"\0TEXTtext\0\0" + len(content).to_bytes(4, "big") + b"\0\0\0\0\0\0" + content
    packed = data.replace(b"\x90", b"\x90\0") + b"\0\0"
    digits = base64.b64encode(packed + b"\0" * (-len(packed) % 3))
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    signs = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n:%b:\r\n" % digits.translate(
        bytes.maketrans(plain, signs)
    )


@pytest.mark.parametrize("coder", [uu, yenc, binhex])
@given(content=st.binary(min_size=1, max_size=300))
def test_a_coded_file_comes_back(coder: object, content: bytes) -> None:
    assert callable(coder)
    text = b"hello\r\n" + coder(content) + b"\r\nbye\r\n" + coder(b"two", b"b.txt")
    assert list(files_in_text(text)) == [(b"a.exe", content), (b"b.txt", b"two")]


def test_base64_between_begin_and_end_is_read() -> None:
    text = b"begin-base64 644 a.txt\n" + base64.encodebytes(b"secret") + b"====\n"
    assert list(files_in_text(text)) == [(b"a.txt", b"secret")]


@pytest.mark.parametrize("text", [b"begin at 644 Broadway\n", b"Let us\nbegin 2026 with a plan\n", b"", b"=ybegin"])
def test_prose_is_no_file(text: bytes) -> None:
    assert list(files_in_text(text)) == []


def test_files_are_limited_and_do_not_overlap() -> None:
    found = list(files_in_text(b"begin 644 a\n#0V%T\n" * 1000))
    assert found == [(b"a", b"Cat")] * 100


def test_a_binhex_bomb_is_not_unpacked() -> None:
    bomb = binhex(b"x").replace(b":\r\n", b"*" * 2_000_000 + b":\r\n", 1)
    assert sum(len(content) for _, content in files_in_text(bomb)) < 4_000_000


@given(
    st.lists(st.sampled_from([uu(b"x"), yenc(b"y"), binhex(b"z")]) | st.binary(max_size=30), max_size=5).map(b"".join)
)
def test_nothing_raises(text: bytes) -> None:
    list(files_in_text(text))
