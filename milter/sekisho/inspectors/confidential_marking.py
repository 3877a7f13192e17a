"""confidential-marking: a subject, a text, a file or its name is marked 社外秘, CONFIDENTIAL, 内部资料 or the like.

Text that denies the mark (社外秘ではありません, not confidential), that names another thing (機密保持契約, 秘密鍵), and
disclaimers do not count. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.folding import fold, is_east_asian
from sekisho.core.oneline import one_line
from sekisho.core.patterns import Pattern
from sekisho.core.ports import Hit
from sekisho.core.prose import EVERYTHING, SENT
from sekisho.inspectors import settings as base
from sekisho.inspectors.dictionaries import WordDictionary
from sekisho.inspectors.evidence import OCCURRENCES, Passage, nowhere, passages, snippet

CODES = ("confidential-marking",)

_JAPANESE = (
    "社外秘|部外秘|社内秘|部内秘|極秘|厳秘|マル秘|丸秘|対外秘|関係者外秘|(秘)|【秘】|〈秘〉|[秘]|取扱注意|取扱い注意|取り扱い注意|取り扱いに注意"
    "|取扱厳重注意|持出禁止|持出し禁止|持ち出し禁止|持出厳禁|持ち出し厳禁|社外不出|門外不出|社内限|部内限|社内専用|関係者限り|関係者以外閲覧禁止"
    "|機密|秘密|内部資料|内部文書|転送厳禁|転送禁止|転送不可|開示禁止|社外開示不可|他言無用|口外無用|口外禁止"
)
_ENGLISH = (
    "confidential|top secret|internal use only|internal only|not for distribution|do not distribute|do not forward"
    "|not for external distribution|restricted distribution|for your eyes only|trade secret|proprietary information"
)
_CHINESE = (
    "内部资料|内部文件|内部使用|仅限内部|仅供内部|机密|绝密|秘密|保密|禁止外传|请勿外传|不得外传|严禁外传|切勿外传"
    "|內部資料|內部文件|內部使用|僅供內部|僅限內部|絕密|請勿外傳|嚴禁外傳"
)
_WORDS = f"{_JAPANESE}|{_ENGLISH}|{_CHINESE}".split("|")
_SPACED = [" ".join(word) for word in _WORDS if word.isalpha() and not word.isascii()]
"""取　扱　注　意"""
_MARKS = WordDictionary("marks", [*_WORDS, *_SPACED])
_SIGN = "㊙"
_LABEL = Pattern(
    r"(?m)^[\s\[【(*#<-]*(?-i:RESTRICTED|CLASSIFIED|SENSITIVE|SECRET|Restricted|Classified|Sensitive|Secret)"
    r"(?:[\])】*>]|[ \t]*[:–-]|[ \t\r]*$)|\bclassification[ \t]*:[ \t]*(?:internal|restricted|secret|company)"
)
"""Words that are a mark only where a line begins with them as with a label."""
_WEAK = frozenset(["秘密", "機密", "机密", "保密"])
"""Words that are a mark alone or with what is marked; within a sentence they mean anything."""
_MARKED = Pattern(
    r"^(?:情報|文書|資料|書類|事項|扱い?|区分|级|級|件|文件|资料|資料|信息|内容|です|である|とし|に属|に当|に該当|につき|となっ|なので|とさせ)"
)
_MARKING = Pattern(r"(?:公司|商业|商業|最高|注意|会社|会社の|社外|请|請|务必|務必|严格|嚴格|为|為|属于|屬於|是)$")

_DENIED_AFTER = Pattern(
    r"^[」』”]\s?(?:など|等|といった|という|の|と)|^(?:でしょうか|ですか|になりますか|扱い?でしょうか)"
    r"|^(?:の|な)?(?:情報|資料|文書|内容|もの)?[はをが]?(?:一切)?(?:含(?:まれ|ま|み)|ありませ|ございませ)[^。]{0,6}(?:せん|ない)"
    r"|^(?:指定|表示|扱い|区分)[^。]{0,16}(?:解除|撤回|終了|外れ|外し|不要)|^[^。、,\n]{0,10}(?:吗|嗎|か[?。])|^として[^。]{0,12}(?:いたし|致し|しており|しています|します)"
    r"|^[」』”\"'】)）]?(?:な?(?:情報|資料|文書|内容|事項|扱い|指定|information|material|contents?|信息|内容)s?)?\s*"
    r"(?:(?:として)?(?:では|じゃ|とは)(?:あり?ませ|な[いくか]|ござい|なり)|でな[いく]|には?(?:該当|当た)(?:しな|しま|ら|りま)"
    r"|[をはがもの]?(?:一切)?(?:含(?:まれ|ま|み)(?:て(?:い|お))?(?:ません|ない|りません|おりません)|ありません|ございません|無し|なし)"
    r"|[をはの]?(?:指定|表示|扱い|区分)?[をはの]?(?:解除|不要|外し|撤回|なくなり)|かどうか|か否か|とは[、,何]|の定義|の区分|の基準"
    r"|(?:information\s+)?(?:is|are)\s+not\b|\?)"
)
_DENIED_BEFORE = Pattern(
    r"(?:\b(?:will\s+be|are|is)\s+(?:kept|treated|handled|held)(?:\s+(?:as|strictly|completely|fully)){0,2}"
    r"|(?:我们|我們|我司|本公司)(?:会|會|将|將|一定|承诺)[^。\n]{0,16}"
    r"|\b(?:we|i)(?:\s+will|'ll|’ll)?\s+(?:keep|treat|handle)(?:\s+\w+){0,3}"
    r"|\b(?:nothing|none|no\s+part)\s[^.!?]{0,20}\b(?:is|are|was)|\b(?:not|non|no|isn't|aren't|isn’t|aren’t|never|without|nothing|neither|nor|longer|any)"
    r"(?:[\s-]+(?:considered|marked|classified|treated|as|any|contain|containing|containing\s+any|longer|company|strictly)){0,3}"
    r"|(?:不是|并非|並非|不属于|不屬於|不含|不包含|无需|無需|不需要|没有|沒有|非|去)(?:任何)?)[\s-]*[\"'「“]?$"
)
_ASKING = Pattern(
    r"\b(?:should|shall|can|could|may|must|do|does|is|are|would)\s(?:i|we|you|it|this|that|they)\b[^.!?]*$"
)
_OTHER_THING = Pattern(
    r"^(?:(?:書類|文書|資料)の?(?:廃棄|処理|処分|回収|溶解)|マーク|スタンプ|印[のを]|(?:表示|文書|資料|情報|書類)?の?(?:管理|取扱い?|取り扱い)?(?:規程|規則|規定|ルール|ガイドライン|手順|研修|基準|方針|ポリシー|定義)"
    r"|保持|性|保護|鍵|の質問|基地|裏|結社|投票|選挙|分散|計算|道具|兵器|警察|にして|主義|区分"
    r"|协议|協議|协定|条款|條款|义务|義務|性|工作|制度|法|局|员"
    r"|\s+(?:computing|agreements?|clauses?|santa|key|manager|client|ity))"
)
_NO_MARK_AFTER = {"秘密": ("の", "企業")}
"""Words that are no mark after these: おいしさの秘密."""
_AROUND = 30


class Settings(base.Settings):
    score: float = Field(default=0.7, ge=0, le=100, description="What one finding adds to a message's score")
    quoted: bool = Field(default=False, description="Look at quoted text, signatures and disclaimers too")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each place; values: ``word`` (the first mark, as a word of ours), ``words`` (how many)."""
    if not facts.has_texts_in_files and nowhere(facts, _may_be_marked):
        return
    voices = EVERYTHING if settings.quoted else SENT
    found: dict[str, dict[str, tuple[Passage, Hit]]] = {}
    for passage in passages(facts):
        for hit in islice(_marks(passage.text), OCCURRENCES):
            known = found.setdefault(passage.group, {})
            if hit.word not in known and passage.counts(hit.start, voices) and _is_meant(passage.text, hit):
                known[hit.word] = (passage, hit)
    for words in filter(None, found.values()):
        passage, hit = min(words.values(), key=lambda pair: pair[1].start)
        yield Finding(
            CODES[0],
            passage.where(hit.start),
            facts.everyone,
            count=len(words),
            score=settings.score,
            evidence=snippet(passage.text, hit.start, hit.end),
            values={"word": one_line(hit.word, 60), "words": len(words)},
        )


