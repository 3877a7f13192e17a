"""Rich Text Format 1.9: the text without its control words, in the encoding that the file and its fonts declare.

Pictures and embedded objects are hexadecimal data; objects are opened as files of their own.
"""

from __future__ import annotations

import re
from codecs import lookup
from dataclasses import dataclass

from sekisho.extract.job import SHOWN, Job

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator pict themedata".split()
)
_SKIPPED |= frozenset(b"colorschememapping latentstyles datastore xmlnstbl fontemb mmathPr".split())
_SKIPPED |= frozenset(b"sp revtbl".split())
_KEPT = frozenset(b"annotation footnote shpinst ud".split())
"""Destinations that a reader may ignore, yet people see what is in them."""
_MARKS = {b"v": "hidden-text", b"deleted": "tracked-change", b"revised": "tracked-change", b"annotation": "comment"}
_BREAKS = {b"par": "\n", b"line": "\n", b"row": "\n", b"cell": "\t", b"tab": "\t", b"page": "\n", b"sect": "\n"}
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 204: "cp1251", 238: "cp1250"}
_OBJECT = re.compile(rb"\\objdata\b ?([0-9a-fA-F\s]{16,})")


def read(data: bytes, job: Job) -> None:
    """The text and the embedded objects."""
    job.text(_Reading(job).text(data))
    for number, found in enumerate(_OBJECT.finditer(data), 1):
        digits = re.sub(rb"\s", b"", found[1])
        content = bytes.fromhex(digits[: len(digits) & ~1].decode())
        job.budget.octets(len(content))
        job.inside((f"object{number}",), _embedded(content))


def _embedded(content: bytes) -> bytes:
    """An embedded object behind its OLE 1.0 header (MS-OLEDS 2.2.5), as far as it is a compound file."""
    start = content.find(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return content[start:] if start > 0 else content


@dataclass(frozen=True, slots=True)
class _Group:
    """What a closing brace brings back."""

    skipping: bool
    font: int
    unicode_skip: int


@dataclass(slots=True)
class _Marked:
    """Text from here on, up to the end of a group, is not seen at once."""

    kind: str
    depth: int
    start: int


class _Reading:
    """The state of one reading: groups, the encoding, what is skipped, what is marked."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pieces: list[str] = []
        self._octets = bytearray()
        self._code = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = -1
        self._skipping = False
        self._starred = False
        self._stack: list[_Group] = []
        self._marked: list[_Marked] = []
        self._unicode_skip = 1
        self._to_skip = 0
        self._in_fonts = False
        self._defining = -1

    def text(self, data: bytes) -> str:
        for count, found in enumerate(_TOKEN.finditer(data)):
            if not count & 0xFFF:
                self._job.budget.tick()
            self._token(found)
        self._flush()
        self._unmark(0)
        if self._stack:
            self._job.problem("broken", file_format="rtf")
        # A character beyond 16 bits comes as two.
        return "".join(self._pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _token(self, found: re.Match[bytes]) -> None:
        word, number, octet, symbol, brace, plain = found.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word, int(number) if number else None)
            self._starred = False
        elif octet:
            self._put(bytes([int(octet, 16)]))
        elif symbol:
            self._symbol(symbol)
        elif plain:
            self._put(plain)

    def _brace(self, brace: bytes) -> None:
        self._flush()
        if brace == b"{":
            self._stack.append(_Group(self._skipping, self._font, self._unicode_skip))
        elif self._stack:
            self._unmark(len(self._stack))
            group = self._stack.pop()
            self._skipping, self._font, self._unicode_skip = group.skipping, group.font, group.unicode_skip
            self._in_fonts = self._in_fonts and self._skipping

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol in b"\\{}":
            self._put(symbol)
        elif symbol == b"~":
            self._put(b" ")

    def _word(self, word: bytes, number: int | None) -> None:
        if word in _SKIPPED or (self._starred and word not in _KEPT):
            self._skipping = True
            self._in_fonts = self._in_fonts or word == b"fonttbl"
        elif word == b"ansicpg" and number:
            self._code = _known(f"cp{number}", self._code)
        elif word == b"uc":
            self._unicode_skip = max(number or 0, 0)
        elif word == b"f" and number is not None:
            self._flush()
            self._font = self._defining = number
        elif word == b"fcharset" and self._in_fonts and number in _CHARSETS:
            self._fonts[self._defining] = _CHARSETS[number]
        elif not self._skipping:
            self._shown(word, number)

    def _shown(self, word: bytes, number: int | None) -> None:
        """A word that stands in text."""
        if word == b"u" and number is not None:
            self._flush()
            self._pieces.append(chr(number & 0xFFFF))
            self._to_skip = self._unicode_skip
        elif word in _BREAKS:
            self._flush()
            self._pieces.append(_BREAKS[word])
        elif word in _MARKS or word == b"plain":
            self._flush()
            self._unmark(len(self._stack), _MARKS.get(word, ""))
            if word != b"plain" and number != 0:
                self._marked.append(_Marked(_MARKS[word], len(self._stack), len(self._pieces)))

    def _unmark(self, depth: int, kind: str = "") -> None:
        """What was marked in this group ends here; of one kind, or all of them."""
        while self._marked and self._marked[-1].depth >= depth and kind in ("", self._marked[-1].kind):
            mark = self._marked.pop()
            text = "".join(self._pieces[mark.start : mark.start + SHOWN])
            if text.strip():
                self._job.hidden(mark.kind, "", text)

    def _put(self, octets: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(octets))
            self._to_skip -= skipped
            octets = octets[skipped:]
        if not self._skipping:
            self._octets += octets

    def _flush(self) -> None:
        if self._octets:
            self._pieces.append(self._octets.decode(self._fonts.get(self._font, self._code), "replace"))
            self._octets.clear()


def _known(code: str, otherwise: str) -> str:
    try:
        return lookup("utf-8" if code == "cp65001" else code).name
    except LookupError:
        return otherwise
