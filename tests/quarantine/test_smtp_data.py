"""What goes over the wire after DATA, and what a receiver makes of it."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.quarantine.smtp_data import END_MARK, data_octets

TRICKY = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"\0", b"a", b"\xff", b"\x85", b" ", b"From ", b"x" * 1200]),
    max_size=40,
)
LINES = st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\r", b".").replace(b"\n", b".")), max_size=20)


def received(wire: bytes) -> bytes:
    """What a strict receiver reads: lines end with CRLF, a dot alone ends the message, a first dot is taken away."""
    assert wire == END_MARK or wire.endswith(b"\r\n" + END_MARK)
    lines = wire.split(b"\r\n")
    end = lines.index(b".")
    assert end == len(lines) - 2, "the message ends before its end"
    return b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:end])


def cut(content: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({place % (len(content) + 1) for place in places} | {0, len(content)})
    return [content[start:end] for start, end in itertools.pairwise(marks)]


def wire(pieces: list[bytes]) -> bytes:
    return b"".join(data_octets(pieces)) + END_MARK


@given(LINES, st.lists(st.integers(min_value=0), max_size=6))
def test_content_of_whole_lines_arrives_octet_for_octet(lines: list[bytes], places: list[int]) -> None:
    content = b"".join(line + b"\r\n" for line in lines)
    assert received(wire(cut(content, places))) == content


@given(TRICKY, st.lists(st.integers(min_value=0), max_size=6))
def test_no_receiver_sees_another_end_of_message(pieces: list[bytes], places: list[int]) -> None:
    sent = wire(cut(b"".join(pieces), places))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", sent)
    received(sent)


@given(TRICKY, st.lists(st.integers(min_value=0), max_size=6))
def test_where_the_content_is_cut_makes_no_difference(pieces: list[bytes], places: list[int]) -> None:
    content = b"".join(pieces)
    assert wire(cut(content, places)) == wire([content])


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b"", b".\r\n"),
        (b"\r\n", b"\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"no line end", b"no line end\r\n.\r\n"),
        (b"a\n.\nb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r.\rb\r\n", b"a . b\r\n.\r\n"),
        (b"a\n.\r\nb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\r\r\nb\r", b"a \r\nb \r\n.\r\n"),
        (b"\0.\0\r\n", b"\0.\0\r\n.\r\n"),
    ],
)
def test_known_contents(content: bytes, sent: bytes) -> None:
    assert wire([content]) == sent
    assert wire([content[index : index + 1] for index in range(len(content))]) == sent
