"""Address fields are read in every way that receivers may read them, and nobody gets lost."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.addresses import read_addresses


def seen(value: bytes) -> list[str]:
    return [box.address for box in read_addresses(value).mailboxes]


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        (b" Taro <a@b.com>, c@d.jp", ["a@b.com", "c@d.jp"]),
        (b' "Yamada, Taro" <t@x.jp>', ["t@x.jp"]),
        (b"undisclosed-recipients:;", []),
        (b"Team: a@b.c, d@e.f;, g@h.i", ["a@b.c", "d@e.f", "g@h.i"]),
        (b"a@b.c (Taro (x)) , (c) d@e.f", ["a@b.c", "d@e.f"]),
        (b"a . b @ c . com", ["a.b@c.com"]),
        (b'"a b"@c.jp', ["a b@c.jp"]),
        (b'<"a@b"@c.jp>', ["a@b@c.jp"]),
        (b'"x@y.jp" <a@b.c>', ["a@b.c"]),
        (b"'a@b.c' <a@b.c>", ["a@b.c"]),
        (b"a@b.c <a@b.c>", ["a@b.c"]),
        (b"J.R. Smith <a@b.c>,\r\n a@[192.0.2.1]\r\n", ["a@b.c", "a@[192.0.2.1]"]),
        (b"postmaster", ["postmaster"]),
        ("山田 <t@例え.jp>".encode(), ["t@xn--r8jz45g.jp"]),
        ("山田太郎ァ <t@x.jp>".encode("cp932"), ["t@x.jp"]),
        ("能登 ソ表 <t@x.jp>".encode("cp932"), ["t@x.jp"]),
        ("山田 <t@x.jp>".encode("iso2022_jp"), ["t@x.jp"]),
        (b"A@B.C, a@b.c", ["A@b.c", "a@b.c"]),
        (b"", []),
        (b",,,", []),
        (b"<>", []),
    ],
)
def test_a_clear_value_has_one_reading(value: bytes, addresses: list[str]) -> None:
    assert seen(value) == addresses
    assert not read_addresses(value).ambiguous


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        (b"a@b@c.jp", {"a@b@c.jp", "a@b"}),
        (b"<@r,@s:u@d.jp>", {"u@d.jp"}),
        (b"a@b c@d", {"a@b", "c@d"}),
        (b"a@b.c <d@e.f>", {"a@b.c", "d@e.f"}),
        (b"a@b; c@d;", {"a@b", "c@d"}),
        (b'"never closed <a@b.c>, d@e.f', {"a@b.c", "d@e.f"}),
        (b"(never closed a@b.c, d@e.f", {"a@b.c", "d@e.f"}),
        (b"<a@b.c, d@e.f", {"a@b.c", "d@e.f"}),
        (b"<<a@b.c>>", {"a@b.c"}),
        (b"Taro a@b.c", {"a@b.c"}),
        (b"a@x\rBcc: b@y", {"a@x", "b@y"}),
        (b"a\0b@c.jp", {"ab@c.jp", "b@c.jp"}),
        (b'"a@b.c"', {"a@b.c"}),
        (b"=?utf-8?q?a=40b.com?=", {"a@b.com"}),
        (b"=?utf-8?q?a=40b.com?=, c@d.e", {"a@b.com", "c@d.e"}),
    ],
)
def test_a_doubtful_value_shows_every_reading_and_says_so(value: bytes, addresses: set[str]) -> None:
    assert set(seen(value)) >= addresses
    assert read_addresses(value).ambiguous


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <y@z.jp>", "山田"),
        (b'"=?iso-2022-jp?B?GyRCOzNFRBsoQg==?=" <y@z.jp>', "山田"),
        ("髙橋①".encode("cp932") + b" <y@z.jp>", "髙橋①"),
        ("山田".encode("euc_jp") + b" <y@z.jp>", "山田"),
        ("山田 太郎 <y@z.jp>".encode(), "山田 太郎"),
        (b"y@z.jp (Taro)", "Taro"),
        (b'"Taro \\"T\\" Yamada" <y@z.jp>', 'Taro "T" Yamada'),
        (b"=?utf-8?q?Taro=0d=0aBcc:_x?= <y@z.jp>", "Taro Bcc: x"),
    ],
)
def test_display_names_are_decoded_and_stay_on_one_line(value: bytes, name: str) -> None:
    assert [box.name for box in read_addresses(value).mailboxes] == [name]


@pytest.mark.parametrize(
    "value",
    [
        b"." * 40_000 + b" <a@b.c>",
        b"(" * 3_000 + b")" * 3_000 + b"a@b.c",
        b'"\\' * 20_000 + b"a@b.c",
        b"<" * 40_000 + b"a@b.c",
        b"(" * 40_000 + b"a@b.c",
        b"[" * 40_000 + b", a@b.c",
        b"a@b.c " * 10_000,
        b':"' * 20_000 + b"a@b.c",
    ],
    ids=["dots", "comments", "quotes", "angles", "open", "brackets", "words", "colons"],
)
def test_hostile_values_still_show_their_address(value: bytes) -> None:
    assert "a@b.c" in seen(value)


def test_ten_thousand_recipients_are_all_found() -> None:
    value = b", ".join(b"u%d@d%d.jp" % (number, number) for number in range(10_000))
    assert len(read_addresses(value).mailboxes) == 10_000


@given(
    st.binary(max_size=200).map(lambda noise: noise.replace(b"<", b"@<"))
    | st.text('a@b.c<>()",;: \\', max_size=60).map(str.encode)
)
def test_no_octets_raise_and_an_at_sign_between_letters_is_a_recipient(value: bytes) -> None:
    found = read_addresses(value)
    for box in found.mailboxes:
        (box.name + box.local + box.domain).encode("utf-8")
    if b"a@b" in value and b'"' not in value and b"(" not in value and value.isascii():
        assert found.mailboxes


_WORD = st.text("abcdefgh0123456789-_", min_size=1, max_size=8)
_ADDRESS = st.builds("{}@{}.example".format, _WORD, st.text("abcdefgh", min_size=1, max_size=8))
_NAMED = st.builds("{} {} <{}>".format, _WORD, _WORD, _ADDRESS) | st.builds(
    '"{}, {}" <{}>'.format, _WORD, _WORD, _ADDRESS
)


@given(st.lists(_ADDRESS | _NAMED, min_size=1, max_size=8))
def test_ordinary_lists_are_read_as_by_the_standard_library(items: list[str]) -> None:
    value = ", ".join(items)
    expected = dict.fromkeys(address for _, address in email.utils.getaddresses([value]))
    found = read_addresses(value.encode())
    assert list(expected) == [box.address for box in found.mailboxes]
    assert not found.ambiguous
