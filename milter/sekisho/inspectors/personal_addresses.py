"""Where a person lives: postal addresses down to the block or house, as Japan, China, Taiwan and America write them.

Japanese ones are known by the prefecture, by a postcode with 〒, by a ward of Tokyo or of a city that has wards, or by
a town (町, 大字) below a city; the names of these are the gazetteer, the rest is form. Given folded text; linear in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.patterns import Pattern
from sekisho.inspectors.evidence import first
from sekisho.inspectors.sighting import Sighting

_PREFECTURES = (
    r"(?:北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県"
    r"|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県"
    r"|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県)"
)
_WARDS = (
    r"(?:千代田|中央|港|新宿|文京|台東|墨田|江東|品川|目黒|大田|世田谷|渋谷|中野|杉並|豊島|北|荒川|板橋|練馬|足立"
    r"|葛飾|江戸川)区"
)
"""The special wards of Tokyo."""
_WARD_CITIES = (
    r"(?:札幌|仙台|さいたま|千葉|横浜|川崎|相模原|新潟|静岡|浜松|名古屋|京都|大阪|堺|神戸|岡山|広島|北九州|福岡|熊本)市"
)
"""The cities with wards (政令指定都市)."""
_DASH = r"[-‐—ー―の]"
_HAN = r"[一二三四五六七八九十百〇]{1,7}"
_BLOCK = rf"(?:\d{{1,5}}(?:丁目|番町|番地|番|号|{_DASH}\d{{1,5}})|{_HAN}(?:丁目|番町|番地))"
_REST = r"[^\n,、。:：]{0,24}?"
_TOWN = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
_FIRST = r"[^\s\d\pPのをがはにでとも]"
"""A letter with which the name of a town begins; 港区の… goes on in another way."""
_JAPANESE = (
    rf"{_PREFECTURES}[ \t]?[^\s\d,、。:：]{{1,12}}?[市区郡町村]{_REST}{_BLOCK}"
    rf"|〒 ?\d{{3}}-?\d{{4}}[ \t\r\n]{{0,4}}[^\s\d,、。:：]{{1,12}}?[市区郡町村]{_REST}{_BLOCK}"
    rf"|{_PREFECTURES}[ \t]?[^\s\d,、。:：]{{1,12}}?[市区郡町村][\p{{Han}}\p{{Katakana}}ヶノ]{{1,16}}\d{{1,5}}"
    r"(?:[\s,、。()」でにへまの宛]|$)"
    rf"|{_WARD_CITIES}\p{{Han}}{{1,4}}区{_FIRST}{_TOWN}{{0,11}}{_BLOCK}|{_WARDS}{_FIRST}{_TOWN}{{0,9}}{_BLOCK}"
    rf"|[\p{{Han}}ヶケ]{{1,5}}[市郡](?:[\p{{Han}}ヶケ]{{1,5}}[町村])?(?:大字|字)?{_TOWN}{{1,10}}[町字]?(?:{_HAN}|\d{{1,2}})丁目\d{{1,4}}"
    rf"|[\p{{Han}}ヶケ]{{1,5}}[市郡](?:[\p{{Han}}ヶケ]{{1,5}}[町村]|{_TOWN}{{1,8}}町|大?字){_TOWN}{{0,10}}"
    rf"\d{{1,5}}(?:番地|{_DASH}\d{{1,5}})"
)
_CHINESE = (
    r"\p{Han}{2,8}(?:省|市|自治区)\p{Han}{1,10}(?:市|区|县|區|縣)[\p{Han}\d]{1,16}(?:路|街|道|巷|弄|段)"
    r"\p{Han}{0,6}\d{1,5} ?(?:号|號|弄)"
)
_STREET = (
    r"\b\d{1,5}[a-z]? (?:[a-z]+\.? ){1,4}"
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|way|place|pl|terrace|parkway)\b\.?"
    r"(?: (?:north|south|east|west|[nsew]|[ns][ew])\b\.?)?"
)
_WITHIN = r"(?:[ \t\r\n,]{1,4}(?:apt|apartment|suite|ste|unit|floor|fl|room|rm|#)\.? ?#?[a-z0-9-]{1,6})?"
_POSTCODE = (
    r"(?:[a-z]{2} \d{5}(?:-\d{4})?|(?:[a-z]{2} )?[a-z]\d[a-z] ?\d[a-z]\d|[a-z]{2,3} \d{4}"
    r"|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})"
)
"""Of America, Canada, Australia, Britain."""
_ENGLISH = rf"{_STREET}{_WITHIN}(?:[ \t\r\n,]{{1,4}}[a-z .'-]{{2,30}}){{1,2}}[ \t\r\n,]{{1,4}}{_POSTCODE}\b"
_TOWN_BEHIND = r"[ \t\r\n,]{1,4}\d{4,5} \p{L}{2,}"
_EUROPEAN = (
    rf"\b[\p{{L}}-]{{2,30}}(?:strasse|str\.|weg|platz|allee|gasse) ?\d{{1,4}}[a-z]?{_TOWN_BEHIND}"
    rf"|\b\d{{1,4}},? (?:rue|avenue|boulevard|place|allée|chemin|quai|impasse) [\p{{L}}' -]{{2,40}}?{_TOWN_BEHIND}"
)
_ROMANISED = (
    r"\b\d{1,3}-\d{1,3}(?:-\d{1,4})?,? [a-z' -]{2,40},[ \t\r\n]{0,3}[a-z-]{2,20}-(?:ku|shi|gun|cho|machi|mura)\b"
)
_POSTAL = Pattern(f"{_ROMANISED}|{_JAPANESE}|{_CHINESE}|{_ENGLISH}|{_EUROPEAN}")


def postal_addresses(text: str) -> Iterator[Sighting]:
    """Addresses down to the block or house."""
    for start, end in first(_POSTAL.spans(text)):
        written = " ".join(text[start:end].split())
        yield Sighting("postal-address", start, "".join(written.split()), _without_house(written))


def _without_house(address: str) -> str:
    cut = next((index for index, char in enumerate(address) if char.isdigit() and index > 3), len(address))
    return address[: min(cut, 12)] + "…"
