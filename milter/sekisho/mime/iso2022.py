"""Japanese octets as they are in practice: ISO-2022-JP in all its dialects, and EUC-JP with Microsoft's characters.

The standard codecs refuse what Japanese mailers send every day: ① and 髙 (NEC row 13, NEC's and IBM's extensions),
half-width katakana under ``ESC ( I`` or shift-out, raw 8-bit katakana, JIS X 0212/0213 in a text labelled plain
ISO-2022-JP. Here nothing raises; an octet that no dialect knows becomes U+FFFD. RFC 1468, RFC 1554, RFC 2237, CP50220
to CP50222.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

UNKNOWN = "\ufffd"

_SHIFT = re.compile(rb"\x1b(?:\$\([A-Z@]|\$[@AB]|\([A-Z]|\.[A-Z]|&@)|[\x0e\x0f]")
_HIGH = bytes(octet + 0x80 if 0x21 <= octet <= 0x7E else octet for octet in range(256))
_PAIR = re.compile(rb"[\xa1-\xfe]{2}")
_ORDINARY = 1 << 20
"""Longer than any text that people write: dialects are worth no minutes."""
_PATCH = "sekisho-cp932"


def decode_iso2022_jp(octets: bytes) -> str:
    """ISO-2022-JP, -1, -2, -3, -2004, -MS, CP50220/1/2."""
    if b"\x0e" not in octets:
        try:
            return octets.decode("iso2022_jp")
        except UnicodeDecodeError:
            pass
    if len(octets) > _ORDINARY:
        return octets.decode("iso2022_jp_ext", "replace")
    return "".join(_segments(octets))


def decode_euc_jp(octets: bytes) -> str:
    """EUC-JP with the characters that CP932 knows besides (eucJP-ms)."""
    return decode_patched(octets, "euc_jp")


def decode_patched(octets: bytes, codec: str) -> str:
    """Decode a EUC-like codec; the pairs that it refuses are looked up in CP932 (in texts of ordinary length)."""
    return octets.decode(codec, _PATCH if len(octets) <= _ORDINARY else "replace")


def _segments(octets: bytes) -> Iterator[str]:
    """The texts between shifts, each decoded by the set that is then in force."""
    charset, position = b"(B", 0
    for shift in _SHIFT.finditer(octets):
        yield from _segment(octets[position : shift.start()], charset)
        charset, position = _designated(shift.group(), charset), shift.end()
    yield from _segment(octets[position:], charset)


def _designated(shift: bytes, before: bytes) -> bytes:
    if shift == b"\x0e":
        return b"(I"
    if shift == b"\x0f":
        return b"(B"
    return before if shift[1:2] in (b".", b"&") else shift[1:]


def _segment(octets: bytes, charset: bytes) -> Iterator[str]:
    """One run; a line end brings ASCII back (RFC 1468: lines end in ASCII, whoever forgets to say so)."""
    if charset in (b"(B", b"(J"):
        yield _single(octets)
        return
    shifted, line_end, rest = octets.partition(b"\n")
    yield _shifted(shifted, charset)
    yield _single(line_end + rest)


def _single(octets: bytes) -> str:
    """ASCII, with raw 8-bit katakana where there is any."""
    return octets.decode("ascii") if octets.isascii() else octets.decode("cp932", "replace")


def _shifted(octets: bytes, charset: bytes) -> str:
    match charset:
        case b"(I":
            return "".join(chr(0xFF61 + octet - 0x21) if 0x21 <= octet <= 0x5F else chr(octet) for octet in octets)
        case b"$(D":
            return _PAIR.sub(b"\x8f\\g<0>", octets.translate(_HIGH)).decode("euc_jp", "replace")
        case b"$(O" | b"$(P" | b"$(Q":
            return octets.translate(_HIGH).decode("euc_jis_2004", "replace")
        case b"$A":
            return octets.translate(_HIGH).decode("gb2312", "replace")
        case b"$(C":
            return octets.translate(_HIGH).decode("cp949", "replace")
    return decode_euc_jp(octets.translate(_HIGH))


def _from_cp932(error: UnicodeError) -> tuple[str, int]:
    """A pair that the codec does not know, as CP932 has it at the same row and cell (a `codecs` error handler)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    row, cell = (*(octet - 0x80 for octet in pair), 0, 0)[:2]
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return UNKNOWN, error.start + 1
    lead = ((row - 0x21) >> 1) + 0x81
    trail = cell + 0x1F + (cell >= 0x60) if row & 1 else cell + 0x7E
    shifted = bytes((lead if lead <= 0x9F else lead + 0x40, trail))
    return shifted.decode("cp932", "replace")[:1], error.start + 2


codecs.register_error(_PATCH, _from_cp932)
