"""What the watch view shows: lines of text with a style, for so many columns and rows. Pure; knows no terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import Enum

from sekisho.cli.columns import fit, width
from sekisho.cli.output import clean
from sekisho.core.lifecycle import State
from sekisho.store.rows import HoldRow

KEYS = "j/k move  Enter show  r release  x reject  o order  q quit"
KEYS_SHOWN = "j/k move  q back"
_SOON = timedelta(hours=1)
_NARROW = 70
"""Columns below which only the most needed is shown."""


class Style(Enum):
    """How a line stands out, where the terminal can."""

    PLAIN = "plain"
    TITLE = "title"
    CHOSEN = "chosen"
    SOON = "soon"
    """Its time is over within the hour."""
    LATE = "late"
    """Its time is over."""
    HELP = "help"


Line = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen: a list of holds with one of them chosen, or the lines about one."""

    rows: Sequence[HoldRow] = ()
    due_first: bool = False
    chosen: int = 0
    top: int = 0
    """The first row, or line about a hold, that is on the screen."""
    about: Sequence[str] = field(default=())
    said: str = ""
    """What came of the last key, or what is wrong."""

    def hold(self) -> HoldRow | None:
        """The one that is chosen."""
        return self.rows[self.chosen] if self.rows else None

    def with_rows(self, rows: Sequence[HoldRow]) -> Shown:
        """Newer rows; the same hold stays chosen while it is there."""
        before = self.hold()
        places = [number for number, row in enumerate(rows) if before is not None and row.id == before.id]
        chosen = places[0] if places else min(self.chosen, max(len(rows) - 1, 0))
        return replace(self, rows=rows, chosen=chosen)

    def moved(self, by: int, height: int) -> Shown:
        """So many rows or lines further down."""
        if self.about:
            return replace(self, top=min(max(self.top + by, 0), max(len(self.about) - _room(height), 0)))
        return replace(self, chosen=min(max(self.chosen + by, 0), max(len(self.rows) - 1, 0)))

    def in_sight(self, height: int) -> Shown:
        """Scrolled as far as the chosen row asks."""
        room = _room(height)
        first, last = self.chosen - room + 1, self.chosen
        return self if self.about else replace(self, top=max(min(self.top, last), first, 0))


def lines(shown: Shown, now: datetime, zone: tzinfo, columns: int, height: int) -> Iterator[Line]:
    """The whole screen, a title first, the keys last."""
    room = _room(height)
    order = "the next to expire first" if shown.due_first else "the newest first"
    title = f"{len(shown.rows)} open, {order}  {now.astimezone(zone):%H:%M:%S}"
    yield fit(title, columns), Style.TITLE
    if shown.about:
        body = [(fit(text, columns), Style.PLAIN) for text in shown.about[shown.top : shown.top + room]]
    else:
        places = range(shown.top, min(shown.top + room, len(shown.rows)))
        body = [_row(shown, place, now, columns) for place in places]
    yield from body
    yield from [(" " * columns, Style.PLAIN)] * (room - len(body))
    yield fit(clean(shown.said), columns), Style.PLAIN
    yield fit(KEYS_SHOWN if shown.about else KEYS, columns), Style.HELP


def left(hold: HoldRow, now: datetime) -> str:
    """Until its time is over, in six columns."""
    if hold.state is not State.HELD:
        return "sends"
    if hold.expires is None:
        return "-"
    minutes = int((hold.expires - now) / timedelta(minutes=1))
    if hold.expires <= now:
        return "over"
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days}d{hours:02}h"
    return f"{hours}h{minutes % 60:02}m" if hours else f"{minutes}m"


def _room(height: int) -> int:
    """Rows between the title and the two lines at the bottom."""
    return max(height - 3, 1)


def _row(shown: Shown, place: int, now: datetime, columns: int) -> Line:
    hold = shown.rows[place]
    text = "  ".join([hold.id[:8], fit(left(hold, now), 6)])
    return fit(f"{text}  {_told(hold, columns - width(text) - 2)}", columns), _style(shown, place, now)


def _told(hold: HoldRow, columns: int) -> str:
    """Who writes to whom about what, and why it is held, in parts of the columns."""
    sender, subject = hold.message.sender.address or "<>", hold.message.subject
    if columns < _NARROW:
        part = max(columns // 2 - 2, 1)
        return f"{_fit(sender, part)}  {_fit(subject, columns - part - 2)}"
    more = f" +{len(hold.recipients) - 1}" if len(hold.recipients) > 1 else ""
    alike = f" ×{hold.members + 1}" if hold.members else ""
    people = f"{hold.recipients[0].path.address}{more}{alike}"
    part = columns // 4
    return "  ".join(
        (
            _fit(sender, part),
            _fit(people, part),
            _fit(subject, columns - 3 * part - 6),
            _fit(",".join(hold.rules), part),
        )
    )


def _fit(text: str, columns: int) -> str:
    return fit(clean(text), columns)


def _style(shown: Shown, place: int, now: datetime) -> Style:
    hold = shown.rows[place]
    if place == shown.chosen:
        return Style.CHOSEN
    if hold.state is not State.HELD or hold.expires is None:
        return Style.PLAIN
    return Style.LATE if hold.expires <= now else Style.SOON if hold.expires - now < _SOON else Style.PLAIN
