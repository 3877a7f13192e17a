"""Whom a letter addresses: names and companies in the lines before its first sentence.

Japanese (会社名、部署、役職、氏名 with 様/殿/先生/さん/御中), English (Dear Mr Smith, Hi Bob), Chinese (尊敬的张经理).
Groups (各位, ご担当者様, Dear all, 大家好) address nobody by name. Given folded lines; a line is looked at up to a few
dozen characters only, so the backtracking patterns here, which need their groups, cannot run away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sekisho.core.folding import fold
from sekisho.core.patterns import Pattern
from sekisho.inspectors.name_lists import GIVEN

LINES = 8
"""Filled lines at the top in which a salutation can stand."""
_LONGEST = 60
_SPACES = " \t\r\u3000"

HONORIFIC = r"(?:様|さま|殿|先生|さん|氏|くん)"
POST = (
    r"(?:代表取締役社長|代表取締役|取締役|常務|専務|執行役員|本部長|副部長|部長代理|部長|次長|課長代理|副課長|課長|係長|主任|主査|室長"
    r"|支店長|支社長|所長|副社長|社長|会長|店長|マネージャー|リーダー|教授|准教授|院長|校長|理事長|理事|局長|グループ長|チーム長)"
)
_BODIES = r"(?:一般|公益)(?:社団|財団)法人|学校法人|医療法人|社会福祉法人|npo法人"
LEGAL = rf"(?:株式会社|有限会社|合同会社|合資会社|{_BODIES}|\(株\)|\(有\))"
_BRANCHES = r"支店|支社|営業所|センター|研究所|学部|学科|窓口|事務局|サポート|デスク"
UNIT = rf"(?:事業本部|本部|事業部|部門|部|課|係|室|局|グループ|チーム|{_BRANCHES})"
_NAME = r"[^\s、,。.:;()「」]"
_BESIDE = r"(?: ?御?(?:侍史|机下|玉案下|許|もとへ))?"
"""What is added to a doctor's name: 大谷先生 御侍史."""
_PERSON = re.compile(rf"(?P<name>{_NAME}{{1,12}}(?: {_NAME}{{1,8}})?) ?(?:{POST} ?)?{HONORIFIC}{_BESIDE}[、,:!]?$")
_BY_POST = re.compile(rf"(?P<name>{_NAME}{{1,5}}) ?{POST}[、,]?$")
_HONORIFICS = tuple(HONORIFIC.removeprefix("(?:").removesuffix(")").split("|"))
_ANY_POST, _ANY_LEGAL = re.compile(POST), re.compile(LEGAL)
"""What the patterns cannot match without, and what costs less to look for: they begin with any name."""
_COMPANY = re.compile(rf"{LEGAL} ?(?P<after>[^\s、,。()]{{1,30}})|(?P<before>[^\s、,。()]{{1,30}}?) ?{LEGAL}")
_GREETING = (
    r"(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|sehr geehrte[rs]?|liebe[rs]?|hallo"
    r"|guten tag|bonjour|ch(?:er|ère))[ ,]+"
)
_TITLE = r"(?:(?:mr|mrs|ms|miss|dr|prof|professor|herr|frau|monsieur|madame|mme)\.? ){0,2}"
_ENGLISH_NAME = r"(?P<name>[a-z][a-z'’-]{1,20}?\.?(?: [a-z][a-z'’-]{0,20}\.?){0,2}?)"
_ENGLISH = re.compile(rf"{_GREETING}{_TITLE}{_ENGLISH_NAME}(?:[ -]?(?:san|sama))? ?[,:;!.—–-]*$")
_BARE = re.compile(r"(?P<name>[a-z][a-z'’-]{1,14}),$")
"""``George,`` alone on the first line; a greeting only if it is a name."""
_RANK = r"(?:先生|女士|小姐|总经理|總經理|经理|老师|老師|总监|總監|总|主任|博士|教授|您好|你好)"
_CHINESE = re.compile(
    rf"(?:尊敬的|敬爱的|亲爱的)? ?(?P<name>[\u4e00-\u9fff]{{1,4}}?) ?{_RANK}[,，:：、!。 ]*(?:您好|你好)?[,，:：!。]*$"
)
_ANYBODY = Pattern(rf"{HONORIFIC}|{POST}|{LEGAL}|{_RANK}|{_GREETING}|[a-z],")
_PLACEHOLDER = re.compile(r"[{}%#«»【】\[\]<>*|$_〇○◯●△□×]|^(?:尊敬的)?x{2,}$|^某")
_OPENING = re.compile(
    r"^(?:いつも|大変|平素は?|平素より|毎度)*(?:お世話|お疲れ|ご無沙汰|こんにちは|おはよう|はじめまして|初めまして|突然)"
)
"""A greeting before the name."""
_HONORIFIC_ALONE = re.compile(r"様|殿|御中|先生")
"""A line that ends the name of the line above."""
_SENTENCE = re.compile(r"です|ます|お世話|でした|ました|[。?？]|thank|hope|please|您好|谢谢")
_GROUP_WORDS = """
各位 皆 皆様 みな 担当者 ご担当者 担当 ご担当 お客 お客様 関係者 会員 取引先 お取引先 保護者 一同 社員 従業員 株主
採用担当 人事担当 営業担当 事務局 ユーザー ご利用者 受講者 参加者 応募者 何 誰 神 同 仕 有り 奥 お子 お父 お母 お疲れ
お待ち どなた 王 貴 お世話 all team everyone everybody folks sir madam sirs colleagues colleague friends friend
customer customers client clients partner partners there guys members member user users subscriber hiring manager
recruiter support sales editor committee both whom valued ladies gentlemen again world mr ms mrs dr sir/madam 大家
damen herren kollegen zusammen alle tous messieurs
同事 同事们 客户 顾客 老师 老師 先生 女士 朋友 朋友们 您 你 领导 团队 用户 会员 亲爱 尊敬
"""
_GROUPS = frozenset(_GROUP_WORDS.split())
_GROUP_ENDS = ("各位", "皆", "者", "一同", "方", "お客", "の", "会社", "御中", "担当")


