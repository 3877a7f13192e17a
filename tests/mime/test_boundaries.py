"""Delimiters are found wherever they stand: in short and long octets, with hyphens before them and without."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.boundaries import occurs, strictly

LONG = 20_000
FILLS = (b"QUJD" * 19 + b"\r\n", b"-- \r\n", b"--frontie\r\n", b"a-b--c\n", b"text --frontier--\r\n", b"")
DELIMITER = re.compile(rb"(?:\A|(?<=\n))--frontier[ \t]*\r?\n")


@given(
    st.lists(st.tuples(st.sampled_from(FILLS), st.integers(0, 20)), max_size=4),
    st.sampled_from(FILLS),
    st.integers(0, 6),
)
def test_every_delimiter_is_found(pieces: list[tuple[bytes, int]], fill: bytes, last: int) -> None:
    long = fill * (LONG // (len(fill) or LONG))
    data = b"".join(piece * times + b"--frontier\r\n" for piece, times in pieces) + long + b"--frontier\n" * last
    found = [one.end() for one in DELIMITER.finditer(data)]
    cut = strictly(data, 0, len(data), b"frontier")
    assert [start for start, _ in cut.parts] == found
    assert occurs(data, 0, len(data), b"frontier") is bool(found)


@pytest.mark.parametrize(("cut_off", "there"), [(1, True), (2, True), (3, False), (9, False), (12, False)])
def test_a_delimiter_that_goes_beyond_the_end_is_none(cut_off: int, there: bool) -> None:
    data = b"QUJD" * LONG + b"\r\n--frontier\r\n"
    assert occurs(data, 0, len(data) - cut_off, b"frontier") is there
