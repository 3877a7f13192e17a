"""Text is decoded by what it is, with the label's help and in spite of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.charsets import codec_of, decode

GREETING = "お世話になっております。見積書をお送りします。"
EXTENDED = "㈱髙橋様 ①②Ⅲ"
LABELS = ["", "us-ascii", "shift_jis", "euc-jp", "utf-8", "iso-2022-jp", "iso-8859-1", "x-unknown"]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("codec", ["utf-8", "cp932", "euc_jp", "iso2022_jp"])
def test_japanese_survives_any_label(codec: str, label: str) -> None:
    assert decode(GREETING.encode(codec), label) == GREETING


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        (EXTENDED.encode("cp932"), "Shift_JIS", EXTENDED),
        (b"\x1b$B-!-jy!\x1b(B", "iso-2022-jp", "①㈱纊"),
        (b"\x1b(I1234\x1b(B", "iso-2022-jp", "ｱｲｳｴ"),
        (b"\x0e1\x0f", "cp50222", "ｱ"),
        (b"\x1b$(D0!\x1b(B", "iso-2022-jp-1", "丂"),
        (b"\x1b$(Q.!\x1b(B", "iso-2022-jp-2004", "俱"),
        (b"\xad\xa1\xad\xea", "euc-jp", "①㈱"),
        ("请查收附件".encode("gb18030"), "gb2312", "请查收附件"),
        ("한글 똠".encode("cp949"), "ks_c_5601-1987", "한글 똠"),
        ("繁體 碁".encode("cp950"), "big5", "繁體 碁"),
        ("\ufeffテスト".encode("utf-16-le"), "utf-8", "テスト"),
        ("テスト".encode("utf-16-be"), "utf-16", "テスト"),
        (b"\xef\xbb\xbfabc", "iso-8859-1", "abc"),
        ("naïve".encode("latin-1"), "us-ascii", "naïve"),
        ("€".encode("cp1252"), "iso-8859-1", "€"),
        (b"+MEI-", "utf-7", "あ"),
        (b"abc", "unicode_escape", "abc"),
    ],
)
def test_labels_mean_what_senders_mean(octets: bytes, label: str, text: str) -> None:
    assert decode(octets, label) == text


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "rot13", "hex", "zlib", "undefined"])
def test_codecs_that_are_no_charsets_are_not_used(label: str) -> None:
    assert codec_of(label) == ""


def test_a_cut_utf8_text_keeps_its_beginning() -> None:
    assert decode(GREETING.encode()[:-1], "utf-8") == GREETING[:-1] + "\ufffd"


@given(
    st.binary(max_size=200), st.sampled_from([*LABELS, "utf-7", "utf-16", "gb2312", "big5", "euc-kr", "hz", "koi8-r"])
)
def test_nothing_raises_and_nothing_leaves_surrogates(octets: bytes, label: str) -> None:
    decode(octets, label).encode("utf-8")


@given(st.text(st.characters(codec="cp932", exclude_characters="¢£¬‖−〜\x1b"), max_size=60))
def test_cp932_labelled_shift_jis_comes_back(text: str) -> None:
    octets = text.encode("cp932")
    assert decode(octets, "Shift_JIS") in (octets.decode("cp932"), decode(octets))
