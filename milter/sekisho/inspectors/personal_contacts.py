"""How to reach a person: telephone numbers, mail addresses, postal addresses.

Given folded text. Numbers that companies give to everybody (0120, 0570, 0800) are nobody's. Linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.patterns import Pattern
from sekisho.inspectors.evidence import first, masked_number
from sekisho.inspectors.sighting import Sighting, digits, stands_alone

_PHONE = Pattern(
    r"0\d{1,4}\(\d{1,4}\)\d{3,4}|\(?0\d{1,4}[)\- ]{1,2}\d{1,4}[)\- ]\d{3,4}|0[5789]0\d{8}"
    r"|\+\d{1,3}[ .\-()]{0,2}\d{1,4}(?:[ .\-()]{1,2}\d{2,4}){1,4}|\+\d{9,14}"
    r"|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
)
_PHONE_WORDS = Pattern(r"tel|phone|mobile|cell|call|fax|電話|携帯|連絡先|ケータイ|电话|手机|手機|联系|傳真|传真|℡")
_FREE = ("0120", "0570", "0800", "0990")
_JAPAN_MOBILE = ("050", "060", "070", "080", "090")
_MAIL = Pattern(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,62})?\.){1,8}[a-z]{2,24}")
_PREFECTURES = (
    r"(?:北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県"
    r"|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県"
    r"|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県)"
)
_DASH = r"[-‐‑–—−ーの]"
_BLOCK = rf"(?:\d{{1,5}}(?:丁目|番町|番地|番|号|{_DASH}\d{{1,5}})|[一二三四五六七八九十百]{{1,7}}(?:丁目|番町|番地))"
_POSTAL = Pattern(
    rf"{_PREFECTURES}[ \t]?[^\s\d,、。:：]{{1,12}}?[市区郡町村][^\n,、。:：]{{0,24}}?{_BLOCK}"
    rf"|〒 ?\d{{3}}-?\d{{4}}[ \t\r\n]{{0,4}}[^\s\d,、。:：]{{1,12}}?[市区郡町村][^\n,、。:：]{{0,24}}?{_BLOCK}"
    rf"|{_PREFECTURES}[ \t]?[^\s\d,、。:：]{{1,12}}?[市区郡町村][\p{{Han}}\p{{Katakana}}ヶノ]{{1,16}}\d{{1,5}}"
    r"(?:[\s,、。()]|$)"
    r"|\p{Han}{2,8}(?:省|市|自治区)\p{Han}{1,10}(?:市|区|县|區|縣)[\p{Han}\d]{1,16}(?:路|街|道|巷|弄|段)"
    r"\p{Han}{0,6}\d{1,5} ?(?:号|號|弄)"
    r"|\b\d{1,5} (?:[a-z]+\.? ){1,4}"
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|way|place|pl)\b\.?"
    r"(?:,? [a-z .]{2,30}){1,2},? (?:[a-z]{2} \d{5}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b"
)


def phones(text: str) -> Iterator[Sighting]:
    """Numbers of telephones, as they are written in Japan, China, America, and internationally."""
    for start, end in first(_PHONE.spans(text)):
        written = text[start:end]
        number = _national(written)
        if stands_alone(text, start, end) and _is_phone(number, written, text, start):
            yield Sighting("phone", start, number, masked_number(written, 2))


def mail_addresses(text: str) -> Iterator[Sighting]:
    """Mail addresses; the key is ``local@domain`` in lower case."""
    if "@" not in text:
        return
    for start, end in first(_MAIL.spans(text)):
        address = text[start:end].lstrip(".'")
        yield Sighting("email-address", start, address, f"{address[0]}***@{address.rpartition('@')[2]}")


def postal_addresses(text: str) -> Iterator[Sighting]:
    """Addresses down to the block or house."""
    for start, end in first(_POSTAL.spans(text)):
        written = " ".join(text[start:end].split())
        yield Sighting("postal-address", start, "".join(written.split()), _without_house(written))


def _national(written: str) -> str:
    number = digits(written)
    return "0" + number[2:].removeprefix("0") if written.startswith("+81") else number


def _is_phone(number: str, written: str, text: str, start: int) -> bool:
    if number.startswith(_FREE):
        return False
    if written.startswith("+"):
        return 8 <= len(number) <= 15
    if number.startswith("0"):
        return len(number) == (11 if number.startswith(_JAPAN_MOBILE) else 10)
    return _PHONE_WORDS.found(text[max(0, start - 40) : start])


def _without_house(address: str) -> str:
    cut = next((index for index, char in enumerate(address) if char.isdigit() and index > 3), len(address))
    return address[: min(cut, 12)] + "…"
