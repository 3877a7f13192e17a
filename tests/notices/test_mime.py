"""Header fields and parts of notices, read back by the standard library."""

from __future__ import annotations

import email
import email.policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.notices.mime import mailbox, multipart, text_entity, unstructured

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120)


def parsed(octets: bytes) -> EmailMessage:
    return email.message_from_bytes(octets, policy=email.policy.default)


@given(TEXT)
def test_any_text_comes_back_from_a_field_of_short_lines(text: str) -> None:
    octets = unstructured("Subject", text)
    assert octets.isascii()
    assert all(len(line) <= 76 for line in octets.split(b"\r\n")) or text.isascii()
    value = email.message_from_bytes(octets + b"\r\n")["Subject"]
    assert str(make_header(decode_header(value))).strip() == text.strip()


@given(st.text(max_size=200))
def test_no_text_ends_its_field(text: str) -> None:
    assert parsed(unstructured("Subject", text) + b"\r\n").keys() == ["Subject"]


def test_a_text_that_looks_like_an_encoded_word_is_shown_as_it_is() -> None:
    text = "=?utf-8?q?a=0d=0aBcc:_x@y?="
    assert parsed(unstructured("Subject", text) + b"\r\n")["Subject"] == text


@pytest.mark.parametrize("text", ["ascii = x\n--=_b\n.\nFrom me\n", "日本語\n--=_b--\n", "x" * 5000 + "\n", "\n"])
def test_a_part_comes_back_whatever_its_text(text: str) -> None:
    octets = multipart("alternative", "b", [text_entity("plain", text), text_entity("html", text)])
    assert octets.isascii()
    assert all(len(line) <= 78 for line in octets.split(b"\r\n"))
    first, second = parsed(octets).iter_parts()
    assert [part.get_content().replace("\r\n", "\n") for part in (first, second)] == [text, text]
    assert [part.get_content_type() for part in (first, second)] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a.b+c@example.com", "a.b+c@example.com"),
        ("a b@example.com", '"a b"@example.com'),
        ('a"\\@example.com', '"a\\"\\\\"@example.com'),
        ("a..b@example.com", '"a..b"@example.com'),
        ("a@b@example.com", '"a@b"@example.com'),
        ("山田@例え.jp", "山田@xn--r8jz45g.jp"),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("", ""),
        ("postmaster", ""),
        ("a\r\nBcc: x@example.com", ""),
        ("a@example.com>,<b@example.com", '"a@example.com>,<b"@example.com'),
        ("a@exa mple.com", ""),
        ("\udcff@example.com", ""),
        ("a\0@example.com", ""),
        ("x" * 400 + "@example.com", ""),
    ],
)
def test_an_address_is_written_so_that_it_is_one_or_not_at_all(address: str, written: str) -> None:
    assert mailbox(address) == written
