"""Text of octets with a label that may be right, wrong, unknown or missing.

Given octets and the label of a Content-Type or encoded-word, gives text without surrogates; never raises. Labels are
taken for what senders mean by them (WHATWG Encoding, and Japanese practice: ``shift_jis`` is CP932, ``gb2312`` is
GB18030), and a label that the octets contradict is set aside for a guess. Only codecs that work in linear time are
used: ``idna``, ``punycode`` and the escapes of Python's own are no charsets of mail.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from functools import lru_cache

from sekisho.mime.guess import guessed, mostly_utf8, utf16_of
from sekisho.mime.iso2022 import decode_euc_jp, decode_iso2022_jp

_MEANT: Mapping[str, tuple[str, ...]] = {
    "cp932": ("shiftjis", "sjis", "xsjis", "mskanji", "windows31j", "windows932", "cp932", "ms932", "csshiftjis",
              "xmscp932", "cswindows31j", "shiftjis2004", "shiftjisx0213"),
    "iso2022_jp": ("iso2022jp", "csiso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jp3", "iso2022jp2004",
                   "iso2022jpms", "iso2022jpext", "cp50220", "cp50221", "cp50222", "jis", "jis7", "junet"),
    "euc_jp": ("eucjp", "xeucjp", "cseucpkdfmtjapanese", "eucjpms", "cp51932", "eucjis2004", "ujis"),
    "gb18030": ("gb2312", "gb231280", "gbk", "xgbk", "cp936", "ms936", "gb18030", "euccn", "csgb2312", "chinese",
                "iso58gb231280", "csiso58gb231280", "cngb"),
    "cp950": ("big5", "xxbig5", "cnbig5", "csbig5", "cp950", "big5tw"),
    "big5hkscs": ("big5hkscs", "big5hk"),
    "cp949": ("euckr", "ksc5601", "ksc56011987", "ksc56011989", "korean", "cp949", "ms949", "uhc", "windows949",
              "cseuckr", "isoir149", "ksx1001"),
    "cp1252": ("iso88591", "latin1", "l1", "usascii", "ascii", "cp1252", "windows1252", "ansix341968", "cp819",
               "isoir100", "iso646us", "xansi", "us", "ibm367"),
    "cp1254": ("iso88599", "latin5", "windows1254", "cp1254"),
    "cp874": ("tis620", "windows874", "iso885911", "cp874"),
    "utf_8": ("utf8", "unicode11utf8", "unicode20utf8", "utf8mb4", "xunicode20utf8", "u8", "cp65001", "utf8sig"),
    "utf_7": ("utf7", "unicode11utf7", "csunicode11utf7", "xunicode20utf7", "cp65000", "utf7imap"),
    "utf_16": ("utf16", "ucs2", "unicode", "iso10646ucs2", "csunicode"),
    "utf_16_le": ("utf16le", "unicodefeff"),
    "utf_16_be": ("utf16be", "unicodefffe"),
    "utf_32": ("utf32", "ucs4"),
    "utf_32_le": ("utf32le",),
    "utf_32_be": ("utf32be",),
    "iso2022_kr": ("iso2022kr", "csiso2022kr"),
    "hz": ("hzgb2312", "hz"),
    "johab": ("johab", "cp1361"),
    "koi8_r": ("koi8r", "koi8", "cskoi8r"),
    "koi8_u": ("koi8u", "koi8ru"),
    "mac_roman": ("macintosh", "macroman", "xmacroman", "mac"),
    "mac_cyrillic": ("maccyrillic", "xmaccyrillic"),
}  # fmt: skip
_NUMBERED = {
    **{f"iso8859{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows{page}": f"cp{page}" for page in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"cp{page}": f"cp{page}" for page in (437, 850, 852, 855, 857, 858, 862, 866, 1250, 1251, 1253, 1255, 1256)},
    **{f"ibm{page}": f"cp{page}" for page in (437, 850, 852, 855, 857, 862, 866)},
    "iso88598i": "iso8859_8",
    "latin2": "iso8859_2",
    "latin9": "iso8859_15",
}
_CODEC: Mapping[str, str] = _NUMBERED | {label: codec for codec, labels in _MEANT.items() for label in labels}
_SHIFTED = frozenset(
    {"utf_7", "iso2022_kr", "hz", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"}
)
"""Codecs to which octets below 128 are not simply ASCII."""
_MULTIBYTE = frozenset({"cp932", "euc_jp", "gb18030", "cp950", "big5hkscs", "cp949", "johab"})
_WIDE = frozenset({"utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"})
_JAPANESE_SHIFT = re.compile(rb"\x1b(?:\$[@AB(]|\([BIJ])")
_HALFWIDTH = re.compile("[\uff61-\uff9f]{2}")
_HIRAGANA = re.compile("[\u3041-\u3093]")
_NOT_IN_LABELS = re.compile(r"[^a-z0-9]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)
_FIRST_OF_MARKS = tuple(mark[:1] for mark, _ in _MARKS)


@lru_cache(maxsize=512)
def codec_of(label: str) -> str:
    """Python's name of the codec that a label means; empty when it means none that we know."""
    return _CODEC.get(_NOT_IN_LABELS.sub("", label.lower()), "")


