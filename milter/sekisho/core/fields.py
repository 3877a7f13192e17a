"""The amounts of `sekisho.core.amounts` as annotations for pydantic models, with their JSON Schema.

A model's field ``count: AmountField | None`` takes what people write and holds the parsed value; a bad value is a
``value_error`` whose message is the parser's sentence.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from sekisho.core.amounts import Comparison, Duration, comparison, duration, size

_TIME = r"^(\d+ ?(s|m|min|h|d|w) ?)+$"
_WORKING_TIME = r"^((\d+ ?(s|m|min|h|d|w) ?)+|\d+ ?business-hours?)$"
_OCTETS = r"^\d+ ?([kKMGT]i?)?[bB]?$"


def _text(pattern: str, example: str, *more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": ["string", *more], "pattern": pattern, "examples": [example]})


DurationField = Annotated[Duration, PlainValidator(duration), _text(_TIME, "24h")]
"""``60s``, ``15m``, ``24h``, ``7d``."""

WorkingDurationField = Annotated[
    Duration, PlainValidator(partial(duration, business=True)), _text(_WORKING_TIME, "8 business-hours")
]
"""A duration, or ``8 business-hours``."""

SizeField = Annotated[int, PlainValidator(size), _text(_OCTETS, "20MB", "integer")]
"""Octets; ``20MB``, ``64KiB``."""

ComparisonField = Annotated[
    Comparison, PlainValidator(partial(comparison)), _text(r"^[<>=!]*\s*[\d.]+$", ">= 10", "number")
]
"""``">= 10"``; a bare number means exactly that."""

SizeComparisonField = Annotated[
    Comparison, PlainValidator(partial(comparison, amount=size)), _text(r"^[<>=!]*\s*\d+ ?\w*$", "> 20MB", "integer")
]
"""``"> 20MB"``."""
