"""Files written into a text: uuencode and yEnc (both without an RFC), which many readers show as attachments.

Given a text's octets, gives each file's name and content. Linear; what is broken gives what it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sekisho.mime.transfer import decode_uuencode

_UU = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,500})\r?\n(?=[ -`]|$)", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_YENC = re.compile(rb"^=ybegin [^\r\n]{0,200}?name=([^\r\n]{1,500})\r?\n(?:=ypart [^\r\n]*\r?\n)?", re.MULTILINE)
_YENC_END = re.compile(rb"^=yend\b", re.MULTILINE)
_UNSHIFTED = bytes((octet - 42) % 256 for octet in range(256))
_MOST = 100


def files_in_text(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """``(name, content)`` of every encoded file; at most a hundred."""
    if b"begin" not in octets:
        return
    for position, (start, name) in enumerate(_starts(octets, _UU)):
        if position < _MOST:
            yield name, decode_uuencode(octets[start : _stop(octets, _UU_END, start)])
    for position, (start, name) in enumerate(_starts(octets, _YENC)):
        if position < _MOST:
            yield name, _decode_yenc(octets[start : _stop(octets, _YENC_END, start)])


def _starts(octets: bytes, begin: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
    for found in begin.finditer(octets):
        yield found.end(), found[1].strip()


def _stop(octets: bytes, end: re.Pattern[bytes], start: int) -> int:
    found = end.search(octets, start)
    return found.start() if found else len(octets)


def _decode_yenc(octets: bytes) -> bytes:
    plain = octets.replace(b"\r", b"").replace(b"\n", b"")
    escaped = re.sub(rb"=(.)", lambda pair: bytes(((pair[1][0] - 64) % 256,)), plain, flags=re.DOTALL)
    return escaped.translate(_UNSHIFTED)
