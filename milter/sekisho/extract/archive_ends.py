"""Whether an archive goes on to its end: libarchive takes one that was cut off between two files for a shorter one.

Blocks are followed by their lengths only. Never raises: where a length leads nowhere there is no end.
"""

from __future__ import annotations

import struct

_RAR5 = b"Rar!\x1a\x07\x01\x00"
_ENCRYPTED, _END5, _END4 = 4, 5, 0x7B
_HAS_EXTRA, _HAS_DATA = 0x01, 0x02
_LONG = 0x8000
_HEADERS_ENCRYPTED = 0x80


def rar_is_whole(data: bytes) -> bool:
    """RAR 5 and RAR 4; of one whose headers are encrypted nothing can be said."""
    try:
        return _rar5(data, len(_RAR5)) if data.startswith(_RAR5) else _rar4(data, 7)
    except (IndexError, struct.error):
        return False


def _rar5(data: bytes, position: int) -> bool:
    while True:
        size, start = _number(data, position + 4)
        kind, place = _number(data, start)
        flags, place = _number(data, place)
        if kind in (_END5, _ENCRYPTED):
            return True
        if flags & _HAS_EXTRA:
            _, place = _number(data, place)
        packed = _number(data, place)[0] if flags & _HAS_DATA else 0
        position = start + size + packed


def _number(data: bytes, position: int) -> tuple[int, int]:
    """A number of seven bits an octet, the lowest first, and where the next one stands."""
    value = 0
    for shift in range(0, 70, 7):
        octet = data[position]
        position += 1
        value |= (octet & 0x7F) << shift
        if octet < 0x80:
            break
    return value, position


def _rar4(data: bytes, position: int) -> bool:
    while True:
        kind, flags, size = struct.unpack_from("<BHH", data, position + 2)
        if kind == _END4 or (kind == 0x73 and flags & _HEADERS_ENCRYPTED):
            return True
        packed = struct.unpack_from("<L", data, position + 7)[0] if flags & _LONG else 0
        if size < 7:
            return False
        position += size + packed


def lha_is_whole(data: bytes) -> bool:
    """An empty header ends the archive; what stands behind it is none of it."""
    return data.rstrip(b"\x1a").endswith(b"\0")
