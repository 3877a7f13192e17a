"""Full names of persons in a text: family and given name together, in Japanese, Chinese and European ways.

A surname alone names nobody for sure and is in every other sentence, so it does not count. Both halves must stand in
the gazetteers (`sekisho.inspectors.name_lists`), and the name must end where the word ends, so that 山口県, 田中商店
and 東京 are no persons. Chinese names need more, since their letters begin many words: a title, a label, or a list of
names. Given the text as it is written, for letter case tells a name from a word. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice

from sekisho.core.folding import is_east_asian
from sekisho.core.patterns import Pattern, PatternSet
from sekisho.inspectors.evidence import OCCURRENCES
from sekisho.inspectors.name_lists import (
    BEFORE_NAME,
    BRANDS,
    CHINESE_SURNAMES,
    CHINESE_WORDS,
    COMPOUND_SURNAMES,
    GIVEN,
    NO_FAMILY,
    JapaneseNames,
    japanese_names,
    plain_latin,
)
from sekisho.inspectors.sighting import Sighting

_BLANKS = " \u3000\t"
_LONGEST = 4
"""Letters of a given name."""
_AFTER = re.compile(
    r"(?:様|さま|さん|殿|氏|君|くん|ちゃん|先生|部長|次長|課長|係長|主任|社長|会長|室長|所長|店長|院長|校長|教授|准教授|取締役|代表|専務|常務|医師|弁護士"
    r"|税理士|会計士|議員|選手|監督|他|外|ほか|宛|以下|両名|名義|本人|担当|著|作|役|が|は|の|を|に|と|も|へ|で|や|か|より|から|まで)"
)
_SHORT = frozenset(
    "誠健翔剛修豊茂進隆弘実稔明清勝博武徹聡智亮薫恵望遥葵蓮樹陸翼駿涼匠優凛愛舞瞳忍渉淳純潤仁崇敦篤拓巧浩洋哲毅司昇登昭章彰啓敬恭圭慧諒"
    "瑛咲杏桜梓楓渚綾彩歩香寛幹繁滋功勉努満充貢学大"
)
"""Given names of one letter that end a name without a blank; others end words (松本城, 千葉市)."""
_PLACES = frozenset(
    [
        "東京",
        "秋葉原",
        "小田原",
        "大和田",
        "長野市",
        "平和島",
        "高田馬場",
        "中央林間",
        "上野毛",
        "大和",
        "日向",
        "三井住友",
    ]
)
"""Words that look like a surname with a given name."""
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30faー]{2,5}")
_KANA_NAME = Pattern(r"[ァ-ヺー]{2,8}[ \x{3000}][ァ-ヺー]{2,8}")
_HAS_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAS_HAN = re.compile(r"[\u4e00-\u9fff]")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

_WORD = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,14}"
_FAMILY = rf"(?:(?:Mc|Mac|O['’]|D['’]|de |De |van |Van |von |Von |da |di )?{_WORD}(?:-{_WORD})?)"
_CAPITALS = Pattern(r"\p{Lu}[\p{L}'’.-]*(?: (?:(?:de|van|von|da|di) )?\p{Lu}[\p{L}'’.-]*)+", exact=True)
"""Two words or more with a capital: few texts hold many, so only these are looked at closely."""
_REVERSALS = Pattern(rf"(?m)^[ \t\-*•\d.)]{{0,6}}(?:{_FAMILY}|[A-Z]{{2,15}}), {_WORD}\b", exact=True)
_WESTERN = re.compile(rf"\b(?=(?P<first>{_WORD})(?:-{_WORD})? (?:[A-Z]\.? )?(?P<last>{_FAMILY})\b)")
"""A look ahead, for the word before a name may have a capital too."""
_REVERSED = re.compile(rf"(?P<last>{_FAMILY}|[A-Z]{{2,15}}), (?P<first>{_WORD})\b")

_SURNAME = rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{''.join(sorted(CHINESE_SURNAMES))}])"
_CHINESE = re.compile(rf"{_SURNAME}[\u4e00-\u9fff]{{1,2}}")
_TITLES = "先生|女士|小姐|同学|医生|护士|教授|經理|经理"
_LABELS = "姓名|名字|联系人|聯絡人|收件人|收货人|户名|戶名|持卡人|患者|学生|客户|员工"
_SPOKEN_OF = Pattern(f"{_TITLES}|{_LABELS}")
_TITLED = re.compile(rf"({_CHINESE.pattern})(?:{_TITLES})")
_LABELLED = re.compile(rf"(?:{_LABELS})[:：\s]{{1,3}}({_CHINESE.pattern})(?![\u4e00-\u9fff])")
_IN_CELL = Pattern(
    rf"(?:^|[^\x{{4e00}}-\x{{9fff}}]){_SURNAME}[\x{{4e00}}-\x{{9fff}}]{{1,2}}(?:[^\x{{4e00}}-\x{{9fff}}]|$)"
)
"""What may be a name in a list: no text without it holds one."""
_CELL = re.compile(r"(?<![^\s,，、;；|/·•(（:：.-])[\u4e00-\u9fff]{2,4}(?![^\s,，、;；|/·•()（）])")


@cache
def _shapes() -> PatternSet:
    """What every name that is not Chinese has the shape of; most texts have nothing of it."""
    patterns = (japanese_names().candidate, _KANA_NAME, _CAPITALS, _REVERSALS)
    return PatternSet(pattern.for_set for pattern in patterns)


def has_shape(text: str) -> bool:
    """Whether a full name that is not Chinese may be in the text; one look."""
    return _shapes().found(text)


def may_be_chinese(text: str) -> bool:
    """Whether Chinese names are looked for in the text: there are Han characters, and no kana."""
    return not text.isascii() and not _HAS_KANA.search(text) and _HAS_HAN.search(text) is not None


def person_names(text: str) -> Iterator[Sighting]:
    """Every full name; the start is an offset in the text as given, the key the name, without blanks in East Asia."""
    chinese = may_be_chinese(text)
    if not has_shape(text):
        found = _chinese(text) if chinese else iter(())
    elif text.isascii():
        found = _western(text)
    elif not _HAS_HAN.search(text):
        found = chain(_western(text), _kana(text))
    else:
        japanese = list(islice(_japanese(text), OCCURRENCES))
        found = chain(japanese, _chinese(text) if chinese and not japanese else (), _western(text))
    yield from islice(found, OCCURRENCES)


def _sighting(start: int, name: str) -> Sighting:
    key = " ".join(name.lower().split()) if name[0].isascii() else "".join(name.split())
    return Sighting("person-name", start, key, shown_name(name))


def shown_name(name: str) -> str:
    """The first letter, and that there is more."""
    return f"{name[0]}***" if name[0].isascii() else f"{name[0]}〇〇"


def _japanese(text: str) -> Iterator[Sighting]:
    names = japanese_names()
    any_found = False
    for begin, end in names.candidate.spans(text):
        start, stop = _name_within(text, begin, end, names)
        if stop:
            any_found = True
            yield _sighting(start, text[start:stop])
    if not any_found:
        yield from _kana(text)


def _name_within(text: str, begin: int, end: int, names: JapaneseNames) -> tuple[int, int]:
    """The name that begins in this stretch, by the longest surname; 0 as its end where there is none."""
    for start in range(begin, end):
        before = text[start - 1 : start]
        if is_east_asian(before) and before not in BEFORE_NAME and not "\u3041" <= before <= "\u3096":
            continue
        for length in range(_LONGEST, 0, -1):
            if text[start : start + length] in names.surnames:
                stop = _given_end(text, start + length, length, names)
                if stop:
                    return start, stop
    return begin, 0


def _given_end(text: str, end: int, length: int, names: JapaneseNames) -> int:
    """Where the given name that follows the surname ends; 0 where none does."""
    blank = text[end : end + 1] in _BLANKS and bool(text[end : end + 1])
    start = end + blank
    for size in range(_LONGEST, 0, -1):
        given = text[start : start + size]
        if given in names.given and (blank or _is_whole(length, given)) and _may_end(text, start + size):
            return 0 if text[end - length : start + size] in _PLACES else start + size
    kana = _KANA.match(text, start) if blank else None
    if kana and kana[0].translate(_TO_HIRAGANA) in names.given_readings and not _AFTER.match(kana[0]):
        return kana.end()
    return 0


def _is_whole(length: int, given: str) -> bool:
    """Whether a surname of this length and the given name are a name even without a blank between them."""
    return length + len(given) >= 3 and (len(given) > 1 or given in _SHORT)


def _may_end(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not after or not is_east_asian(after) or _AFTER.match(text, end) is not None


def _kana(text: str) -> Iterator[Sighting]:
    """Names of which only the reading is given."""
    names = japanese_names()
    for start, end in _KANA_NAME.spans(text):
        surname, given = text[start:end].translate(_TO_HIRAGANA).split()
        if surname in names.surname_readings and given in names.given_readings:
            yield _sighting(start, text[start:end])


def _western(text: str) -> Iterator[Sighting]:
    for start, end in _CAPITALS.spans(text):
        reached = start
        for found in _WESTERN.finditer(text, start, end):
            if found.start() >= reached and _is_western(found):
                reached = found.end("last")
                yield _sighting(found.start("first"), text[found.start("first") : reached])
    for start, end in _REVERSALS.spans(text):
        reversed_ = _REVERSED.search(text, start, end)
        if reversed_ and _is_western(reversed_):
            yield _sighting(reversed_.start(), reversed_[0])


def _is_western(found: re.Match[str]) -> bool:
    first, last = found["first"].lower(), found["last"].lower()
    if last in NO_FAMILY or f"{first} {last}" in BRANDS:
        return False
    return first in GIVEN or _is_romanised(first, last)


def _is_romanised(first: str, last: str) -> bool:
    """A Japanese name in Latin letters, in either order."""
    names = japanese_names()
    one, other = plain_latin(first), plain_latin(last)
    return (one in names.given_latin and other in names.surnames_latin) or (
        one in names.surnames_latin and other in names.given_latin
    )


def _chinese(text: str) -> Iterator[Sighting]:
    if _SPOKEN_OF.found(text):
        for pattern in (_TITLED, _LABELLED):
            for found in pattern.finditer(text):
                yield _sighting(found.start(1), found[1])
    if not _IN_CELL.found(text):
        return
    words = _no_names()
    cells = list(_CELL.finditer(text))
    listed = [cell for cell in cells if cell[0] not in words and _CHINESE.fullmatch(cell[0])]
    if len(listed) >= 2 and len(listed) * 2 >= len(cells):
        for cell in listed:
            yield _sighting(cell.start(), cell[0])


@cache
def _no_names() -> frozenset[str]:
    """What looks like a Chinese name and is none."""
    return CHINESE_WORDS | japanese_names().surnames
