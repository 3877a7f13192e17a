"""The texts of one language, filled in: values from outside are cleaned before they stand in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sekisho.core.oneline import one_line
from sekisho.words import notices_en, notices_ja, notices_zh

LONGEST_VALUE = 320
"""Characters: an address may have 254, a reply needs a sentence or two."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Templates of a language, and how it writes moments in the reader's zone."""

    language: str
    templates: Mapping[str, str]
    weekdays: Sequence[str]
    months: Sequence[str]
    zone: tzinfo

    def say(self, key: str, **values: str | int) -> str:
        """The template of ``key`` with its values, each of them one clean line."""
        return self.templates[key].format(
            **{name: one_line(str(value), LONGEST_VALUE) for name, value in values.items()}
        )

    def counted(self, key: str, count: int, **values: str | int) -> str:
        """`say`, in the form for one where the language has one."""
        one = f"{key}.one"
        return self.say(one if count == 1 and one in self.templates else key, count=count, **values)

    def by(self, key: str, deadline: str, **values: str | int) -> str:
        """`say`, in the form with a deadline where there is a deadline and the language has that form."""
        form = f"{key}.by"
        if deadline and form in self.templates:
            return self.say(form, deadline=deadline, **values)
        return self.say(key, **values)

    def moment(self, moment: datetime, now: datetime) -> str:
        """``15:30``, with the date where it is not today's."""
        local, today = moment.astimezone(self.zone), now.astimezone(self.zone).date()
        clock = f"{local:%H:%M}"
        if local.date() == today:
            return clock
        weekday, month = self.weekdays[local.weekday()], self.months[local.month - 1]
        return self.say("time.other-day", weekday=weekday, day=local.day, month=month, clock=clock)

    def offset(self, moment: datetime) -> str:
        """``UTC+09:00``: which clock the moments are of."""
        return "UTC" + moment.astimezone(self.zone).replace(microsecond=0).isoformat()[19:]


def texts_of(language: str, zone: tzinfo) -> Texts:
    """The texts of a language; English where there are none."""
    module = {"ja": notices_ja, "zh": notices_zh}.get(language, notices_en)
    spoken = language if language in {"ja", "zh"} else "en"
    return Texts(spoken, module.TEXTS, module.WEEKDAYS, module.MONTHS, zone)
