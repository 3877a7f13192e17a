"""TNEF, Outlook's winmail.dat (MS-OXTNEF): the files and texts inside.

Given the octets of an ``application/ms-tnef`` part, gives what a reader that knows the format would show; None when it
is no TNEF at all. Never raises; linear; a stream that ends in the middle gives what came before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sekisho.mime.charsets import decode
from sekisho.mime.encoded_words import without_controls
from sekisho.mime.mapi import properties, text_of, unpacked_rtf

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
NAMES = frozenset({"winmail.dat", "win.dat"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _PROPERTIES = 0x18004, 0x2800C, 0x69003
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005
_PR_SUBJECT, _PR_BODY, _PR_RTF, _PR_HTML = 0x0037, 0x1000, 0x1009, 0x1013
_PR_NAMES = (0x3707, 0x3704, 0x3001)
_PR_TYPE, _PR_DATA = 0x370E, 0x3701
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Inside:
    """Something within a TNEF stream: a file, or with ``shown`` a text of the message."""

    type: str
    content: bytes
    names: tuple[str, ...] = ()
    charset: str = ""
    shown: bool = False


@dataclass(slots=True)
class _File:
    title: bytes = b""
    data: bytes = b""
    properties: Mapping[int, tuple[int, bytes]] = field(default_factory=dict)


def is_tnef(media_type: str, names: tuple[str, ...]) -> bool:
    """Whether a part says that it is TNEF."""
    return media_type in TYPES or any(name.lower() in NAMES for name in names)


def inside_tnef(octets: bytes) -> list[Inside] | None:
    """What is in the stream; None when it is none."""
    if not octets.startswith(_SIGNATURE):
        return None
    texts: list[Inside] = []
    files: list[_File] = []
    for number, value in _attributes(octets):
        if number in (_SUBJECT, _BODY, _PROPERTIES):
            texts += _texts(number, value)
        elif number == _NEW_FILE:
            files.append(_File())
        elif files:
            _fill(files[-1], number, value)
    return [*dict.fromkeys(texts), *map(_inside, files)]


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and value of each attribute: level, number, length, value, checksum."""
    position = 6
    for _ in range(_MOST):
        if position + 9 > len(octets):
            return
        number, length = struct.unpack_from("<LL", octets, position + 1)
        yield number, octets[position + 9 : position + 9 + length]
        position += 9 + length + 2


def _texts(number: int, value: bytes) -> Iterator[Inside]:
    if number != _PROPERTIES:
        yield from _text("text/plain", value.rstrip(b"\0"), "")
        return
    found = properties(value)
    for key in (_PR_SUBJECT, _PR_BODY):
        kind, _ = found.get(key, (0, b""))
        yield from _text("text/plain", text_of(found.get(key)), "utf-8" if kind == 0x1F else "")
    yield from _text("text/html", found.get(_PR_HTML, (0, b""))[1], "")
    rtf = unpacked_rtf(found.get(_PR_RTF, (0, b""))[1])
    if rtf:
        yield Inside("application/rtf", rtf, ("body.rtf",))


def _text(kind: str, octets: bytes, charset: str) -> Iterator[Inside]:
    if octets.strip():
        yield Inside(kind, octets, (), charset, True)


def _fill(file: _File, number: int, value: bytes) -> None:
    if number == _TITLE:
        file.title = value.rstrip(b"\0")
    elif number == _DATA:
        file.data = value
    elif number == _FILE_PROPERTIES:
        file.properties = properties(value)


def _inside(file: _File) -> Inside:
    octets = [text_of(file.properties.get(key)) for key in _PR_NAMES]
    named = [without_controls(decode(name)).strip() for name in (*octets, file.title) if name]
    # An object's octets stand behind the 16 of its class.
    data = file.data or file.properties.get(_PR_DATA, (0, b""))[1][16:]
    kind = text_of(file.properties.get(_PR_TYPE)).decode("latin_1").lower()
    kind = kind or ("application/ms-tnef" if data.startswith(_SIGNATURE) else "application/octet-stream")
    return Inside(kind, data, tuple(dict.fromkeys(name for name in named if name)))
