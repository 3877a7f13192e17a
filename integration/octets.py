r"""The notation for octets in case files: text as it stands is UTF-8, and a backslash says what text cannot.

``\r \n \t \0 \xHH \\`` are what they are elsewhere. ``\{…}`` makes octets, and may stand inside another:

- ``\{repeat 1000: x}`` the text a thousand times;
- ``\{count 1..12 by ", ": r#@out.example}`` the text for each number, ``#`` standing for it;
- ``\{in shift_jis: 社外秘}`` the text in a charset;
- ``\{base64 utf-8: 社外秘}`` that in base64, lines of 76;
- ``\{word iso-2022-jp: 社外秘}`` an encoded-word (RFC 2047).
"""

from __future__ import annotations

import base64
import re

_PLAIN = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\", "}": b"}"}
_HEAD = re.compile(r'(?P<word>\w+)(?: (?P<amount>[\w.-]+))?(?: by "(?P<by>[^"]*)")?: ?')


class BadNotation(ValueError):
    """An escape or a generator that nobody knows."""


def octets(text: str) -> bytes:
    """The octets that ``text`` stands for."""
    made, end = _read(text, 0, within=False)
    assert end == len(text)
    return made


def _read(text: str, at: int, *, within: bool) -> tuple[bytes, int]:
    """Octets from ``at`` to the end, or to the brace that closes the generator we are within; and where that is."""
    made = bytearray()
    while at < len(text):
        char = text[at]
        if char == "}" and within:
            return bytes(made), at
        if char == "\\":
            piece, at = _escape(text, at + 1)
            made += piece
        else:
            made += char.encode()
            at += 1
    if within:
        raise BadNotation("a generator is not closed")
    return bytes(made), at


def _escape(text: str, at: int) -> tuple[bytes, int]:
    """What follows a backslash, and where it ends."""
    char = text[at : at + 1]
    if char in _PLAIN:
        return _PLAIN[char], at + 1
    if char == "x" and re.fullmatch("[0-9a-fA-F]{2}", text[at + 1 : at + 3]):
        return bytes.fromhex(text[at + 1 : at + 3]), at + 3
    if char == "{":
        return _generator(text, at + 1)
    raise BadNotation(f"unknown escape \\{char}")


def _generator(text: str, at: int) -> tuple[bytes, int]:
    head = _HEAD.match(text, at)
    if head is None:
        raise BadNotation(f"unknown generator {text[at : at + 20]!r}")
    inner, end = _read(text, head.end(), within=True)
    return _made(head["word"], head["amount"] or "", octets(head["by"] or ""), inner), end + 1


def _made(word: str, amount: str, by: bytes, inner: bytes) -> bytes:
    match word:
        case "repeat" if amount.isdigit():
            return inner * int(amount)
        case "count" if found := re.fullmatch(r"(\d+)\.\.(\d+)", amount):
            return by.join(inner.replace(b"#", b"%d" % number) for number in range(int(found[1]), int(found[2]) + 1))
        case "in":
            return _in(amount, inner)
        case "base64":
            return base64.encodebytes(_in(amount, inner)).rstrip(b"\n").replace(b"\n", b"\r\n")
        case "word":
            return b"=?%b?B?%b?=" % (amount.encode(), base64.b64encode(_in(amount, inner)))
    raise BadNotation(f"unknown generator {word} {amount}".rstrip())


def _in(charset: str, inner: bytes) -> bytes:
    try:
        return inner.decode().encode(charset)
    except (LookupError, UnicodeError) as error:
        raise BadNotation(f"{charset}: {error}") from None
