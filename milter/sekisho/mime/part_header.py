"""The header of a part: its fields, where its body begins, and what about it could be read otherwise (RFC 2046 5.1).

Given the octets of a message and the limits of a part. Readers differ on junk among the fields: some skip it, some take
it as the beginning of the body; `alternative` is then the second reading. Never raises, linear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace

from sekisho.core.values import value

_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]++[ \t]*+")
_LONGEST = 1 << 18
_BOM = b"\xef\xbb\xbf"
_OF_INTEREST = {
    key.encode(): key
    for key in ("content-type", "content-transfer-encoding", "content-disposition", "content-id", "subject")
}


@value(frozen=True, slots=True)
class PartHeader:
    """The fields that matter by lower-case name, and the offset at which the body begins."""

    fields: Mapping[str, tuple[bytes, ...]]
    body: int
    oddities: tuple[str, ...] = ()
    alternative: PartHeader | None = field(default=None)

    def all(self, key: str) -> tuple[bytes, ...]:
        return self.fields.get(key, ())


def read_part_header(data: bytes, start: int, end: int) -> PartHeader:
    """Read the header that begins at ``start``."""
    first = start + len(_BOM) if data.startswith(_BOM, start, end) else start
    oddities = ["byte-order-mark"] if first != start else []
    if data.startswith((b"\n", b"\r\n"), first, end):
        return PartHeader({}, data.index(b"\n", first) + 1, tuple(oddities))
    empty_line = _END.search(data, first, end)
    stop, body = (empty_line.start(), empty_line.end()) if empty_line else (end, end)
    if stop - first > _LONGEST:
        oddities.append("header-too-long")
    header = _read(data, first, min(stop, first + _LONGEST), body, oddities)
    if empty_line or (header.fields and header.alternative is None) or first == end:
        return header
    # No empty line: some readers take all of it for a header, others for a text.
    text = header.alternative or PartHeader({}, first)
    return replace(header, oddities=(*header.oddities, "header-without-end"), alternative=text)


def _read(data: bytes, first: int, stop: int, body: int, oddities: list[str]) -> PartHeader:
    fields: dict[str, list[bytes]] = {}
    before_junk: PartHeader | None = None
    block = data[first:stop]
    if block.count(b"\r") != block.count(b"\r\n"):
        oddities.append("control-in-header")
    lines = _LINE_END.split(block)
    for number, line in enumerate(lines):
        name, colon, value = line.partition(b":")
        if colon and (key := _OF_INTEREST.get(name.rstrip(b" \t").lower())):
            _note(fields, key, name, value, oddities)
        elif not (colon and _NAME.fullmatch(name)) and line.strip() and before_junk is None:
            oddities.append("junk-in-header")
            before_junk = PartHeader(_frozen(fields), _behind(lines[:number], data, first, stop))
    return PartHeader(_frozen(fields), body, tuple(dict.fromkeys(oddities)), before_junk)


def _behind(lines: list[bytes], data: bytes, first: int, stop: int) -> int:
    """Where the line after these begins."""
    position = first
    for line in lines:
        position = data.find(b"\n", position + len(line), stop) + 1 or stop
    return position


def _note(fields: dict[str, list[bytes]], key: str, name: bytes, value: bytes, oddities: list[str]) -> None:
    if len(key) != len(name):
        oddities.append("blank-before-colon")
    if b"\0" in value:
        oddities.append("control-in-header")
    fields.setdefault(key, []).append(value)


def _frozen(fields: Mapping[str, list[bytes]]) -> Mapping[str, tuple[bytes, ...]]:
    return {key: tuple(values) for key, values in fields.items()}
