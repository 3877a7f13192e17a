"""Names of persons: the gazetteers by which full names are known, and which spelling has which reading.

Japanese ones come from japanese-personal-name-dataset (2,000 surnames, 70,000 spellings of given names), Chinese
surnames are the commonest hundred and fifty, English and other European given names about five hundred. The large ones
are read when they are first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

import japanese_personal_name_dataset as dataset

from sekisho.core.patterns import Pattern

BEFORE_NAME = "部課室係長員者名人師士官役司会客社任様氏殿君"
"""Letters that end the word before a name: 営業部鈴木一郎, 担当者鈴木一郎."""
ENDS_NAME = "様殿氏君先部次課係主社会室所店院校教准取代専常医弁税議選監他外宛以両名本担著作役"
"""Letters with which an honorific or a post begins."""

CHINESE_SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許邓鄧韩韓冯馮曹彭曾肖萧"
    "蕭田董潘袁蔡蒋蔣余于杜叶葉程魏苏蘇吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸范汪廖石贾賈韦韋夏付傅方邹鄒熊白孟"
    "秦邱侯江尹薛闫閻段雷龙龍黎史陶贺賀毛郝顾顧龚龔邵万萬覃武钱錢戴严嚴莫孔向常汤湯康易乔喬赖賴温庞龐殷葛"
    "章樊祁倪翟申鲁魯游柳詹关關蓝藍"
)
COMPOUND_SURNAMES = ("欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛")
_GIVEN = """
aaron adam adrian agnieszka ahmed aidan aisha alan albert alejandro alex alexander alexandra alexei alexis alfred
ali alice alicia alison allison alyssa amanda amber amelia amit amy ana andrea andreas andrew andy angela anil anita
anna anne annette anthony antonio antti arjun arthur ashley audrey ava barbara beatrice ben benjamin bernard bernd
beth betty beverly björn bradley brandon brenda brian bruce bryan caleb cameron carl carla carlos carmen carol
caroline carolyn catherine charles charlie cheryl chloe christian christina christine christoph christopher cindy
claire clara claudia clement colin connor craig cristina curtis cynthia daniel daniela danielle david dean deborah
debra deepak denise dennis derek diana diane diego dieter dmitri dmitry dominic donald donna doris dorothy douglas
duncan dylan edward edwin eileen elaine eleanor elena elizabeth ella ellen emily emma eric erica erik ernest ethan
eugene eva evan evelyn fabian fatima felix fernando fiona frances francesca francis francisco franz fred frederick
gabriel gareth gary gavin gemma geoffrey george gerald gerhard giovanni giulia gloria gordon graham greg gregory
guillaume gustav hailey hannah hans harold harper harry hassan heather hector heidi helen helena helmut henry
herbert howard hugo ian ingrid irene irina isaac isabel isabella ivan jack jacob jacqueline jakub james jamie jan
jane janet janice jason javier jayden jean jeff jeffrey jennifer jenny jeremy jerry jesse jessica jill jim joan
joanna joanne joe joel johan johannes john johnny jon jonathan jorge jose joseph joshua joyce juan juanita judith
judy jukka julia julian julie julio justin jürgen karen kari karl katarina kate katherine kathleen kathryn kathy
katie keith kelly ken kenneth kevin kim kimberly klaus kristen kristin kurt kyle larry lars laura lauren laurence
lawrence leah leo leon leonard leslie liam linda lisa logan lorenzo lori louise lucas lucia lucy luis luke lydia
lynn magdalena manuel marc marcel marco marcus margaret maria marie marilyn marina mario marion mark markus marta
martha martin mary mason mateo matteo matthew matthias maureen maurice max maximilian megan melanie melissa mia
michael michelle miguel mikael mike mohamed mohammed monica morgan nancy naomi natalia natalie natasha nathan
nathaniel neha neil nicholas nicola nicolas nicole nigel nikolai nina noah noel nora norman olga oliver olivia omar
oscar otto pablo pamela patricia patrick paul paula pauline pawel pedro pekka peter petra philip philipp phillip
phyllis pierre piotr priya rachel rafael rahul rajesh ralph ramon raul ravi raymond rebecca reinhard renate ricardo
richard rita robert roberto robin rodney roger roland ronald rosa rosemary roy russell ruth ryan sabine sally sam
samantha samuel sandra sanjay sara sarah scott sean sebastian sergei sergio shane shannon sharon sheila shirley
simon sofia sophia sophie stefan stefanie stephanie stephen steve steven stewart stuart sunita susan suzanne sven
svetlana sylvia tamara tanya tatiana teresa theodore theresa thomas tiffany tim timothy tina todd tom tomasz tony
tracy travis trevor tyler ursula valerie vanessa vera veronica victor vikram vincent vivian vladimir walter wayne
wendy werner wesley wilhelm william wolfgang xavier yolanda yuri yusuf yvonne zachary zoe åsa
"""
GIVEN = frozenset(_GIVEN.split())
"""European given names, in lower case."""

_WORDS = """
高度 高级 高效 高温 金额 王国 周期 周一 周二 周三 周四 周五 周六 周日 黄金 白色 马上 石油
江苏 江西 安全 方案 方式 方法 方便 于是 任务 程序 许可 常见 常用 余额 毛利 钱包 单价 单位
温度 汤料 万元 万一 孔径 易于 向上 向下 夏季 夏天 孟买 邮件 雷达 龙头 史料 文件 熊猫 白天
江南 韩国 秦皇岛 唐山 郑州 徐州 杭州 苏州 广州 陆地 沈阳 石家庄 马来西 罗马 何时 何地 朱红
林业 田地 任意 任何 卢布 程度 谢谢 宋体 董事 董事会 袁隆平 余下 于此 叶片 杜绝 范围 贺卡 顾客
顾问 严重 严格 武汉 戴尔 莫斯科 常州 汤类 康复 乔迁 温州 章节 申请 鲁菜 游客 游戏 关于 关系
关闭 蓝色 蓝牙 钟点 钟表 姜汁 陆续 石头 史上 段落 段子 白酒 高价 高峰 高中 李子 杨树 张贴
张数 胡椒 胡同 顧客 顧問 單價 金額 數量 高級 國家 任務 許可證 程式 萬元 於是 關於 關係 嚴格
安全性 錢包 溫度 鐘點
"""
CHINESE_WORDS = frozenset(_WORDS.split())
"""Words that begin like a Chinese name."""

_ENDS = """
avenue street road lane drive boulevard square park garden gardens hall house hotel hospital school college
university library museum bridge station airport terminal building tower center centre plaza county city island
beach bay river lake hill valley mountain day week month year inc ltd llc llp gmbh corp corporation company co group
holdings bank foundation institute association club team award prize edition project report plan press post times
hello hi dear hey thanks thank sorry yes no ok well please regards best greetings
st ave rd blvd ln dr ct sq pl hwy from and or to for with at on in of the is was will has
"""
NO_FAMILY = frozenset(_ENDS.split())
"""English words behind a given name that make it a place, a firm or a thing."""
BRANDS = frozenset(["louis vuitton", "calvin klein", "ralph lauren", "jack daniels", "harry winston", "tiffany co"])


@dataclass(frozen=True, slots=True)
class JapaneseNames:
    """What Japanese names look like, in each script; readings in hiragana, Latin without marks of length."""

    candidate: Pattern
    """A surname in Han characters where a word may begin, with what may be a given name; one letter more in front."""
    surnames: frozenset[str]
    given: frozenset[str]
    """In Han characters."""
    surname_readings: frozenset[str]
    given_readings: frozenset[str]
    surnames_latin: frozenset[str]
    given_latin: frozenset[str]
    latin: dict[str, frozenset[str]]
    """A surname's Latin spellings: as the reading is spelled, and without marks of length."""
    spellings: dict[str, tuple[str, ...]]
    """Surnames by reading."""


