"""Content-Type and Content-Disposition taken apart (RFC 2045 5.1, RFC 2183, RFC 2231), in all their wrong forms.

Given a field's value as octets, gives the first token and every parameter in order. A name may be written in several
ways at once, and receivers choose differently: `names` gives all of them, the likeliest first. Never raises, linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

from sekisho.mime.charsets import decode
from sekisho.mime.encoded_words import decode_words, without_controls

_FOLD = re.compile(rb"[\r\n]+[ \t]*")
_TOKEN = re.compile(rb"[^;\s]*+")
_PARAMETER = re.compile(rb'(?<![;\s])[;\s]++([^\s=;"]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"[^;]*+|[^;]*+)', re.DOTALL)
_QUOTED_OR_COMMENT = re.compile(rb'("(?:[^"\\]|\\.)*+")|\([^()]*+\)', re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*?)")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_NOT_ESCAPES = re.compile(rb'\\[^"\\]')
_MOST = 1000
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``attribute=value``; the value as it stands, quotation marks included."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """A structured field's value: its token in lower case, and its parameters in order."""

    token: str
    parameters: tuple[Parameter, ...]
    cut: bool = False
    """There were more parameters than anybody needs."""

    def values(self, key: str) -> list[bytes]:
        """The plain values of a parameter, unquoted, each spelling once."""
        found = [plain for item in self.parameters if item.key == key for plain in _plain(item.value)]
        return list(dict.fromkeys(found))

    def texts(self, key: str) -> list[str]:
        """Every text that any reading gives a parameter, the likeliest first."""
        extended = [text for text in _extended(self.parameters, key) if text]
        plain = [text for octets in self.values(key) for text in _readings(octets)]
        return list(dict.fromkeys(extended + plain))


def parse_parameters(value: bytes) -> Parameters:
    """Read a structured value, also one that is an encoded-word as a whole."""
    if b"\n" in value or b"\r" in value:
        value = _FOLD.sub(b" ", value)
    if value.lstrip().startswith(b"=?"):
        value = decode_words(value).encode("utf_8", "replace")
    readings = [value.strip()]
    if b"(" in value:
        readings.insert(0, _QUOTED_OR_COMMENT.sub(rb"\1", value).strip())
    found = [item for reading in readings for item in islice(_PARAMETER.finditer(reading), _MOST)]
    parameters = (Parameter(item[1].decode("latin_1").lower(), item[2].strip()) for item in found)
    token = _TOKEN.match(readings[0])
    first = token.group().strip(b'"').decode("latin_1").lower() if token else ""
    return Parameters(first, tuple(dict.fromkeys(parameters)), len(found) >= _MOST)


def names(dispositions: Iterable[Parameters], types: Iterable[Parameters]) -> tuple[str, ...]:
    """Every file name that any reading of the fields shows."""
    found = [text for item in dispositions for key in ("filename", "name") for text in item.texts(key)]
    found += [text for item in types for key in ("name", "filename") for text in item.texts(key)]
    cleaned = (_shortened(without_controls(text).strip()) for text in found)
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _shortened(name: str) -> str:
    """A name of sane length; its end stays, for the extension stands there."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME // 2]}…{name[-_LONGEST_NAME // 2 :]}"


def _plain(value: bytes) -> Iterator[bytes]:
    """A value without its quotation marks, with and without its backslashes, whole and up to a blank.

    A backslash before anything but ``"`` and itself is seldom an escape: it is ``C:\\a.txt``, or half of a 表.
    """
    if value.startswith(b'"'):
        inner = value[1:].rpartition(b'"')[0] if b'"' in value[1:] else value[1:]
        unescaped = _ESCAPED.sub(rb"\1", inner) if b"\\" in inner else inner
        yield from (inner, unescaped) if _NOT_ESCAPES.search(inner) else (unescaped, inner)
    elif value:
        yield from (value, value.split(None, 1)[0])


def _readings(octets: bytes) -> Iterator[str]:
    """A plain value as text: encoded-words decoded although they are not allowed there, and percent signs too."""
    if b"=?" in octets:
        yield decode_words(octets)
    else:
        yield decode(octets)
    if octets.count(b"%") > 1:
        yield decode(unquote_to_bytes(octets))


def _extended(parameters: Iterable[Parameter], key: str) -> Iterator[str]:
    """The values of ``key*=charset'language'text`` and of its continuations ``key*0*=``, ``key*1=`` (RFC 2231 3, 4)."""
    sections: dict[int, tuple[bool, bytes]] = {}
    for item in parameters:
        section = _SECTION.fullmatch(item.key)
        if section is None or section[1] != key or item.key == key:
            continue
        plain = next(_plain(item.value), b"")
        if section[2] is None:
            yield _percent_decoded([(True, plain)])
        else:
            sections.setdefault(int(section[2]), (bool(section[3]), plain))
    if sections:
        yield _percent_decoded([sections[number] for number in sorted(sections)])


def _percent_decoded(sections: list[tuple[bool, bytes]]) -> str:
    charset = ""
    pieces: list[bytes] = []
    for number, (extended, octets) in enumerate(sections):
        text = octets
        if extended and number == 0 and octets.count(b"'") >= 2:
            label, _, text = octets.split(b"'", 2)
            charset = label.decode("latin_1")
        pieces.append(unquote_to_bytes(text) if extended else text)
    joined = b"".join(pieces)
    return decode_words(joined) if b"=?" in joined and not charset else decode(joined, charset)
