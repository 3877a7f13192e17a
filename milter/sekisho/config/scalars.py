"""What a plain word of YAML means, by the core schema of YAML 1.2.2 (section 10.3).

Only ``true`` and ``false`` are booleans; ``no``, ``off``, ``on`` and ``yes`` are words; dates are words. Numbers that
people read in two ways (leading zeros, infinities) are refused with a sentence that says what to write.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_NUMBER = 40


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar, or ``ValueError`` with a sentence."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    return _number(text)


def _number(text: str) -> Scalar:
    if _LEADING_ZERO.fullmatch(text):
        raise ValueError(
            f'{_short(text)} has leading zeros: write it in quotes ("{_short(text)}") if it is text or octal'
        )
    integer, based, real = _INT.fullmatch(text), _BASED.fullmatch(text), _FLOAT.fullmatch(text)
    if (integer or based or real) and len(text) > _LONGEST_NUMBER:
        raise ValueError("this number is too long: write it in quotes if it is text")
    if integer:
        return int(text)
    if based:
        return int(text, 0)
    if _NOT_FINITE.fullmatch(text) or (real and float(text) in (float("inf"), float("-inf"))):
        raise ValueError(f"{_short(text)} is not a finite number: write it in quotes if it is text")
    return float(text) if real else text


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NUMBER else text[: _LONGEST_NUMBER - 1] + "…"
