"""unusual-time: sent at night or at a weekend by the site's clock; a weak signal, for the score.

Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.inspectors import settings as base

CODES = ("unusual-time",)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Settings(base.Settings):
    score: float = Field(default=0.1, ge=0, le=100, description="What one finding adds to a message's score")
    starts: int = Field(default=7, ge=0, le=24, description="Hour at which the usual day starts")
    ends: int = Field(default=22, ge=0, le=24, description="Hour at which the usual day ends")
    weekdays: frozenset[Weekday] = Field(default=frozenset(_WEEK[:5]), description="Days on which people usually write")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding, kind ``night`` or ``weekend``; values: ``time`` (local, ``HH:MM``), ``weekday``."""
    local = facts.transaction.received.astimezone(facts.site.zone)
    weekday = _WEEK[local.weekday()]
    kind = "weekend" if weekday not in settings.weekdays else ""
    if not settings.starts <= local.hour < settings.ends:
        kind = "night"
    if kind:
        values = {"time": f"{local.hour:02}:{local.minute:02}", "weekday": weekday}
        yield Finding(CODES[0], "message", facts.everyone, kind=kind, score=settings.score, values=values)
