"""What the lines of a message's text are: written now, quoted, forwarded, a signature, a disclaimer.

False alarms from quoted text, signatures and disclaimers are what makes people stop reading, so findings can leave
them out. The marks are those of Outlook, Gmail, Thunderbird, Apple Mail, iOS, Becky! and QQ in Japanese, English and
Chinese. A forwarded text is new to whom it is sent, so it is not "quoted": where the mailer writes the same block for
both, the subject says which it is. Linear in the text; never raises; lines beyond `LINES` count as one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import accumulate, islice

from sekisho.core.lazy import lazy
from sekisho.core.parts import Text
from sekisho.core.patterns import Pattern, PatternSet

LINES = 200_000
MARKS = 2_000
"""Lines that may be a mark and are looked at; a text with more is taken as it stands."""


class Voice(IntEnum):
    """Who speaks in a line."""

    NEW = 0
    QUOTED = 1
    FORWARDED = 2
    SIGNATURE = 3
    DISCLAIMER = 4


NEW_ONLY = frozenset({Voice.NEW})
SENT = frozenset({Voice.NEW, Voice.FORWARDED})
"""What the recipients may not have seen before."""
EVERYTHING = frozenset(Voice)


class Prose:
    """One text with its lines."""

    def __init__(self, text: Text, *, forwards: bool) -> None:
        """``forwards``: the subject says that the message is forwarded."""
        self.place = text.place
        self.text = text.text
        self._original = Voice.FORWARDED if forwards else Voice.QUOTED

    @lazy
    def _lines(self) -> list[str]:
        return self.text.split("\n", LINES)

    @lazy
    def _ends(self) -> array[int]:
        return array("q", accumulate(len(line) + 1 for line in self._lines))

    @lazy
    def _voices(self) -> bytearray:
        """Who speaks in each line; worked out only where something was found, of which it matters."""
        voices = bytearray(len(self._lines))
        present = _PRESENT.which(self.text)
        self._mark_quoted(voices)
        if _OTHERS in present:
            self._mark_others(voices)
        _mark_signature(self._lines, voices, present)
        if _DISCLAIMERS in present:
            self._mark_disclaimers(voices)
        return voices

    def line(self, offset: int) -> int:
        """The number, from 1, of the line where this character stands."""
        return min(bisect_right(self._ends, offset), len(self._ends) - 1) + 1

    def where(self, offset: int) -> str:
        """``body:12``."""
        return f"{self.place}:{self.line(offset)}"

    def voice(self, offset: int) -> Voice:
        """Who speaks at this character."""
        return Voice(self._voices[self.line(offset) - 1])

    def lines(self, voices: frozenset[Voice]) -> Iterator[tuple[int, str]]:
        """Offset and text of each line in one of these voices."""
        start = 0
        for end, voice in zip(self._ends, self._voices, strict=True):
            if voice in voices:
                yield start, self.text[start : end - 1]
            start = end

    def _mark_quoted(self, voices: bytearray) -> None:
        """Lines with the sign of quotations."""
        if ">" in self.text or "＞" in self.text:
            for number, line in enumerate(self._lines):
                if _is_quoted(line):
                    voices[number] = Voice.QUOTED

    def _mark_others(self, voices: bytearray) -> None:
        """Everything below a mark after which nothing is new."""
        lines = self._lines
        for start, _ in islice(_MARK.spans(self.text), MARKS):
            number = self.line(start) - 1
            rest = _begins_another(lines, number, self._original)
            if rest is not Voice.NEW:
                voices[number:] = bytes([rest]) * (len(lines) - number)
                return

    def _mark_disclaimers(self, voices: bytearray) -> None:
        """Whole paragraphs that tell the wrong reader what to do."""
        for start, _ in islice(_DISCLAIMER.spans(self.text), MARKS):
            number = self.line(start) - 1
            if voices[number] in (Voice.NEW, Voice.SIGNATURE):
                first, last = _paragraph(self._lines, number)
                voices[first:last] = bytes([Voice.DISCLAIMER]) * (last - first)


_FORWARDING = Pattern(r"^[\s\[【(]*(?:fwd?|fw|tr|wg|転送|转发|轉寄|轉發)\s*[:：\]】)]")
_RULE_SIGNS = "-=_*~#+/☆★◆◇■□●○・…─━═―＝－＿＊～〜∞※┏┓┗┛┃"
_SENDER = r"\*?(?:from|差出人|送信者|发件人|寄件者|寄件人)\s*[:：]"
_MACHINE = (
    r"(?:sent from (?:my \w|outlook|mail|yahoo)|get outlook for|(?:iphone|ipad|android)\s?から送信"
    r"|[发発]自我的|从我的.{1,12}发送)"
)
_BEGINS = r"(?:begin forwarded message|転送されたメッセージ|开始转发的邮件|下面是被转发的邮件|開始轉寄郵件)\s*[:：]"
_MARK = Pattern(rf"(?m)^[ \t]*(?:[-_=*]{{2,}} ?[^-_=*\s]|{_BEGINS}|{_SENDER}|on\s.{{4}}|.{{4,200}}[:：][ \t\r]*$)")
"""Every line at which another's text may begin."""
_ORIGINAL = Pattern(
    r"^\s*[-_=*]{2,}\s*(?:original\s+(?:message|appointment)|reply message|元のメッセージ|オリジナルメッセージ"
    r"|原始邮件|原始郵件|邮件原件|原邮件|回复的原邮件)\s*[-_=*]{2,}\s*$"
)
_FORWARDED = Pattern(
    r"^\s*[-_=*]{2,}\s*(?:forwarded message|forwarded by .{0,80}|転送(?:された)?メッセージ|転送メール|以下転送"
    rf"|转发的?(?:邮件|消息|郵件)|轉寄的?郵件|轉寄者.{{0,80}})\s*[-_=*]*\s*$|^\s*{_BEGINS}\s*$"
)
_SENDER_LINE = Pattern(rf"^\s*{_SENDER}\*?\s*\S")
_HEADER_LINE = Pattern(
    r"^\s*\*?(?:to|cc|date|sent|subject|宛先|送信日時|日時|件名|日付|收件人|发送时间|发送日期|日期|主题|收件者|主旨|傳送時間)\s*[:：]"
)
_ATTRIBUTION = Pattern(
    r"^\s*(?:on\s.{4,200}\swrote:|.{0,120}@.{0,120}>?\s*(?:のメール|さん)?[:：]"
    r"|.{4,200}(?:wrote|writes|のメール|さんは?書きました|さんが書きました|书写道|写道|寫道)\s*[:：])\s*$"
)
_ATTRIBUTION_STARTS = Pattern(r"^\s*on\s.{4,100}(?:,|\d|<.{0,80}@.{0,80}>)\s*$")
_ATTRIBUTION_GOES_ON = Pattern(r"^.{0,120}wrote:\s*$")
_DATED = Pattern(r"\d{4}\s*[-/年.]\s*\d{1,2}|\d{1,2}:\d\d|\b20\d\d\b")
_MACHINE_LINE = Pattern(rf"^\s*{_MACHINE}")
_CONTACT = Pattern(
    r"@|https?://|\b[tmfp][:.]? ?\+?[\d(]|\b(?:tel|fax|phone|mobile|cell)\b|電話|〒|℡|携帯|内線"
    r"|电话|手机|传真|邮编|e-?mail"
)
_DISCLAIMER = Pattern(
    r"intended\s+(?:solely\s+|only\s+)?(?:for|recipient)|not\s+the\s+(?:intended|named)\s+(?:recipient|addressee)"
    r"|this\s+(?:e-?mail|message|transmission)\s.{0,80}\s(?:confidential|privileged)"
    r"|received\s+this\s.{0,40}\sin\s+error|unauthori[sz]ed\s+(?:use|disclosure|review)"
    r"|(?:本|この)(?:電子)?(?:e)?メール[^。\n]{0,24}(?:機密|秘密|秘匿)[^。\n]{0,24}(?:場合|可能性|こと|恐れ|おそれ)が"
    r"|誤って(?:受信|送信|届|お受け取り|受け取|配信)|誤送信(?:された|により)|宛先以外の方|名宛人以外|受信者以外"
    r"|(?:本|此)(?:电子|電子)?(?:邮件|郵件)(?:及其?附件)?[^。\n]{0,12}(?:保密|机密|機密|专有|受法律保护)"
    r"|误(?:收|发|送)|错误地?(?:收到|发送)|誤收|非(?:预期|指定)的?(?:收件人|接收)|仅供(?:收件人|指定)"
)
_REGARDS = (
    r"(?:(?:with |very )?(?:(?:best|kind|kindest|warm|warmest) )?(?:regards|wishes)|best|cheers"
    r"|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|many thanks"
    r"|thanks(?: and regards)?|mit freundlichen grüßen)"
)
_SIGN_OFF = Pattern(rf"^\s*{_REGARDS}\s*[,.!]?\s*$")
_OTHERS, _DISCLAIMERS, _MACHINES, _SIGN_OFFS = range(4)
_PRESENT = PatternSet(
    (
        _MARK.text,
        _DISCLAIMER.text,
        rf"(?m)^[^\w]*{_MACHINE}",
        rf"(?m)^[^\w]*{_REGARDS}[^\w]*$",
    )  # RE2's blanks are fewer
)
"""Most texts have none of these: the whole text is asked at once, and its lines only for what it has."""
_SIGNATURE_LINES = 14
_PARAGRAPH_LINES = 30


