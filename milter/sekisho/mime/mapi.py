"""MAPI properties as they stand in TNEF (MS-OXTNEF 2.1.3.4), and the packing of RTF bodies (MS-OXRTFCP).

Given octets, gives values; never raises. What does not fit ends the list.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_LONG = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_UNICODE = 0x1F
_MANY = 0x1000
_NAMED = 0x8000
_MOST = 10_000
_LONGEST_RTF = 1 << 22
_RTF_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096


def properties(octets: bytes) -> Mapping[int, tuple[int, bytes]]:
    """By property id: its type (PtypString is 0x1F) and the first value's octets."""
    found: dict[int, tuple[int, bytes]] = {}
    try:
        for number, kind, value in _read(octets):
            found.setdefault(number, (kind, value))
    except struct.error:
        pass
    return found


def text_of(value: tuple[int, bytes] | None) -> bytes:
    """A string property as UTF-8 octets, or as they stand where they are of a code page."""
    if value is None:
        return b""
    kind, octets = value
    if kind == _UNICODE:
        return octets.decode("utf_16_le", "replace").rstrip("\0").encode("utf_8", "replace")
    return octets.rstrip(b"\0")


def _read(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    (count,) = struct.unpack_from("<L", octets)
    position = 4
    for _ in range(min(count, _MOST)):
        kind, number = struct.unpack_from("<HH", octets, position)
        position += 4
        if number >= _NAMED:
            position = _behind_name(octets, position)
        values = 1
        if kind & _MANY or kind in _LONG:
            (values,) = struct.unpack_from("<L", octets, position)
            position += 4
        base = kind & ~_MANY
        for index in range(min(values, _MOST)):
            length, position = _length(octets, base, position)
            if index == 0:
                yield number, base, octets[position : position + length]
            position += length + -length % 4


def _behind_name(octets: bytes, position: int) -> int:
    """Where the value of a named property begins: behind its GUID and its number or name."""
    kind, length = struct.unpack_from("<LL", octets, position + 16)
    return position + 24 + (length + -length % 4 if kind else 0)


def _length(octets: bytes, kind: int, position: int) -> tuple[int, int]:
    if kind in _FIXED:
        return _FIXED[kind], position
    if kind not in _LONG:
        raise struct.error
    (length,) = struct.unpack_from("<L", octets, position)
    return length, position + 4


def unpacked_rtf(octets: bytes) -> bytes:
    """PidTagRtfCompressed unpacked; empty for what is no such value, and cut where it would be very long."""
    if len(octets) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<LL4sL", octets)
    if kind == b"MELA":
        return octets[16 : 16 + size]
    return _lzfu(octets[16:], min(size, _LONGEST_RTF)) if kind == b"LZFu" else b""


def _lzfu(packed: bytes, size: int) -> bytes:
    window = bytearray(_RTF_DICTIONARY.ljust(_WINDOW, b"\0"))
    at = len(_RTF_DICTIONARY)
    result = bytearray()
    position = 0
    while position < len(packed) and len(result) < size:
        flags, position = packed[position], position + 1
        for bit in range(8):
            piece = packed[position : position + 1]
            position += 1
            if flags >> bit & 1:
                if position >= len(packed):
                    return bytes(result)
                reference = piece[0] << 8 | packed[position]
                position += 1
                offset, length = reference >> 4, (reference & 15) + 2
                if offset == at:
                    return bytes(result)
                piece = _copied(window, offset, at, length)
            for octet in piece:
                window[at] = octet
                at = (at + 1) % _WINDOW
            result += piece
    return bytes(result)


def _copied(window: bytearray, offset: int, at: int, length: int) -> bytes:
    """Octets of the window, those included that the copy itself has just written."""
    distance = (at - offset) % _WINDOW
    known = bytes(window[(offset + index) % _WINDOW] for index in range(min(length, distance)))
    return (known * (length // len(known) + 1))[:length]
