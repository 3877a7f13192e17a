"""Header text is decoded as senders meant it, however wrongly they wrote it."""

from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.encoded_words import header_text

COMPANY = "株式会社髙橋①御中"


def word(octets: bytes, charset: str, encoding: str = "B") -> bytes:
    if encoding in "bB":
        text = base64.b64encode(octets)
    else:
        text = binascii.b2a_qp(octets, header=True, quotetabs=True).replace(b"=\n", b"").replace(b"?", b"=3F")
    return b"=?%b?%b?%b?=" % (charset.encode(), encoding.encode(), text)


@pytest.mark.parametrize("encoding", ["B", "b", "Q", "q"])
@pytest.mark.parametrize(
    ("label", "codec"), [("UTF-8", "utf-8"), ("Shift_JIS", "cp932"), ("x-sjis", "cp932"), ("windows-31j", "cp932")]
)
def test_words_in_every_label_are_decoded(label: str, codec: str, encoding: str) -> None:
    assert header_text(b" Re: " + word(COMPANY.encode(codec), label, encoding)) == "Re: " + COMPANY


@pytest.mark.parametrize("cut", range(1, len(COMPANY.encode())))
def test_a_character_split_between_words_is_whole_again(cut: int) -> None:
    octets = COMPANY.encode()
    assert header_text(word(octets[:cut], "utf-8") + b"\n " + word(octets[cut:], "UTF-8")) == COMPANY


@pytest.mark.parametrize("cut", [4, 5, 7, 9])
def test_iso_2022_jp_split_inside_a_shift_is_whole_again(cut: int) -> None:
    octets = "お見積りの件".encode("iso2022_jp")
    value = word(octets[:cut], "ISO-2022-JP") + b" " + word(octets[cut:], "iso-2022-jp")
    assert header_text(value) == "お見積りの件"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b" plain", "plain"),
        (b"two\n lines", "two lines"),
        (b"=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        (b"x=?utf-8?q?a?=y", "xay"),
        (b"=?utf-8?q?a b?= c", "a b c"),
        (b"=?utf-8?q?what?_now?=", "what? now"),
        (b"=?utf-8?b?5qCq 5by\n P?=", "株式"),
        (b"=?utf-8?b?5qCq5byP=?=", "株式"),
        (b"=?UTF-8*ja?Q?=E6=A0=AA?=", "株"),
        (b"=?utf-8?q?a=0d=0aBcc:_x?=", "a Bcc: x"),
        (b"a\0b\rc", "a b c"),
        (b"=?gb2312?B?x+vIt8jPuL28/g==?=", "请确认附件"),
        (b"=?nonsense?B?5qCq?=", "株"),
        (b"=?utf-7?Q?+2D0-?=", "\ufffd"),
        ("お見積り".encode("iso2022_jp"), "お見積り"),
    ],
)
def test_usual_mistakes_are_read_as_meant(value: bytes, text: str) -> None:
    assert header_text(value) == text


@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp", "iso2022_jp"])
@pytest.mark.parametrize(
    "text", ["お見積りの件", "資料送付のご案内", "Re: 打合せについて", "重要", "ご確認ください【至急】"]
)
def test_raw_octets_are_guessed(text: str, codec: str) -> None:
    assert header_text(text.encode(codec)) == text


@given(st.binary(max_size=300) | st.text("=?utf-8bBqQ_ \n\r\tAZ/+", max_size=120).map(str.encode))
def test_any_octets_become_printable_lines(value: bytes) -> None:
    text = header_text(value)
    text.encode("utf-8")
    assert not set(text) & set("\r\n\0\x1b")


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60), st.integers(0, 200))
def test_what_is_encoded_by_the_book_comes_back(text: str, cut: int) -> None:
    octets = text.encode()
    words = [word(piece, "utf-8", "Q") for piece in (octets[:cut], octets[cut:]) if piece]
    assert header_text(b" ".join(words)) == text.strip()
