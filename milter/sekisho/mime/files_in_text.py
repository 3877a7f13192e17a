"""Files written into a text: uuencode, yEnc and BinHex 4.0 (RFC 1741), which many readers show as attachments.

Given a text's octets, gives each file's name and content, at most a hundred. Files do not overlap, so the work is
linear; what is broken gives what it has. Never raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from sekisho.mime.transfer import decode_base64, decode_uuencode

_MOST = 100
_BEGIN = re.compile(
    rb"""^(?:begin(?P<base64>-base64)?[ ][0-7]{3,4}[ ](?P<uu>[^\r\n]{1,500})\r?\n
      | =ybegin[ ][^\r\n]{0,200}?name=(?P<yenc>[^\r\n]{1,500})\r?\n(?:=ypart[ ][^\r\n]{0,200}\r?\n)?
      | \(This\ file\ must\ be\ converted\ with\ (?P<binhex>BinHex)[^\r\n]{0,80}\r?\n\s*:)""",
    re.MULTILINE | re.VERBOSE,
)
_ENDS = {
    "uu": re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE),
    "yenc": re.compile(rb"^=yend\b", re.MULTILINE),
    "binhex": re.compile(rb":"),
}
_UNSHIFTED = bytes((octet - 42) % 256 for octet in range(256))
_YENC_ESCAPES = tuple((bytes((0x3D, (octet + 64) % 256)), bytes((octet,))) for octet in b"\0\t\n\r .=")
_BINHEX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FROM_BINHEX = bytes.maketrans(_BINHEX, _BASE64)
_REPEATED = re.compile(rb"([\x00-\xff])\x90([\x01-\xff])|\x90\x00")
_LONGEST_UNPACKED = 1 << 25


def files_in_text(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """``(name, content)`` of every encoded file."""
    if not _has_sign(octets):
        return
    position = 0
    for _ in range(_MOST):
        found = _BEGIN.search(octets, position)
        if found is None:
            return
        following = _BEGIN.search(octets, found.end())
        limit = following.start() if following else len(octets)
        end = _ENDS[found.lastgroup or "uu"].search(octets, found.end(), limit)
        position = end.end() if end else limit
        yield from _file(found, octets[found.end() : end.start() if end else limit], end is not None)


def _has_sign(octets: bytes) -> bool:
    """Whether there may be one, as in few texts."""
    written = octets.startswith(b"begin") or b"\nbegin" in octets or b"=ybegin " in octets
    return written or b"(This file must" in octets


def _file(begin: re.Match[bytes], encoded: bytes, closed: bool) -> Iterator[tuple[bytes, bytes]]:
    match begin.lastgroup:
        case "binhex":
            yield from _decode_binhex(encoded)
        case "yenc":
            yield begin["yenc"].strip(), _decode_yenc(encoded)
        case _ if begin["base64"]:
            yield begin["uu"].strip(), decode_base64(encoded)
        case _ if _is_uuencoded(encoded, closed):
            yield begin["uu"].strip(), decode_uuencode(encoded)


def _is_uuencoded(encoded: bytes, closed: bool) -> bool:
    """Whether the first line is as long as its first character says; prose is not. Blanks at its end may be lost."""
    line = encoded.partition(b"\n")[0].rstrip(b"\r")
    length = ((line[0] - 32) & 63) if line else 0
    return len(line) <= (length + 2) // 3 * 4 + 2 and (closed or len(line) > length > 0)


def _decode_yenc(encoded: bytes) -> bytes:
    plain = encoded.replace(b"\r", b"").replace(b"\n", b"")
    for escaped, shifted in _YENC_ESCAPES:
        plain = plain.replace(escaped, shifted)
    return plain.translate(_UNSHIFTED)


def _decode_binhex(encoded: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Six bits a character, runs packed behind 0x90, then a header with the name and the data fork's length."""
    digits = encoded.translate(_FROM_BINHEX, b" \t\r\n")
    packed = binascii.a2b_base64(digits[: len(digits) // 4 * 4] or b"", strict_mode=False)
    data = _unpacked(packed)
    if not data or len(data) < data[0] + 22:
        return
    length = int.from_bytes(data[data[0] + 12 : data[0] + 16], "big")
    start = data[0] + 22
    yield data[1 : data[0] + 1], data[start : start + length]


def _unpacked(packed: bytes) -> bytes:
    """Runs unpacked; not at all where that would grow beyond reason."""
    if len(packed) + 255 * packed.count(b"\x90") > _LONGEST_UNPACKED:
        return packed
    return _REPEATED.sub(lambda run: b"\x90" if run[1] is None else run[1] * run[2][0], packed)
