"""Annotations for pydantic models, with their JSON Schema: the amounts of `sekisho.core.amounts`, and paths.

A model's field ``count: ComparisonField | None`` takes what people write and holds the parsed value; a bad value is a
``value_error`` whose message is the parser's sentence. Relative paths are relative to the file that names them: its
folder is ``base`` in pydantic's validation context.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

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


def from_base(text: str, info: ValidationInfo) -> Path:
    """A path, relative to the file that names it."""
    if not text or "\0" in text:
        raise ValueError("a path is missing here")
    context: Any = info.context
    return Path(context["base"]) / text if context else Path(text)


def path(value: object, info: ValidationInfo) -> Path:
    """A file or folder, as text; a `Path` is taken as it is."""
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise ValueError("a path is text, such as /var/lib/sekisho")
    return from_base(value, info)


PathField = Annotated[Path, PlainValidator(path), WithJsonSchema({"type": "string", "format": "path"})]
"""A file or folder; relative to the file that names it."""