def forwards(subjects: Sequence[str]) -> bool:
    """Whether a subject says that the message is forwarded."""
    return any(_FORWARDING.found(subject) for subject in subjects)


def _is_quoted(line: str) -> bool:
    return line[:8].lstrip(" \t\u3000")[:1] in (">", "＞")


def _begins_another(lines: Sequence[str], number: int, original: Voice) -> Voice:
    """Whose text begins with this line; NEW where it goes on."""
    line = lines[number]
    if len(line) > 400:
        return Voice.NEW
    if _ORIGINAL.found(line):
        return original
    if _FORWARDED.found(line):
        return Voice.FORWARDED
    if _is_header_block(lines, number):
        return original
    if _is_attribution(lines, number) and not _marks_quotes(lines, number):
        return Voice.QUOTED
    return Voice.NEW


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """A From line, with two more header lines close below, as Outlook writes them."""
    if not _SENDER_LINE.found(lines[number]):
        return False
    return sum(_HEADER_LINE.found(line[:400]) for line in lines[number + 1 : number + 8]) >= 2


def _is_attribution(lines: Sequence[str], number: int) -> bool:
    line = lines[number].rstrip()
    if line[-1:] in (":", "："):
        return _DATED.found(line) and _ATTRIBUTION.found(line)
    following = lines[number + 1 : number + 2]
    return bool(following) and _ATTRIBUTION_STARTS.found(line) and _ATTRIBUTION_GOES_ON.found(following[0][:400])


