"""The careful scanner of address lists: what the grammar of RFC 5322 says, its obsolete forms and everyday breakage.

``scanned`` follows quotation marks, comments, angle brackets and groups, and says whether the value was regular.
``split_anyhow`` looks at separators alone, as careless receivers do. Both pass over the text once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_BLANK_OR_ATOM = (
    r"""(?P<blank>\s++) | (?P<encoded>=\?[^\s?]++\?[bBqQ]\?[^\s?]*+\?=) | (?P<atom>[^\s()<>\[\]@,;:"\\]++)"""
)
_QUOTED = r"""| (?P<quoted>"(?:[^"\\]|\\.)*+")"""
_OTHERS = r"""| (?P<literal>\[[^\[\]()<>@,;"\s]*+\]) | (?P<angle><[^<>"()]*+>) | (?P<other>.)"""
_TOKEN = re.compile(_BLANK_OR_ATOM + _QUOTED + _OTHERS, re.VERBOSE | re.DOTALL)
_TOKEN_UNQUOTED = re.compile(_BLANK_OR_ATOM + _OTHERS, re.VERBOSE | re.DOTALL)
_PARENTHESES = re.compile(r"[()]|\\.", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s++")
_AROUND_DOTS = re.compile(r" ?([.@]) ?")
_SEPARATORS = re.compile(r"[,;\r\n]")
# Tried where a word begins only: at every letter of a long one it would take the square of its length.
_WORDS = re.compile(r"""(?<![^\s<>()"',;:@\\])[^\s<>()"',;:@\\]++(?:@[^\s<>()"',;:@]*+)++""")
_QUOTED_ANGLE = re.compile(r'(\s*+"(?:[^"\\]|\\.)*+"\s*+@[^<>"()]*+)>', re.DOTALL)
_SIGNS = re.compile(r"[,;:<>@]")
_ODD = re.compile(r"""[\s"'(),:;<>\\@]|[.]{2}""")
_ATOM = re.compile(r"""[^\s"'(),:;<>\\@=\[\]]++""")


@dataclass(frozen=True, slots=True)
class Found:
    """An address as it was found; its name not yet decoded."""

    name: str
    local: str
    domain: str


@dataclass(slots=True)
class _Item:
    """What stands between two separators."""

    words: list[str] = field(default_factory=list)
    """Glued tokens; blanks separate them."""
    names: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    glue: bool = False


class Scan:
    """One pass over a text, and what it found."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._item = _Item()
        self._group = False
        self._closed_quotes = True
        self._closed_comments = True
        self.found: list[Found] = []
        self.regular = True
        """No receiver should read it otherwise."""
        self.careless_differ = False
        """Signs stand within a name: receivers that look at signs alone may see other addresses."""
        self.encoded = False
        """An encoded-word stands where an address should be."""

    def run(self) -> None:
        position, text = 0, self._text
        while position < len(text):
            token = (_TOKEN if self._closed_quotes else _TOKEN_UNQUOTED).match(text, position)
            assert token is not None  # the last branch takes anything
            position = self._take(token.lastgroup or "", token.group(), token.end())
        self._flush()

    def _take(self, kind: str, token: str, end: int) -> int:
        item = self._item
        match kind:
            case "blank":
                item.glue = False
            case "encoded":
                self.careless_differ |= _SIGNS.search(token) is not None
                self._word(token)
            case "atom" | "literal" | "quoted":
                self._word(token)
            case "angle":
                self._angle(token[1:-1])
            case _:
                return self._special(token, end)
        return end

    def _word(self, token: str) -> None:
        item = self._item
        if item.angles:
            self.regular = False
        name = _unquoted(token)
        if item.glue:
            item.words[-1] += token
            item.names[-1] += name
        else:
            item.words.append(token)
            item.names.append(name)
        item.glue = True

    def _angle(self, inner: str) -> None:
        if self._item.angles:
            self.regular = False
            self._flush()
        self._item.angles.append(inner)
        self._item.glue = False

    def _special(self, sign: str, end: int) -> int:
        match sign:
            case ",":
                self._flush()
            case ";":
                self.regular &= self._group
                self._group = False
                self._flush()
            case ":":
                self._open_group()
            case "(":
                return self._comment(end)
            case "<":
                return self._broken_angle(end)
            case "@":
                self._word(sign)
            case _:
                self.regular = False
                self._closed_quotes &= sign != '"'
                if sign not in '>"':
                    self._word(sign)
        return end

    def _open_group(self) -> None:
        item = self._item
        if any("@" in word for word in item.words) or item.angles or self._group:
            self.regular = False
            self._flush()
        self._group = True
        self._item = _Item()

    def _comment(self, start: int) -> int:
        """Skip a comment, nested ones counted; one that is never closed is no comment."""
        depth = 1
        for sign in _PARENTHESES.finditer(self._text, start) if self._closed_comments else ():
            depth += {"(": 1, ")": -1}.get(sign.group(), 0)
            if depth == 0:
                self._item.comments.append(self._text[start : sign.start()])
                self._item.glue = False
                return sign.end()
        self._closed_comments = self.regular = False
        return start

    def _broken_angle(self, start: int) -> int:
        """``<`` without a simple ``>``: what follows, up to the last bracket before a separator, is the address."""
        quoted = _QUOTED_ANGLE.match(self._text, start)
        if quoted:
            self._angle(quoted[1])
            return quoted.end()
        self.regular = False
        self._item.glue = False
        return start

    def _flush(self) -> None:
        item, self._item = self._item, _Item()
        if item.angles:
            self._with_angle(item)
        elif item.words:
            self._without_angle(item)
        elif item.comments and any("@" in comment for comment in item.comments):
            self.regular = False

    def _with_angle(self, item: _Item) -> None:
        name = " ".join(item.names) or " ".join(item.comments)
        self._add(name, item.angles[0])
        self.careless_differ |= any("@" in word and word[0] != '"' for word in item.words)

    def _without_angle(self, item: _Item) -> None:
        words = _joined(item.words)
        self.encoded |= words[0].startswith("=?")
        if len(words) > 1 and any("@" in word for word in words):
            self.regular = False
        for word in words:
            if "@" in word or (len(words) == 1 and _ATOM.fullmatch(word)):
                self._add(" ".join(item.comments), word)

    def _add(self, name: str, address: str) -> None:
        """Note an address, and besides the other way of reading one with two ``@`` outside quotation marks."""
        address = self._without_route(address.strip())
        if "@" not in address and _says_nobody(address):
            return
        local, domain = _split(address)
        if "@" in local and not address.startswith('"'):
            self.regular = False
            self.found.append(Found(name, *_split(local)))
        self.regular &= bool(local) and ("@" not in address or bool(domain)) and not _ODD.search(domain)
        self.found.append(Found(name, local, domain))

    def _without_route(self, address: str) -> str:
        """``@a,@b:user@c`` is user@c (RFC 5322 4.4); a whole address in quotation marks is meant without them."""
        if address.startswith("@") and ":" in address:
            self.regular = False
            return address.partition(":")[2].strip()
        if (inner := _unquoted(address)) is not address:
            self.regular = False
            return inner
        return address


def scanned(text: str) -> Scan:
    """The addresses by the grammar."""
    scan = Scan(text)
    scan.run()
    return scan


def split_anyhow(text: str) -> list[Found]:
    """The addresses between separators, whatever quotation marks and comments say; every word with an ``@`` counts."""
    return [Found("", *_split(word)) for word in _candidates(text)]


def _candidates(text: str) -> Iterator[str]:
    for chunk in _SEPARATORS.split(text):
        if "@" in chunk:
            for word in _WORDS.findall(_AROUND_DOTS.sub(r"\1", _BLANKS.sub(" ", chunk))):
                yield word.strip(".")


def _joined(words: list[str]) -> list[str]:
    """Words with the blanks around dots and ``@`` taken out (RFC 5322 4.4)."""
    joined: list[str] = []
    for word in words:
        if joined and (joined[-1][-1] in ".@" or word[0] in ".@"):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _split(address: str) -> tuple[str, str]:
    """Local part, unquoted, and what stands after the last ``@``."""
    local, at, domain = address.rpartition("@")
    if not at:
        return _unquoted(domain.strip()), ""
    return _unquoted(local.strip()), domain.strip().rstrip(".")


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _ESCAPED.sub(r"\1", text[1:-1])
    return text


def _says_nobody(word: str) -> bool:
    """``undisclosed-recipients`` and the like, without the colon that would make it a group."""
    return "recipient" in word.lower() or not word.strip(".-_")
