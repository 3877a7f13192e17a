"""Texts are what people read: decoded in spite of labels, HTML as what it shows, with its lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.content import Octets
from sekisho.core.parts import Part
from sekisho.mime.html_text import shown_text
from sekisho.mime.part_text import text_of


def text(octets: bytes, kind: str = "text/plain", charset: str = "") -> str:
    return text_of(Part("body", (), kind, Octets(octets), charset))


def test_lines_end_in_lf_and_nul_is_gone() -> None:
    assert text(b"a\r\nb\rc\nsec\0ret") == "a\nb\nc\nsecret"


def test_what_is_no_text_has_none() -> None:
    assert text(b"abc", "application/pdf") == ""


def test_utf16_with_a_mark_is_read() -> None:
    assert text("\ufeff表".encode("utf-16-le"), charset="us-ascii") == "表"


def test_a_document_that_names_its_charset_itself_is_believed() -> None:
    assert text(b'<meta http-equiv=x content="text/html; charset=big5"><p>\xc1c\xc5\xe9', "text/html") == "繁體"


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        ("<p>a<br>b&amp;c</p>", "a\nb&c"),
        ("a\n  b\tc", "a b c"),
        ("<table><tr><td>1<td>2</tr><tr><td>3", "1 2\n\n3"),
        ("<style>p{x:y}</style><script>if(a<b)</script>z", "z"),
        ("<div style='display:none'>preheader</div>x", "preheader\nx"),
        ('<div>x</div><div class="gmail_signature"><div>Ken</div></div>', "x\n\n--\n\nKen"),
        ('<p>x</p><div id="ms-outlook-mobile-signature">Ken</div>', "x\n\n--\nKen"),
        ("<img alt='社外秘' src=x>", "社外秘"),
        ('<p title="a>b">t', "a>b t"),
        ("<!-- no --><!--[if mso]><p>Outlook</p><![endif]-->", "Outlook"),
        ("old <blockquote>q1<blockquote>q2</blockquote></blockquote>new", "old\n> q1\n> > q2\n\nnew"),
        ("<pre>x\ny</pre>", "x\ny"),
        ("1 < 2 & 3 &lt; 4", "1 < 2 & 3 < 4"),
        ("con<b>fid</b>ential <span>社</span><span>外秘</span>", "confidential 社外秘"),
        ("a&nbsp;b &#12354; &#x3042;", "a b あ あ"),
        ("<p>{{name}}</p>", "{{name}}"),
        ("a<!-- never closed <i class=x>text", "a!-- never closed <i class=x>text"),
        ("<p", "p"),
    ],
)
def test_html_is_what_it_shows(document: str, shown: str) -> None:
    assert shown_text(document) == shown


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<b x>", "<", "<!--", "<!", "<!--[if ", "<script>", "<a x='", '<a x=">"', "&", "<blockquote>", "<pre>"],
)
def test_hostile_html_costs_no_more_than_its_length(piece: str) -> None:
    assert len(shown_text(piece * 20_000 + "end")) <= len(piece) * 20_000 + 3


@given(st.text("<>!-/=\"' abp&;#[]\n", max_size=120))
def test_any_html_becomes_text(document: str) -> None:
    assert not set(shown_text(document)) & set("\x1d\x1e\x1f")


@given(st.text("abcあいう 123", max_size=60))
def test_text_without_tags_is_itself(words: str) -> None:
    assert shown_text(words) == " ".join(words.split(" ")).strip() or "  " in words
