"""A real HTTP server with the page behind notices' links, over a store of its own, and a person's way of using it."""

from __future__ import annotations

import asyncio
import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from sekisho.notices.texts import texts_of
from sekisho.quarantine.choose import take_effect
from sekisho.store import Store
from sekisho.web.pages import Pages, Time
from sekisho.web.server import Server, listen
from tests.support.links import invited, links, token_of
from tests.support.stores import NOW, opened

CONTACT = "ext. 1234"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def mark(self) -> str:
        """The mark of the page's form."""
        found = re.search(r'name="mark" value="([^"]+)"', self.text)
        assert found, self.text
        return found[1]


@dataclass
class Office:
    """The page as it is served; ``now`` is its clock."""

    store: Store
    now: datetime = NOW
    language: str = "en"
    waited: list[float] = field(default_factory=list)
    noted: list[tuple[str, str, str]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.links = links()
        zone = ZoneInfo("Asia/Tokyo")
        time = Time(lambda: self.now, monotonic, self._pause)
        self.pages = Pages(self.store, self.links, lambda _: texts_of(self.language, zone), CONTACT, self, time)

    def note(self, what: str, hold: str, why: str = "") -> None:
        self.noted.append((what, hold, why))

    async def _pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        await asyncio.sleep(0)

    def link(self, hold: str, person: str) -> tuple[str, str]:
        """The path of a fresh link, and its code."""
        link = invited(self.store, self.links, hold, person, self.now)
        return f"/{link.url.split('/')[-2]}/{token_of(link)}", link.code

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        with closing(connection):
            return _asked(connection, method, path, form, headers)

    @contextmanager
    def visitor(self) -> Iterator[Callable[[str, str, dict[str, str] | None], Answer]]:
        """Somebody who asks many times on one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        with closing(connection):
            yield lambda method, path, form: _asked(connection, method, path, form, {})

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, **form: str) -> Answer:
        """Fetch the page and post its form, as a browser does."""
        return self.ask("POST", path, {"mark": self.get(path).mark, **form})

    def settle(self) -> None:
        """What can no longer be taken back takes effect."""
        take_effect(self.store, self.now, _no_trouble)


def _asked(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    form: dict[str, str] | None,
    headers: dict[str, str],
) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if form is not None:
        given["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, urlencode(form) if form is not None else None, given)
    response = connection.getresponse()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def _no_trouble(what: str, error: Exception) -> None:
    raise AssertionError(what) from error


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = opened("sqlite", tmp_path)
    store.upgrade()
    made = Office(store)
    listener = listen("127.0.0.1:0")
    made.port = listener.getsockname()[1]
    server = Server(made.pages.routes(), listener)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield made
    server.stop()
    thread.join()
    store.close()