@dataclass(frozen=True, slots=True)
class Addressee:
    """One name or company that the text turns to."""

    kind: str
    """``person`` or ``company``."""
    name: str
    """Folded, without honorific and post."""
    line: int
    """Index into the lines given."""
    language: str
    """``ja``, ``en`` or ``zh``: whose ways of writing names apply."""


def may_address(text: str) -> bool:
    """Whether anybody may be addressed in a text; one look."""
    return _ANYBODY.found(fold(text).text)


def addressees(lines: Iterable[str]) -> Iterator[Addressee]:
    """Everybody addressed in the first filled lines; ends at the first sentence."""
    filled = 0
    above = ""
    for number, line in enumerate(lines):
        text = line[: _LONGEST * 2].strip(_SPACES)
        if not text:
            above = ""
            continue
        filled += 1
        above, text = text, f"{above} {text}" if above and _HONORIFIC_ALONE.fullmatch(text) else text
        if filled > LINES or len(text) > _LONGEST:
            return
        named = list(_bare(text, number) if filled == 1 else ()) or list(_addressed(text, number))
        yield from named
        if not named and _SENTENCE.search(text) and not (filled == 1 and _OPENING.search(text)):
            return


def companies(text: str) -> Iterator[str]:
    """Names of companies, without their legal form."""
    for found in _COMPANY.finditer(text[: _LONGEST * 2]) if _ANY_LEGAL.search(text) else ():
        yield re.sub(r"(?:御中|様).*$", "", found["after"] or found["before"])


def is_group(name: str) -> bool:
    """Whether the words name nobody in particular."""
    return name in _GROUPS or name.endswith(_GROUP_ENDS) or re.search(rf"{LEGAL}|{UNIT}$", name) is not None


def _bare(text: str, number: int) -> Iterator[Addressee]:
    found = _BARE.match(text)
    if found and found["name"] in GIVEN:
        yield Addressee("person", found["name"], number, "en")


def _addressed(text: str, number: int) -> Iterator[Addressee]:
    if len(text) <= 40 and not _SENTENCE.search(text):
        for company in companies(text):
            yield Addressee("company", company, number, "ja")
    english = _ENGLISH.match(text)
    if english:
        if not _GROUPS & set(english["name"].split()):
            yield Addressee("person", english["name"], number, "en")
        return
    for one in re.split(r"[、,/]|cc[:：]", text):
        person, language = _person(one.strip(_SPACES + "()"))
        if person:
            yield Addressee("person", person, number, language)


def _person(text: str) -> tuple[str, str]:
    """The name of a person addressed with an honorific or a post, and the language."""
    chinese = _CHINESE.match(text)
    if chinese and _PLACEHOLDER.search(chinese["name"]):
        return "", ""
    if chinese and not text.endswith(("様", "さん", "殿")) and not is_group(chinese["name"]):
        return chinese["name"], "ja" if text.endswith(("先生", "主任", "教授")) else "zh"
    found = _PERSON.search(text) if any(word in text for word in _HONORIFICS) else None
    if found is None and _ANY_POST.search(text):
        found = _BY_POST.search(text)
    if not found:
        return "", ""
    name = re.sub(rf" ?{POST}$", "", found["name"].strip())
    if _PLACEHOLDER.search(name):
        return "", ""
    last = name.split(" ")[-1] if is_group(name.split(" ")[0]) else name
    return ("", "") if not last or is_group(last) else (last, "ja")
