"""How to reach a person: telephone numbers and mail addresses.

Given folded text. Numbers that companies give to everybody (0120, 0570, 0800) are nobody's. Linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.patterns import Pattern
from sekisho.inspectors.evidence import first, masked_number
from sekisho.inspectors.sighting import JOIN, Alone, InContext, Sighting, digits, stands_alone

_PHONE = Alone(
    rf"0\d{{1,4}}\(\d{{1,4}}\)\d{{3,4}}|\(?0\d{{1,4}}[){JOIN}]{{1,2}}\d{{1,4}}[){JOIN}]\d{{3,4}}|0[5789]0\d{{8}}"
    rf"|\+\d{{1,3}}[()/{JOIN}]{{0,2}}\d{{1,4}}(?:[()/{JOIN}]{{1,3}}\d{{2,8}}){{1,4}}|\+\d{{9,14}}"
    rf"|\(\d{{3}}\) ?\d{{3}}[{JOIN}]\d{{4}}|\d{{3}}[{JOIN}]\d{{3}}[{JOIN}]\d{{4}}|1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}"
    r"|0\d{2,4}[ \-]\d{6,8}|0[1-9]\d{8}"
)
_PHONE_WORDS = Pattern(
    r"\btel|phone|mobile|\bcell|\bcall|\bfax|\breach|\bring\b|\bdial|whatsapp|wechat|\bsms\b|contact"
    r"|電話|携帯|連絡先|ケータイ|スマホ"
    r"|电话|電話|手机|手機|联系|聯絡|致电|拨打|傳真|传真|微信|℡"
)
_FREE = ("0120", "0570", "0800", "0990")
_JAPAN_MOBILE = ("050", "060", "070", "080", "090")
_MAIL = Pattern(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,62})?\.){1,8}[a-z]{2,24}")


def phones(text: str) -> Iterator[Sighting]:
    """Numbers of telephones, as they are written in Japan, China, America, and internationally."""
    spoken_of = InContext(text, _PHONE_WORDS, before=60, after=10, inherited=120)
    for start, end in first(_PHONE.spans(text)):
        written = text[start:end]
        number = _national(written)
        if not stands_alone(text, start, end):
            continue
        if _is_phone(number, written) or (_may_be(number) and spoken_of(start, end)):
            yield Sighting("phone", start, number, masked_number(written, 2))


def mail_addresses(text: str) -> Iterator[Sighting]:
    """Mail addresses; the key is ``local@domain`` in lower case."""
    if "@" not in text:
        return
    for start, end in first(_MAIL.spans(text)):
        address = text[start:end].lstrip(".'")
        yield Sighting("email-address", start, address, f"{address[0]}***@{address.rpartition('@')[2]}")


def _national(written: str) -> str:
    number = digits(written)
    return "0" + number[2:].removeprefix("0") if written.startswith("+81") else number


def _is_phone(number: str, written: str) -> bool:
    """Whether the form alone tells a telephone number."""
    if number.startswith(_FREE):
        return False
    if written.startswith("+"):
        return 8 <= len(number) <= 15
    if number.startswith(_JAPAN_MOBILE):
        return len(number) == 11
    grouped = not written.isdigit()
    return grouped and (len(number) == 10 if number.startswith("0") else written.startswith("("))


def _may_be(number: str) -> bool:
    """Whether it is one where the text says so: no separators, or another country's."""
    return 10 <= len(number) <= 12 and not number.startswith(_FREE)
