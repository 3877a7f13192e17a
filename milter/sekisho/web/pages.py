"""The page behind a notice's link: GET shows, POST acts, and nothing else does anything.

``/h/TOKEN`` (senders) and ``/a/TOKEN`` (approvers) are one page; ``?see=`` shows more of the hold, ``?file=`` gives an
attached file. It works without scripts and on a telephone. A token that is not good, for whatever reason, is answered
by one and the same page, and never sooner than after `PATIENCE`: whoever guesses learns nothing. Tokens appear in no
log line. Programs that follow links, run scripts and submit forms change nothing: every choice must be made, none is
preset, and whatever sends needs the code from the mail.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sekisho.notices.texts import Texts
from sekisho.quarantine.choose import Noted, Wanted, Wrong, choose
from sekisho.quarantine.links import Closed, Links
from sekisho.store import Store, StoreUnavailable
from sekisho.web.showing import Showing
from sekisho.web.templating import SECRET, Templates

PATIENCE = 0.3
"""Seconds until a token that is not good is answered."""
LARGEST_FORM = 20_000


class Door(Protocol):
    """Who counts and logs what comes to the page; must not raise."""

    def note(self, what: str, hold: str, why: str = "") -> None:
        """``shown``, ``refused``, ``wrong``, ``chosen`` (``why``: the ready reason)."""


@dataclass(frozen=True, slots=True)
class Time:
    """The clocks, and how to wait."""

    now: Callable[[], datetime]
    seconds: Callable[[], float]
    """Monotonic."""
    pause: Callable[[float], Awaitable[None]]


class Pages:
    """Answers requests."""

    def __init__(
        self, store: Store, links: Links, texts: Callable[[str], Texts], contact: str, door: Door, time: Time
    ) -> None:
        self._store = store
        self._links = links
        self._texts = texts
        self._templates = Templates()
        self._showing = Showing(store, links, self._templates, texts, contact)
        self._door = door
        self._time = time

    def routes(self) -> list[Route]:
        return [Route(f"/{path}/{{token}}", self._answer, methods=["GET", "POST"]) for path in ("h", "a")]

    async def _answer(self, request: Request) -> Response:
        begun = self._time.seconds()
        token = request.path_params["token"]
        try:
            if request.method == "POST":
                response = await self._posted(request, token)
            else:
                response = await run_in_threadpool(self._shown, token, request)
        except StoreUnavailable:
            return Response("try again later\n", status_code=503, headers=dict(SECRET))
        if response is not None:
            return response
        await self._time.pause(max(0.0, begun + PATIENCE - self._time.seconds()))
        texts = self._texts("")
        say = texts.say
        headline, text = say("screen.gone"), say("screen.gone.why")
        values = {"headline": headline, "text": text, "title": headline, "language": texts.language}
        return self._templates.page("state", 404, **values, again=0, mark="", say=say)

    def _shown(self, token: str, request: Request) -> Response | None:
        """What GET gives; None for a token that is not good."""
        now = self._time.now()
        opened = self._store.read(lambda view: self._links.opened(view, token, now))
        if isinstance(opened, Closed):
            self._door.note("refused", opened.hold, opened.why)
            return None
        self._door.note("shown", opened.hold.id)
        see, file = request.query_params.get("see", ""), request.query_params.get("file", "")
        return self._showing.of(opened, now, see, file, audited=request.method == "GET")

    async def _posted(self, request: Request, token: str) -> Response | None:
        form = await _form(request)
        return await run_in_threadpool(self._acted, token, request, form)

    def _acted(self, token: str, request: Request, form: dict[str, list[str]]) -> Response | None:
        now = self._time.now()
        if not self._is_ours(token, request, form, now):
            return self._again(token, Wrong("form"), form, now)
        wanted = _wanted(form)
        answer = choose(self._store, self._links, token, wanted, now)
        if isinstance(answer, Closed):
            self._door.note("refused", answer.hold, answer.why)
            return None
        if isinstance(answer, Wrong):
            return self._again(token, answer, form, now)
        self._door.note("chosen", answer.hold, wanted.reason)
        return _see_other(answer)

    def _is_ours(self, token: str, request: Request, form: dict[str, list[str]], now: datetime) -> bool:
        """Whether the form comes from the token's own page."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        return site in ("same-origin", "none") and self._links.is_mark(token, _first(form, "mark"), now)

    def _again(self, token: str, wrong: Wrong, form: dict[str, list[str]], now: datetime) -> Response | None:
        """The page once more, saying what is missing; None for a token that is not good."""
        opened = self._store.read(lambda view: self._links.opened(view, token, now))
        if isinstance(opened, Closed):
            if wrong.what == "code":
                self._door.note("wrong", opened.hold, "code")
                return self._showing.dead()
            self._door.note("refused", opened.hold, opened.why)
            return None
        self._door.note("wrong", opened.hold.id, wrong.what)
        return self._showing.wrong(opened, now, _first(form, "choice"), wrong)


async def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a form; none where there is too much of it, or it is no form."""
    octets = bytearray()
    async for piece in request.stream():
        octets += piece
        if len(octets) > LARGEST_FORM:
            return {}
    return parse_qs(octets.decode("utf-8", "replace"), max_num_fields=500) if octets.count(b"&") < 500 else {}


def _wanted(form: dict[str, list[str]]) -> Wanted:
    """What was chosen; details of other choices on the same page do not count."""
    choice = _first(form, "choice")
    whom = (one.removeprefix(f"{choice}:") for one in form.get("whom", []) if one.startswith(f"{choice}:"))
    ordinals = tuple(int(one) if one.isascii() and one.isdecimal() and len(one) < 6 else -1 for one in whom)
    reason, comment = _first(form, f"reason:{choice}"), _first(form, f"comment:{choice}")
    return Wanted(choice, ordinals, reason, comment[:300], _first(form, "code"))


def _first(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]


def _see_other(noted: Noted) -> Response:
    """To the page of the next token; relative, so that a path in front of ours is kept."""
    return RedirectResponse(noted.token, status_code=303, headers=dict(SECRET))