def decode(octets: bytes, label: str = "") -> str:
    """The text that these octets most probably are."""
    codec = codec_of(label) if label else ""
    if codec not in _SHIFTED and octets.isascii():
        shifted = _is_iso2022_jp(octets) or (codec == "iso2022_jp" and b"\x0e" in octets)
        return decode_iso2022_jp(octets) if shifted else octets.decode("ascii")
    text = _by_mark(octets) if octets.startswith(_FIRST_OF_MARKS) else None
    if text is None:
        text = _by_label(octets, codec)
    return _SURROGATES.sub("\ufffd", text) if codec in ("utf_7", "") else text


def _is_iso2022_jp(octets: bytes) -> bool:
    return b"\x1b" in octets and _JAPANESE_SHIFT.search(octets) is not None


def _by_mark(octets: bytes) -> str | None:
    """Text that begins with a byte order mark, if it keeps what the mark promises."""
    for mark, codec in _MARKS:
        if octets.startswith(mark):
            text = _strictly(octets[len(mark) :], codec)
            if text is not None:
                return text
    return None


def _by_label(octets: bytes, codec: str) -> str:
    if codec in _WIDE:
        return _wide(octets, codec)
    if codec == "iso2022_jp" or (codec not in ("iso2022_kr", "hz", "utf_7") and _is_iso2022_jp(octets)):
        return decode_iso2022_jp(octets) if _is_iso2022_jp(octets) else guessed(octets)
    unlabelled = not codec or codec == "cp1252"
    if unlabelled or codec == "utf_8":
        return guessed(octets)
    if codec in _MULTIBYTE:
        return _multibyte(octets, codec)
    utf8 = _strictly(octets, "utf_8")
    return utf8 if utf8 is not None and codec not in _SHIFTED else octets.decode(codec, "replace")


def _multibyte(octets: bytes, codec: str) -> str:
    """By the label, unless the octets are UTF-8 beyond doubt or the label is plainly wrong."""
    utf8 = _strictly(octets, "utf_8")
    if utf8 is not None and max(utf8) >= "\u0800":
        return utf8
    if codec == "euc_jp":
        text = decode_euc_jp(octets)
    else:
        strict = _strictly(octets, codec)
        if strict is None and codec == "cp950":
            strict = _strictly(octets, "big5hkscs")
        text = octets.decode(codec, "replace") if strict is None else strict
    if codec == "cp932" and _HALFWIDTH.search(text) and _HIRAGANA.search(euc := decode_euc_jp(octets)):
        return euc if "\ufffd" not in euc else text
    if "\ufffd" not in text:
        return text
    wrong = text.count("\ufffd") * 10 > len(octets) - len(text) + 10 or mostly_utf8(octets)
    return guessed(octets) if wrong else text


def _wide(octets: bytes, codec: str) -> str:
    if b"\0" not in octets and octets.isascii():
        return octets.decode("ascii")
    if codec == "utf_16":
        return utf16_of(octets)
    return octets.decode(codec, "replace")


def _strictly(octets: bytes, codec: str) -> str | None:
    try:
        return octets.decode(codec)
    except UnicodeDecodeError:
        return None
