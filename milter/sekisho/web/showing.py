"""What each part of the page behind a link shows, for a token that is good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from sekisho.core.oneline import one_line
from sekisho.core.parts import Part
from sekisho.core.terms import Preview
from sekisho.notices.texts import Texts
from sekisho.quarantine.choose import Wrong, needs_step_up, offers_of, preview_of
from sekisho.quarantine.links import UNDO, Links, Opened
from sekisho.quarantine.notify import explanation_of
from sekisho.quarantine.seen import Seen
from sekisho.store import Store, holds, tokens
from sekisho.store.errors import ContentDamaged
from sekisho.store.rows import HoldRow
from sekisho.web.content import File, file_of, parts_of, shown
from sekisho.web.screen import Screen, screen_of
from sekisho.web.templating import Templates, download


@dataclass(frozen=True, slots=True)
class _Content:
    texts: tuple[str, ...]
    files: tuple[File, ...]
    note: str


class Showing:
    """Makes the answers."""

    def __init__(
        self, store: Store, links: Links, templates: Templates, texts: Callable[[str], Texts], contact: str
    ) -> None:
        self._store = store
        self._links = links
        self._templates = templates
        self._texts = texts
        self._contact = contact
        self._seen = Seen(store)

    def of(self, opened: Opened, now: datetime, see: str, file: str, *, audited: bool) -> Response | None:
        """The part that is asked for; None where there is none."""
        if opened.row.action == UNDO:
            return self._state(opened, now)
        if audited:
            self._seen.record(
                opened, f"file {file[:8]}" if file else see if see in ("evidence", "message") else "page", now
            )
        if file:
            return self._file(opened, file)
        if see == "message":
            return self._message(opened, now)
        return self._decision(opened, now, see, "")

    def wrong(self, opened: Opened, now: datetime, see: str, wrong: Wrong) -> Response:
        """The part where the choice was made, and what is missing."""
        if opened.row.action == UNDO:
            return self._state(opened, now)
        text = self._texts(opened.row.person).say(f"screen.wrong.{wrong.what}", left=wrong.left)
        return self._decision(opened, now, see, text)

    def dead(self) -> Response:
        """After the third wrong code."""
        texts = self._texts("")
        headline = texts.say("screen.gone")
        values: dict[str, Any] = {"headline": headline, "text": texts.say("screen.dead"), "title": headline}
        return self._templates.page("state", **values, language=texts.language, again=0, mark="", say=texts.say)

    def _decision(self, opened: Opened, now: datetime, see: str, wrong: str) -> Response:
        """The first screen, all the evidence, or what must be seen before something is sent."""
        texts = self._texts(opened.row.person)
        screen = self._screen(opened, texts, now)
        values = self._frame(opened, texts, now) | {"screen": screen, "wrong": wrong}
        if see == "evidence":
            return self._templates.page("evidence", **values)
        option = next((one for one in screen.options if one.code == see and one.way != "safe"), None)
        if option is not None:
            return self._templates.page("send", **values, option=option)
        return self._templates.page("decide", **values)

    def _screen(self, opened: Opened, texts: Texts, now: datetime) -> Screen:
        hold, person = opened.hold, opened.row.person
        offers = offers_of(hold, person)
        note = "" if offers else texts.say("screen.nothing")
        if needs_step_up(hold):
            note = texts.say("screen.step-up", contact=self._contact or texts.say("contact.default"))
        return screen_of(hold, offers, texts, now, note, explanation_of(hold))

    def _frame(self, opened: Opened, texts: Texts, now: datetime) -> dict[str, Any]:
        subject = one_line(opened.hold.message.subject, 80) or texts.say("subject.none")
        mark = self._links.mark(opened.token, now)
        return {"say": texts.say, "language": texts.language, "title": subject, "mark": mark}

    def _state(self, opened: Opened, now: datetime) -> Response:
        """What became of a choice, and as long as it can be, a button to take it back."""
        texts, choice = self._texts(opened.row.person), opened.choice
        assert choice is not None
        checked = f"choice.review.{choice.choice}"
        key = checked if opened.hold.passed and checked in texts.templates else f"choice.{choice.choice}"
        said = texts.counted(key, len(choice.recipients))
        values = self._frame(opened, texts, now) | {"text": "", "again": 0, "mark": ""}
        if choice.outcome != tokens.PENDING:
            done = choice.outcome == tokens.DONE
            headline = texts.say("screen.done", choice=said) if done else texts.say(f"screen.{choice.outcome}")
            return self._templates.page("state", **values, headline=headline)
        left = max(0, round((choice.due - now).total_seconds()))
        values |= {"text": texts.say("screen.pending.when", seconds=left), "again": left + 2}
        if left:
            values |= {"mark": self._links.mark(opened.token, now)}
        return self._templates.page("state", **values, headline=texts.say("screen.pending", choice=said))

    def _message(self, opened: Opened, now: datetime) -> Response | None:
        if preview_of(opened.hold) is not Preview.FULL:
            return None
        texts = self._texts(opened.row.person)
        values = self._frame(opened, texts, now) | {"screen": self._screen(opened, texts, now)}
        return self._templates.page("message", **values, content=self._content(opened.hold, texts))

    def _content(self, hold: HoldRow, texts: Texts) -> _Content:
        parts = self._parts(hold)
        if parts is None:
            return _Content((), (), texts.say("screen.damaged"))
        found = shown(parts)
        note = "" if found.texts else texts.say("screen.no-text")
        return _Content(found.texts, found.files, texts.say("screen.cut") if found.is_cut else note)

    def _file(self, opened: Opened, number: str) -> Response | None:
        if preview_of(opened.hold) is not Preview.FULL or not (number.isascii() and number.isdecimal()):
            return None
        found = file_of(self._parts(opened.hold) or (), int(number[:6]))
        return download(found[1].content.read(), found[0]) if found else None

    def _parts(self, hold: HoldRow) -> tuple[Part, ...] | None:
        """The stored message taken apart; None where it is damaged."""
        try:
            return parts_of(hold, self._store.read(lambda view: holds.content(view, self._store.files, hold.message)))
        except (ContentDamaged, ValueError, OSError):
            return None