@cache
def japanese_names() -> JapaneseNames:
    """The whole gazetteer: a tenth of a second the first time."""
    men, women, last = dataset.load_dataset("org", include_last_names=True)
    dataset.clear_cache()
    entries = [*men.values(), *women.values()]
    return JapaneseNames(
        _candidate(last),
        frozenset(last),
        frozenset(spelling for entry in entries for spelling in entry["kanji"]),
        frozenset(entry["reading"] for entry in last.values()),
        frozenset(chain(men, women)),
        frozenset(plain_latin(entry["en"]) for entry in last.values()),
        frozenset(plain_latin(entry["en"]) for entry in entries),
        {surname: frozenset((entry["en"], plain_latin(entry["en"]))) for surname, entry in last.items()},
        _by_reading((entry["reading"], surname) for surname, entry in last.items()),
    )


def _by_reading(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for reading, surname in pairs:
        grouped.setdefault(reading, []).append(surname)
    return {reading: tuple(surnames) for reading, surnames in grouped.items()}


def _candidate(surnames: Iterable[str]) -> Pattern:
    """One pattern for all surnames: scanning costs the same for any number, and few places in a text match."""
    ordered = sorted(surnames, key=len, reverse=True)
    several = "|".join(surname for surname in ordered if len(surname) > 1)
    single = "".join(surname for surname in ordered if len(surname) == 1)
    given = rf"[^\P{{Han}}{ENDS_NAME}]"
    blank = r"[ \t\x{3000}]"
    return Pattern(
        rf"(?:^|[^\p{{Han}}]|[{BEFORE_NAME}])"
        rf"(?:(?:{several})(?:{blank}?{given}|{blank}[\p{{Hiragana}}\p{{Katakana}}]{{2}})"
        rf"|[{single}](?:{blank}{given}|{given}{{2}}))"
    )


def plain_latin(word: str) -> str:
    """``satoh``, ``satou`` and ``sato`` alike, ``ohno`` and ``oono`` as ``ono``; for comparing, not for showing."""
    return word.lower().replace("oh", "o").replace("ou", "o").replace("oo", "o").replace("uu", "u")
