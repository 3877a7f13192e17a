"""Header text: unfolded, encoded-words decoded (RFC 2047 and every usual way of getting it wrong), raw octets guessed.

Usual mistakes that are read as meant: a multibyte character split between adjacent words, words without a blank between
them or glued to other text, blanks or folds inside a word, letters of any case, missing padding, a language tag
(RFC 2231 5), a wrong charset, words inside quotation marks. The result has neither surrogates nor control characters: a
decoded CR LF must never become a line end in a log, a header or an SMTP command. Linear in the octets.
"""

from __future__ import annotations

import binascii
import re

from sekisho.mime.charsets import codec_of, decode

# Not possessive as a whole: Python before 3.11.5 does not go back when a round fails in a look-around (gh-106052).
_WORD = re.compile(
    rb"=\?([A-Za-z0-9_.:+-]{1,60})(?:\*[A-Za-z0-9-]{0,40})?\?([bBqQ])\?([^?]*+(?:(?<!=)\?(?!=)[^?]*+)*)\?="
)
_FOLD = re.compile(rb"[\r\n]+(?=[ \t]|$)")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def header_text(value: bytes) -> str:
    """An unstructured field's value as people see it."""
    if b"\n" in value or b"\r" in value:
        value = _FOLD.sub(b"", value)
    text = decode_words(value) if b"=?" in value else decode(value)
    return without_controls(text).strip()


def without_controls(text: str) -> str:
    """Line ends, NUL and other controls as one blank each run."""
    return text if text.isprintable() else _CONTROLS.sub(" ", text)


def decode_words(value: bytes) -> str:
    """Every encoded-word of the value decoded, the blanks between adjacent ones dropped, the rest guessed."""
    pieces: list[str] = []
    charset, octets = "", bytearray()
    position = 0
    for word in _WORD.finditer(value):
        gap = value[position : word.start()]
        label = word[1].decode("ascii")
        adjacent = position > 0 and (not gap or gap.isspace())
        if not (adjacent and _same(label, charset)):
            if octets:
                pieces.append(decode(bytes(octets), charset))
            charset, octets = label, bytearray()
            if not adjacent:
                pieces.append(decode(gap))
        octets += _octets_of(word[2], word[3])
        position = word.end()
    if octets:
        pieces.append(decode(bytes(octets), charset))
    if position < len(value):
        pieces.append(decode(value[position:]))
    return "".join(pieces)


def _same(label: str, other: str) -> bool:
    return label.lower() == other.lower() or (bool(codec := codec_of(label)) and codec == codec_of(other))


def _octets_of(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(re.sub(rb"[\r\n]+[ \t]?", b"", text), header=True)
    digits = text.translate(None, _NOT_BASE64)
    whole = len(digits) - (len(digits) % 4 == 1)
    return binascii.a2b_base64(digits[:whole] + b"=" * (-whole % 4))
