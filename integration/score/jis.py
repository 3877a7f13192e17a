"""ISO-2022-JP as Windows programs write it: with NEC's and IBM's characters and with half-width katakana (CP50221)."""

from __future__ import annotations

ASCII, KANJI, KANA = b"\x1b(B", b"\x1b$B", b"\x1b(I"


def encoded(text: str) -> bytes:
    """The text's octets; ends in ASCII. Raises `UnicodeEncodeError` for what CP932 has not."""
    out = bytearray()
    state = ASCII
    for character in text:
        wanted, octets = _one(character.encode("cp932"))
        if wanted != state:
            out += wanted
            state = wanted
        out += octets
    return bytes(out if state == ASCII else out + ASCII)


def _one(octets: bytes) -> tuple[bytes, bytes]:
    if len(octets) == 2:
        return KANJI, _kanji(*octets)
    return (ASCII, octets) if octets[0] < 0x80 else (KANA, bytes([octets[0] & 0x7F]))


def _kanji(lead: int, trail: int) -> bytes:
    """Shift_JIS to JIS X 0208 rows and cells (RFC 1468 for what frames them)."""
    row = (lead - (0x70 if lead < 0xA0 else 0xB0)) * 2
    if trail >= 0x9F:
        return bytes([row, trail - 0x7E])
    return bytes([row - 1, trail - (0x1F if trail < 0x7F else 0x20)])
