"""The texts of one language, filled in: values from outside are cleaned before they stand in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sekisho.core.oneline import one_line
from sekisho.words import notices_en, notices_ja, notices_zh, screen_en, screen_ja, screen_zh

_SPOKEN = {"ja": (notices_ja, screen_ja), "en": (notices_en, screen_en), "zh": (notices_zh, screen_zh)}
REPLIES = {
    said.TEXTS[f"reply.{choice}"].casefold(): choice for said, _ in _SPOKEN.values() for choice in ("reject", "approve")
}
"""What the words mean with which a request may be answered by mail, in any language."""
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
        """The template of ``key`` with its values, each of them one clean line; thousands are grouped."""
        return self.templates[key].format(**{name: _shown(value) for name, value in values.items()})

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

    @property
    def replies(self) -> tuple[str, ...]:
        """The words with which a request may be answered by mail, the safest first."""
        return self.say("reply.reject"), self.say("reply.approve")

    def span(self, span: timedelta) -> str:
        """How long something has lasted: ``2 h 5 min``."""
        minutes = max(0, int(span.total_seconds() // 60))
        days, hours = minutes // 1440, minutes // 60
        if hours < 1:
            return self.say("span.minutes", minutes=minutes)
        if days < 2:
            return self.say("span.hours", hours=hours, minutes=minutes % 60)
        return self.say("span.days", days=days, hours=hours % 24)

    def offset(self, moment: datetime) -> str:
        """``UTC+09:00``: which clock the moments are of."""
        return "UTC" + moment.astimezone(self.zone).replace(microsecond=0).isoformat()[19:]


def texts_of(language: str, zone: tzinfo) -> Texts:
    """The texts of a language, of mails and of the page; English where there are none."""
    spoken = language if language in _SPOKEN else "en"
    said, screen = _SPOKEN[spoken]
    return Texts(spoken, {**said.TEXTS, **screen.TEXTS}, said.WEEKDAYS, said.MONTHS, zone)


def _shown(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else one_line(value, LONGEST_VALUE)