def _marks_quotes(lines: Sequence[str], number: int) -> bool:
    """Whether the mailer marks each quoted line, so that new text may stand between them."""
    following = [line for line in lines[number + 1 : number + 5] if line.strip()]
    return any(_is_quoted(line) for line in following[:2])


def _mark_signature(lines: Sequence[str], voices: bytearray, present: Sequence[int]) -> None:
    """The last block of what is new, below a separator."""
    end = len(lines)
    while end and voices[end - 1] != Voice.NEW:
        end -= 1
    for number in range(_signature_start(lines, voices, end, present), end):
        if voices[number] == Voice.NEW:
            voices[number] = Voice.SIGNATURE


def _signature_start(lines: Sequence[str], voices: bytearray, end: int, present: Sequence[int]) -> int:
    found, filled = end, 0
    machines, sign_offs = _MACHINES in present, _SIGN_OFFS in present
    for number in range(end - 1, -1, -1):
        line = lines[number].strip()
        if not line:
            continue
        if line == "--" or (machines and len(line) < 80 and _MACHINE_LINE.found(line)):
            return number
        if voices[number] != Voice.NEW or filled > _SIGNATURE_LINES:
            break
        if _is_rule(line) or (sign_offs and len(line) < 40 and _SIGN_OFF.found(line)):
            if _is_contact_block(lines[number:end]):
                found = number
        else:
            filled += 1
    return found


def _is_rule(line: str) -> bool:
    """A line drawn with signs."""
    return line[0] in _RULE_SIGNS and 8 <= len(line) <= 120 and not line.strip(_RULE_SIGNS + ".:;<>^|!' \u3000")


def _is_contact_block(lines: Sequence[str]) -> bool:
    """One person's or company's contact data; a table of many is no signature."""
    text = "\n".join(line[:200] for line in lines)
    return text.count("@") + text.count("＠") <= 3 and _CONTACT.found(text)


def _paragraph(lines: Sequence[str], number: int) -> tuple[int, int]:
    """The run of filled lines around this one."""
    first, last = number, number + 1
    while first and lines[first - 1].strip() and number - first < _PARAGRAPH_LINES:
        first -= 1
    while last < len(lines) and lines[last].strip() and last - number < _PARAGRAPH_LINES:
        last += 1
    return first, last