def _may_be_marked(text: str) -> bool:
    return _MARKS.may_hit(text) or _LABEL.found(text) or _SIGN in text


def _marks(text: str) -> Iterator[Hit]:
    yield from _MARKS.hits(text)
    for first, last in _LABEL.spans(text):
        yield Hit(first, last, " ".join(text[first:last].split()))
    start = text.find(_SIGN)
    while start >= 0:
        yield Hit(start, start + 1, _SIGN)
        start = text.find(_SIGN, start + 1)


def _is_meant(text: str, hit: Hit) -> bool:
    """Whether the word marks something, rather than being denied or part of another word."""
    after = fold(text[hit.end : hit.end + _AROUND]).text.partition("\n")[0]
    before = fold(text[max(0, hit.start - _AROUND) : hit.start]).text.replace("\n", " ")
    if before.endswith(_NO_MARK_AFTER.get(hit.word, ())):
        return False
    if hit.word in _WEAK and is_east_asian(before[-1:]):
        if not (_MARKED.found(after) or _MARKING.found(before)):
            return False
    elif hit.word in _WEAK and is_east_asian(after[:1]) and not _MARKED.found(after):
        return False
    if _ASKING.found(before) and "?" in after:
        return False
    return not (_OTHER_THING.found(after) or _DENIED_AFTER.found(after) or _DENIED_BEFORE.found(before))
