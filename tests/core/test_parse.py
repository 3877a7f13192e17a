"""A message file is read as an MTA would read it, and written back octet for octet where it was regular."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.content import Octets
from sekisho.core.message import Field, message_octets
from sekisho.core.parse import parse_message


@pytest.mark.parametrize(
    ("octets", "fields", "body"),
    [
        (b"To: a\r\nCc:b\r\n\r\nx\r\n", [(b"To", b" a"), (b"Cc", b"b")], b"x\r\n"),
        (b"To: a,\n b\n\nx\ny\n", [(b"To", b" a,\n b")], b"x\r\ny\r\n"),
        (b"\xef\xbb\xbfTo : a\n\n", [(b"To", b" a")], b""),
        (b"From me Tue\nTo: a\n\nx", [(b"To", b" a")], b"x"),
        (b"To: a\njunk line\nCc: b\n", [(b"To", b" a")], b"junk line\r\nCc: b\r\n"),
        (b"\nbody", [], b"body"),
        (b" folded first\n", [], b" folded first\r\n"),
        (b"", [], b""),
        (b"X\x00: a\n\n", [], b"X\x00: a\r\n\r\n"),
        (b"S: a\rBcc: b\n\n", [(b"S", b" a\rBcc: b")], b""),
    ],
)
def test_header_and_body_are_split(octets: bytes, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
    assert parse_message(octets) == (tuple(Field(*pair) for pair in fields), body)


VALUE = st.binary(max_size=20).map(lambda octets: b" " + octets.replace(b"\n", b"").replace(b"\r", b""))
FIELD = st.builds(Field, st.sampled_from([b"To", b"X-Y", b"Subject"]), VALUE)


@given(st.lists(FIELD, max_size=5), st.binary(max_size=50))
def test_what_is_written_is_read_back(fields: list[Field], body: bytes) -> None:
    lines = body.replace(b"\r", b"").replace(b"\n", b"\r\n")
    octets = b"".join(message_octets(tuple(fields), Octets(lines)))
    assert parse_message(octets) == (tuple(fields), lines)


@given(st.binary(max_size=200))
def test_reading_never_raises_and_loses_no_line(octets: bytes) -> None:
    fields, body = parse_message(octets)
    size = sum(len(field.name) + len(field.value) for field in fields) + len(body)
    assert size <= len(octets) + octets.count(b"\n")
