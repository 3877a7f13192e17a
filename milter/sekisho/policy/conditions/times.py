"""The condition on when a message came, by the organisation's clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool

from sekisho.core.facts import Facts
from sekisho.core.reason import Value
from sekisho.core.truth import Truth
from sekisho.policy.asked import Asked, whole
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.word import ONE_OR_MANY, Scope, Word, written

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d) ?- ?([01]?\d|2[0-4]):([0-5]\d)")
_DAY = 24 * 60


def _hours(text: str) -> str:
    begin, end = _minutes(text)
    if begin == end or max(begin, end) > _DAY:
        raise ValueError(f"{text!r} is no span of hours; 00:00-24:00 is the whole day")
    return text


def _minutes(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no span of hours; write 09:00-17:30, or 22:00-06:00 over midnight")
    return int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class TimeTest(Word):
    """All that is given must be true of the moment."""

    EMPTY = False
    weekday: Annotated[tuple[Weekday, ...], *ONE_OR_MANY] | None = Field(
        default=None, description="One of these: mon, tue, wed, thu, fri, sat, sun"
    )
    hours: Annotated[tuple[Annotated[str, AfterValidator(_hours)], ...], *ONE_OR_MANY] | None = Field(
        default=None, description="Within one of these spans, the end excluded: 09:00-17:30, 22:00-06:00"
    )
    holiday: StrictBool | None = Field(
        default=None, description="On one of the organisation's holidays (true) or on another day (false)"
    )


class Time(ConditionWord):
    """When the end of the message came, by the organisation's time zone."""

    SCOPE = Scope.MESSAGE
    time: TimeTest = Field(description="What must be true of the moment")

    def compiled(self, compiler: Compiler) -> Asked:
        days = frozenset(WEEK.index(day) for day in self.time.weekday or ())
        spans = tuple(map(_minutes, self.time.hours or ()))
        return compiler.share(Within(days, spans, self.time.holiday, written(self.time)))


@dataclass(frozen=True, slots=True, eq=False)
class Within(Asked):
    CODE: ClassVar[str] = "time"
    COST: ClassVar[int] = 3
    days: frozenset[int]
    spans: tuple[tuple[int, int], ...]
    holiday: bool | None
    test: str

    def ask(self, facts: Facts) -> Truth:
        now = facts.transaction.received.astimezone(facts.site.zone)
        minute = now.hour * 60 + now.minute
        in_days = not self.days or now.weekday() in self.days
        in_days &= self.holiday is None or (now.date() in facts.site.holidays) is self.holiday
        return whole(facts, true=in_days and (not self.spans or any(_inside(minute, *span) for span in self.spans)))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        now = facts.transaction.received.astimezone(facts.site.zone)
        return {"test": self.test, "time": f"{WEEK[now.weekday()]} {now:%H:%M}"}


def _inside(minute: int, begin: int, end: int) -> bool:
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end
