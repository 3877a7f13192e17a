"""Content-Transfer-Encoding (RFC 2045 6): what it says, however it says it, and the octets decoded by it, on demand.

Decoders are forgiving in the way of receivers: base64 goes on behind padding, ignores what is not of its alphabet and
makes do with a broken end; quoted-printable leaves alone what it cannot decode. Nothing raises, nothing grows: decoded
content is never longer than encoded.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

import pybase64

from sekisho.core.lazy import lazy

_COMMENT = re.compile(rb"\([^()]*+\)")
_TOKEN = re.compile(rb"[A-Za-z0-9-]+")
_KNOWN = {
    b"base64": "base64",
    b"quoted-printable": "quoted-printable",
    b"7bit": "",
    b"8bit": "",
    b"binary": "",
    b"7-bit": "",
    b"8-bit": "",
    b"x-uuencode": "uuencode",
    b"x-uue": "uuencode",
    b"uuencode": "uuencode",
}
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_DIGITS = bytes(set(range(256)) - set(_DIGITS))
_NOT_BASE64 = bytes(set(_NOT_DIGITS) - set(b"="))
_LINE = re.compile(rb"[^\r\n]++")
_PADDING = re.compile(rb"=[=\s]*+")
_PIECE = 1 << 16


def encoding_of(value: bytes) -> tuple[str, bool]:
    """The encoding that a field's value names (empty for none), and whether every receiver would take it so."""
    exact = value.strip(b" \t\r\n").lower()
    if exact in _KNOWN:
        return _KNOWN[exact], value == value.rstrip(b" \t") and b"\n" not in value.strip()
    token = _TOKEN.search(_COMMENT.sub(b" ", exact))
    return (_KNOWN.get(token.group(), "") if token else ""), False


class Encoded:
    """Content still in its transfer encoding, within the octets of a message; decoded once, when first asked."""

    def __init__(self, data: bytes, start: int, end: int, encoding: str) -> None:
        self._data, self._start, self._end = data, start, end
        self._encoding = encoding

    @lazy
    def _decoded(self) -> bytes:
        raw = self._data[self._start : self._end]
        match self._encoding:
            case "base64":
                return decode_base64(raw)
            case "quoted-printable":
                return binascii.a2b_qp(raw)
        return decode_uuencode(raw)

    def span_in(self, data: bytes) -> tuple[int, int] | None:
        """Where it lies in these octets; None where it was taken out of others."""
        return (self._start, self._end) if self._data is data else None

    @property
    def size(self) -> int:
        return len(self._decoded) if self._encoding else self._end - self._start

    def read(self, limit: int = -1) -> bytes:
        if not self._encoding:
            # Not kept: parts within parts would each keep the octets that they share.
            return self._data[self._start : self._end if limit < 0 else min(self._end, self._start + limit)]
        if limit < 0:
            return self._decoded
        return self._beginning(limit) or self._decoded[:limit]

    def _beginning(self, limit: int) -> bytes:
        """The first octets of what is not decoded yet, for those who ask for the kind of a file; empty if in vain."""
        if self._encoding != "base64" or "_decoded" in self.__dict__:
            return b""
        octets = decode_base64(self._data[self._start : min(self._end, self._start + limit * 3 // 2)])
        return octets[:limit] if len(octets) >= limit else b""

    def chunks(self) -> Iterator[bytes]:
        octets, first, end = (self._decoded, 0, self.size) if self._encoding else (self._data, self._start, self._end)
        for start in range(first, end, _PIECE):
            yield octets[start : min(start + _PIECE, end)]


def goes_on_behind_padding(data: bytes, start: int, end: int) -> bool:
    """Whether base64 digits follow a ``=``: some receivers stop there, others read on."""
    padding = data.find(b"=", start, end)
    if padding < 0:
        return False
    rest = _PADDING.match(data, padding, end)
    return rest is not None and rest.end() < end and bool(data[rest.end() : end].translate(None, _NOT_DIGITS))


def decode_base64(raw: bytes) -> bytes:
    """Every run of digits decoded, whatever stands between."""
    if not goes_on_behind_padding(raw, 0, len(raw)):
        try:
            return pybase64.b64decode(raw)
        except binascii.Error:
            pass
    runs = raw.translate(None, _NOT_BASE64).split(b"=")
    return b"".join(_run(run) for run in runs if run)


def _run(digits: bytes) -> bytes:
    whole = len(digits) - (len(digits) % 4 == 1)
    return binascii.a2b_base64(digits[:whole] + b"=" * (-whole % 4))


def decode_uuencode(raw: bytes) -> bytes:
    """Lines between ``begin`` and ``end``; a broken line gives what it has."""
    octets = bytearray()
    for found in _LINE.finditer(raw):
        line = found.group()
        if line.strip() == b"end":
            break
        if not line.startswith(b"begin "):
            octets += _uu_line(line)
    return bytes(octets)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders leave trailing garbage: take the length's worth (RFC-less; the same way as most decoders).
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""
