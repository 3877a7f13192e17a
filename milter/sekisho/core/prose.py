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
from sekisho.core.mail_marks import (
    ADDRESS_FIRST,
    ATTRIBUTION,
    ATTRIBUTION_GOES_ON,
    ATTRIBUTION_STARTS,
    CLOSING,
    CLOSINGS,
    CONTACT,
    DATED,
    DISCLAIMER,
    DISCLAIMERS,
    FORWARDED,
    FORWARDING,
    HEADER_LINE,
    LABELLED,
    MACHINE_LINE,
    MACHINES,
    MARK,
    NUMBER,
    NUMBERS,
    ORGANISATION,
    ORIGINAL,
    OTHERS,
    PRESENT,
    RULE_SIGNS,
    SENDER_LINE,
    SIGN_OFF,
    SIGN_OFFS,
)
from sekisho.core.parts import Text

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

    def __init__(self, text: Text, subjects: Sequence[str] = ()) -> None:
        """``subjects`` may say that the message is forwarded."""
        self.place = text.place
        self.text = text.text
        self._subjects = subjects

    @lazy
    def _original(self) -> Voice:
        """Whose text an original message is."""
        return Voice.FORWARDED if forwards(self._subjects) else Voice.QUOTED

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
        present = PRESENT.which(self.text)
        self._mark_quoted(voices)
        if OTHERS in present:
            self._mark_others(voices)
        _mark_signature(self._lines, voices, present)
        if DISCLAIMERS in present:
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
        for start, _ in islice(MARK.spans(self.text), MARKS):
            number = self.line(start) - 1
            rest = _begins_another(lines, number, self._original)
            if rest is not Voice.NEW:
                voices[number:] = bytes([rest]) * (len(lines) - number)
                return
            introduction = _attribution(lines, number)
            if introduction and _marks_quotes(lines, introduction[-1]):
                voices[introduction[0] : introduction[-1] + 1] = bytes([Voice.QUOTED]) * len(introduction)
            elif introduction:
                voices[introduction[0] :] = bytes([Voice.QUOTED]) * (len(lines) - introduction[0])
                return

    def _mark_disclaimers(self, voices: bytearray) -> None:
        """Whole paragraphs that tell the wrong reader what to do."""
        for start, _ in islice(DISCLAIMER.spans(self.text), MARKS):
            number = self.line(start) - 1
            if voices[number] in (Voice.NEW, Voice.SIGNATURE):
                first, last = _paragraph(self._lines, number)
                voices[first:last] = bytes([Voice.DISCLAIMER]) * (last - first)


_SIGNATURE_LINES = 14
_PARAGRAPH_LINES = 30


def forwards(subjects: Sequence[str]) -> bool:
    """Whether a subject says that the message is forwarded."""
    return any(FORWARDING.found(subject) for subject in subjects)


def _is_quoted(line: str) -> bool:
    return line[:8].lstrip(" \t\u3000")[:1] in (">", "＞")


def _begins_another(lines: Sequence[str], number: int, original: Voice) -> Voice:
    """Whose text begins with this line; NEW where it goes on."""
    line = lines[number]
    if len(line) > 400:
        return Voice.NEW
    if ORIGINAL.found(line):
        return original
    if FORWARDED.found(line):
        return Voice.FORWARDED
    return original if _is_header_block(lines, number) else Voice.NEW


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """A From line, with two more header lines close below, as Outlook writes them."""
    if not SENDER_LINE.found(lines[number]):
        return False
    return sum(HEADER_LINE.found(line[:400]) for line in lines[number + 1 : number + 8]) >= 2


def _attribution(lines: Sequence[str], number: int) -> range:
    """The lines by which a mailer introduces what it quotes; none where this one does not."""
    line = lines[number].rstrip()
    if len(line) > 400:
        return range(0)
    if line[-1:] in (":", "："):
        return _dated(lines, number) if ATTRIBUTION.found(line) else range(0)
    following = lines[number + 1 : number + 2]
    if following and ATTRIBUTION_STARTS.found(line) and ATTRIBUTION_GOES_ON.found(following[0][:400]):
        return range(number, number + 2)
    return range(0)


def _dated(lines: Sequence[str], number: int) -> range:
    """An attribution says when; mailers break long ones before the address."""
    if DATED.found(lines[number]):
        return range(number, number + 1)
    if number and ADDRESS_FIRST.found(lines[number]) and DATED.found(lines[number - 1][:400]):
        return range(number - 1, number + 1)
    return range(0)


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
    machines, sign_offs, closings = MACHINES in present, SIGN_OFFS in present, CLOSINGS in present
    for number in range(end - 1, -1, -1):
        line = lines[number].strip()
        if not line:
            continue
        if line == "--" or (machines and len(line) < 80 and MACHINE_LINE.found(line)):
            return number
        if voices[number] != Voice.NEW or filled > _SIGNATURE_LINES:
            break
        if closings and len(line) < 80 and CLOSING.found(line) and _is_signature(lines[number + 1 : end]):
            return number + 1
        if _is_rule(line) or (sign_offs and len(line) < 40 and SIGN_OFF.found(line)):
            if _is_contact_block(lines[number:end]):
                found = number
        else:
            filled += 1
    return found


def _is_rule(line: str) -> bool:
    """A line drawn with signs."""
    return line[0] in RULE_SIGNS and 8 <= len(line) <= 120 and not line.strip(RULE_SIGNS + ".:;<>^|!' \u3000")


def _is_contact_block(lines: Sequence[str]) -> bool:
    """One person's or company's contact data; a table of many is no signature."""
    text = "\n".join(line[:200] for line in lines)
    return text.count("@") + text.count("＠") <= 3 and CONTACT.found(text)


def _is_signature(lines: Sequence[str]) -> bool:
    """One person's contact data with labels and an organisation, which needs no rule above it."""
    text = "\n".join(line[:200] for line in lines)
    return (
        text.count("@") + text.count("＠") <= 1
        and LABELLED.found(text)
        and ORGANISATION.found(text)
        and sum(1 for _ in islice(NUMBER.spans(text), NUMBERS + 1)) <= NUMBERS
    )


def _paragraph(lines: Sequence[str], number: int) -> tuple[int, int]:
    """The run of filled lines around this one."""
    first, last = number, number + 1
    while first and lines[first - 1].strip() and number - first < _PARAGRAPH_LINES:
        first -= 1
    while last < len(lines) and lines[last].strip() and last - number < _PARAGRAPH_LINES:
        last += 1
    return first, last
