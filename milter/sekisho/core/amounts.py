"""Amounts as people write them in configuration and policy: durations, sizes, comparisons.

Given a value as YAML gives it (text, or a bare number), each parser gives a small frozen value, or raises
``ValueError`` with one sentence that says what is wrong and what would be right. Pure; no pydantic here (the
annotations for models are in `sekisho.core.fields`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?:\d{1,9} ?(?:s|min|m|h|d|w) ?)+")
_STEP = re.compile(r"(\d+) ?(s|min|m|h|d|w)")
_BUSINESS = re.compile(r"(\d{1,6}) ?business-hours?")
_LONGEST = 100 * 366 * 86_400

_OCTETS = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_SIZE = re.compile(r"(\d{1,15}) ?([a-z]*)", re.IGNORECASE)

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "!=": operator.ne,
    "=": operator.eq,
}
_COMPARISON = re.compile(r"(>=|<=|!=|>|<|==?)?\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, in seconds; of the organisation's working hours only, where ``business``."""

    seconds: int
    business: bool = False

    @property
    def delta(self) -> timedelta:
        """As a timedelta (of working time, where ``business``)."""
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        if self.business:
            return f"{self.seconds // 3600} business-hours"
        for unit in ("w", "d", "h", "m"):
            if self.seconds and not self.seconds % _SECONDS[unit]:
                return f"{self.seconds // _SECONDS[unit]}{unit}"
        return f"{self.seconds}s"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sign and an amount; equal comparisons are equal values."""

    sign: str
    amount: float

    def matches(self, value: float) -> bool:
        """Whether ``value`` stands in this relation to the amount."""
        return _SIGNS[self.sign](value, self.amount)

    def __str__(self) -> str:
        return f"{self.sign} {self.amount:g}"


def duration(value: object, *, business: bool = False) -> Duration:
    """``60s``, ``15m``, ``24h``, ``7d``, ``2w``, ``1h 30m``; ``8 business-hours`` where ``business`` is allowed."""
    text = value.strip() if isinstance(value, str) else ""
    worked = _BUSINESS.fullmatch(text)
    if worked and business:
        return Duration(int(worked[1]) * 3600, business=True)
    if worked:
        raise ValueError("business hours cannot be used here; write a duration such as 24h")
    if not _DURATION.fullmatch(text):
        also = " or 8 business-hours" if business else ""
        raise ValueError(
            f"{_shown(value)} is not a duration; write a number and its unit, such as 60s, 15m, 24h, 7d{also}"
        )
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _STEP.findall(text))
    if seconds > _LONGEST:
        raise ValueError(f"{text} is longer than 100 years")
    return Duration(seconds)


def size(value: object) -> int:
    """Octets of ``20MB`` (powers of 1000), ``64KiB`` (powers of 1024), or a bare number of octets."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or found[2].lower() not in _OCTETS:
        raise ValueError(f"{_shown(value)} is not a size; write a number and its unit, such as 500kB, 20MB, 64KiB")
    return int(found[1]) * _OCTETS[found[2].lower()]


def number(value: object) -> float:
    """A plain number, not negative; an int where it is whole."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}(\.\d{1,9})?", value.strip()):
        return float(value) if "." in value else int(value)
    raise ValueError(f"{_shown(value)} is not a number")


def comparison(value: object, amount: Callable[[object], float] = number) -> Comparison:
    """``">= 10"``, ``"> 20MB"`` (with ``amount=size``); a bare amount means exactly that."""
    if not isinstance(value, str):
        return Comparison("=", amount(value))
    found = _COMPARISON.fullmatch(value.strip())
    if not found:
        raise ValueError(f'{_shown(value)} is not a comparison; write a sign and an amount in quotes, such as ">= 10"')
    sign = "=" if found[1] in (None, "==") else found[1]
    return Comparison(sign, amount(found[2]))


def _shown(value: object) -> str:
    """A value as it can be shown in a message: short, on one line."""
    text = str(value) if isinstance(value, str | int | float) else type(value).__name__
    text = text if len(text) <= 40 else text[:39] + "…"
    return repr(text) if isinstance(value, str) else text
