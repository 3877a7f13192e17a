"""Text of octets that say nothing, or nothing true, about their charset.

UTF-8 proves itself. The rest is weighed: a text is Japanese in the encoding in which it shows kana and the ordinary
kanji, not rare kanji and half-width katakana. General-purpose detectors need more text than a subject has. Never
raises; linear in the octets.
"""

from __future__ import annotations

import re

from sekisho.mime.iso2022 import decode_euc_jp

_SAMPLE = 2000
_LATIN = re.compile(rb"(?:[\x00-\x7f]++|(?<=[A-Za-z' ])[\xc0-\xff](?![\x80-\xff])|[\xa0-\xbf](?![\x80-\xff]))*")


def guessed(octets: bytes) -> str:
    """The likeliest text."""
    try:
        return octets.decode("utf_8")
    except UnicodeDecodeError:
        pass
    if _looks_like_utf16(octets):
        return utf16_of(octets)
    if mostly_utf8(octets):
        return octets.decode("utf_8", "replace")
    return _weighed(octets)


def mostly_utf8(octets: bytes) -> bool:
    """Whether this is UTF-8 with a few broken places: a cut sequence, a stray octet."""
    sample = octets[: _SAMPLE * 4]
    text = sample.decode("utf_8", "ignore")
    lost = len(sample) - len(text.encode("utf_8"))
    wide = sum(char >= "\u0800" for char in text)
    return wide * 3 > lost * 6


def utf16_of(octets: bytes) -> str:
    """UTF-16 without a mark: the byte order in which the text has fewer exotic characters."""
    little = octets.decode("utf_16_le", "replace")
    big = octets.decode("utf_16_be", "replace")
    return little if _ascii_share(little) >= _ascii_share(big) else big


def _looks_like_utf16(octets: bytes) -> bool:
    sample = octets[:_SAMPLE]
    zeros = sample.count(0)
    return zeros * 5 > len(sample) and max(sample[::2].count(0), sample[1::2].count(0)) * 10 >= zeros * 9


def _ascii_share(text: str) -> int:
    return sum(char < "\u0080" or "\u3000" <= char < "\u3100" for char in text[:_SAMPLE])


def _weighed(octets: bytes) -> str:
    sample = octets[: _SAMPLE * 2]
    if _LATIN.fullmatch(sample):
        return octets.decode("cp1252", "replace")
    weights = {
        "cp932": _weight(sample.decode("cp932", "replace"), "euc_jp", 0xCF),
        "euc_jp": _weight(decode_euc_jp(sample), "euc_jp", 0xCF),
        "gb18030": _weight(sample.decode("gb18030", "replace"), "gb2312", 0xD7) - 0.05,
    }
    codec = max(weights, key=lambda codec: weights[codec])
    if weights[codec] <= 0:
        codec = "cp1252"
    return decode_euc_jp(octets) if codec == "euc_jp" else octets.decode(codec, "replace")


def _weight(text: str, codec: str, last_common: int) -> float:
    """Mean likelihood of the characters beyond ASCII, from -1 (none would be written) to 1 (all are ordinary)."""
    beyond = [char for char in text[:_SAMPLE] if char >= "\u0080"]
    return sum(_likelihood(char, codec, last_common) for char in beyond) / len(beyond) if beyond else 0.0


def _likelihood(char: str, codec: str, last_common: int) -> float:
    if char == "\ufffd" or char < "\u00c0":
        return -4.0
    if "\u3041" <= char <= "\u30fe" or "\u3000" <= char <= "\u3020" or "\uff01" <= char <= "\uff5e":
        return 1.0
    if "\uff61" <= char <= "\uff9f":
        return -0.2
    if "\u4e00" <= char <= "\u9fff":
        encoded = char.encode(codec, "replace")
        return 0.8 if len(encoded) == 2 and encoded[0] <= last_common else 0.0
    return -0.3
