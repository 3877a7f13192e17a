"""format=flowed: broken lines are joined as readers show them (RFC 3676)."""

from __future__ import annotations

import pytest

from sekisho.core.content import Octets
from sekisho.core.parts import Part
from sekisho.mime.flowed import unfolded
from sekisho.mime.part_text import text_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one \ntwo \nthree\nfour", "one two three\nfour"),
        ("one\ntwo", "one\ntwo"),
        (" >not quoted\n From here", ">not quoted\nFrom here"),
        ("> a \n> b\n> c", "> a b\n> c"),
        (">> deep \n> less deep\nnew", ">> deep \n> less deep\nnew"),
        ("> ends flowed \nnew", "> ends flowed \nnew"),
        ("end. \n-- \nKen Sato", "end. \n-- \nKen Sato"),
        ("last \n", "last "),
        ("", ""),
    ],
)
def test_lines_that_end_in_a_blank_go_on(text: str, shown: str) -> None:
    assert unfolded(text, delsp=False) == shown


def test_with_delsp_the_blank_is_no_part_of_the_text() -> None:
    assert unfolded("来年度の輝夜 \n計画です。\n> 社外 \n> 秘", delsp=True) == "来年度の輝夜計画です。\n> 社外秘"


def test_only_flowed_plain_text_is_joined() -> None:
    octets = Octets(b"one \r\ntwo")
    assert text_of(Part("body", (), "text/plain", octets, flow="flowed")) == "one two"
    assert text_of(Part("body", (), "text/plain", octets)) == "one \ntwo"
    assert text_of(Part("body", (), "text/csv", octets, flow="flowed")) == "one \ntwo"
