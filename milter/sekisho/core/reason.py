"""Why a condition held or did not: a code and its values, to be said in the reader's language by `words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an explanation; ``parts`` are the reasons of the conditions inside it."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    parts: tuple[Reason, ...] = ()
