"""What a compound file says of itself: title, author, company, and what its users added (MS-OLEPS 2.21, 2.25).

Never raises: a stream that is damaged says less.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress

_SUMMARY = {2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "comments", 8: "last-saved-by"}
_DOCUMENT = {2: "category", 14: "manager", 15: "company"}
STREAMS: Mapping[str, Mapping[int, str]] = {
    "\x05SummaryInformation": _SUMMARY,
    "\x05DocumentSummaryInformation": _DOCUMENT,
}
_DICTIONARY, _CODE_PAGE = 0, 1
_NARROW, _WIDE = 0x1E, 0x1F
_MOST = 1_000
_UTF16 = 1200


def properties(stream: bytes, known: Mapping[int, str]) -> list[tuple[str, str]]:
    """Names and values of one stream: those that are ``known`` by number, and those that the file names itself."""
    found: list[tuple[str, str]] = []
    with suppress(struct.error):
        (count,) = struct.unpack_from("<L", stream, 24)
        for index in range(min(count, 2)):
            (start,) = struct.unpack_from("<L", stream, 28 + 20 * index + 16)
            found += _section(stream[start:], known if index == 0 else {})
    return found


def _section(data: bytes, known: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    (count,) = struct.unpack_from("<L", data, 4)
    places = dict(struct.unpack_from("<LL", data, 8 + 8 * index) for index in range(min(count, _MOST)))
    code = _code_page(data, places.get(_CODE_PAGE))
    names = dict(known)
    if _DICTIONARY in places:
        with suppress(struct.error):
            names.update(_dictionary(data, places[_DICTIONARY], code))
    for number, place in places.items():
        with suppress(struct.error):
            value = _value(data, place, code) if number in names else ""
            if value:
                yield names[number], value


def _code_page(data: bytes, place: int | None) -> int:
    """A 16-bit number without a sign, whatever type the writer gave it."""
    return struct.unpack_from("<4xH", data, place)[0] if place is not None else 932


def _dictionary(data: bytes, place: int, code: int) -> Iterator[tuple[int, str]]:
    (count,) = struct.unpack_from("<L", data, place)
    place += 4
    for _ in range(min(count, _MOST)):
        number, length = struct.unpack_from("<LL", data, place)
        size = 2 * length if code == _UTF16 else length
        yield number, _decoded(data[place + 8 : place + 8 + size], code)
        place += 8 + (size + 3 & ~3 if code == _UTF16 else size)


def _value(data: bytes, place: int, code: int) -> str:
    kind, length = struct.unpack_from("<LL", data, place)
    if kind == _NARROW:
        return _decoded(data[place + 8 : place + 8 + length], code)
    if kind == _WIDE:
        return _decoded(data[place + 8 : place + 8 + 2 * length], _UTF16)
    return ""


def _decoded(raw: bytes, code: int) -> str:
    name = {_UTF16: "utf-16-le", 65001: "utf-8", 10001: "cp932"}.get(code, f"cp{code}")
    try:
        text = raw.decode(name, "replace")
    except LookupError:
        text = raw.decode("cp932", "replace")
    return text.partition("\0")[0].strip()
