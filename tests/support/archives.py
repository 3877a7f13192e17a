"""RAR and LHA archives put together by hand, as their formats are published: no free program writes them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping


def rar4(files: Mapping[str, bytes], flags: int = 0) -> bytes:
    """RAR 2.9 to 4, stored. ``flags`` of each file: 4 says that it is encrypted."""
    made = b"Rar!\x1a\x07\x00" + _rar4_block(0x73, 0, bytes(6))
    for name, data in files.items():
        raw = name.encode("cp932")
        crc = zlib.crc32(data)
        head = struct.pack("<LLBLLBBHL", len(data), len(data), 3, crc, 0, 29, 0x30, len(raw), 0x81A4) + raw
        made += _rar4_block(0x74, 0x8000 | flags, head) + data
    return made + _rar4_block(0x7B, 0x4000, b"")


def _rar4_block(kind: int, flags: int, rest: bytes) -> bytes:
    body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body


def rar5(files: Mapping[str, bytes]) -> bytes:
    """RAR 5, stored."""
    made = b"Rar!\x1a\x07\x01\x00" + _rar5_block(1, 0, b"\0")
    for name, data in files.items():
        raw = name.encode()
        crc = struct.pack("<L", zlib.crc32(data))
        about = _number(4) + _number(len(data)) + _number(0o100644) + crc + b"\0\1" + _number(len(raw)) + raw
        made += _rar5_block(2, 2, _number(len(data)) + about) + data
    return made + _rar5_block(5, 0, b"\0")


def rar5_encrypted() -> bytes:
    """RAR 5 whose headers are encrypted: nothing is known of its files."""
    return b"Rar!\x1a\x07\x01\x00" + _rar5_block(4, 0, b"\0\0\x0f" + bytes(16)) + bytes(range(64))


def _rar5_block(kind: int, flags: int, rest: bytes) -> bytes:
    body = _number(kind) + _number(flags) + rest
    body = _number(len(body)) + body
    return struct.pack("<L", zlib.crc32(body)) + body


def _number(value: int) -> bytes:
    """Seven bits an octet, the lowest first."""
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*octets, value))


def lha(files: Mapping[str, bytes]) -> bytes:
    """LHA, level 0, stored, names in CP932 as Japanese programs write them."""
    made = b""
    for name, data in files.items():
        raw = name.encode("cp932")
        head = b"-lh0-" + struct.pack("<LLLBB", len(data), len(data), 0x5A21_0000, 0x20, 0)
        head += bytes((len(raw),)) + raw + struct.pack("<H", _crc16(data))
        made += bytes((len(head), sum(head) & 0xFF)) + head + data
    return made + b"\0"


def _crc16(data: bytes) -> int:
    crc = 0
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
