"""The HTTP role (``serve --only http``): metrics, health, ``POST /v1/explain`` and the page behind links in notices."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from sekisho.config.load import Configuration
from sekisho.core.ports import Files
from sekisho.lists.secret import read_secret
from sekisho.mime.reader import MimeReader
from sekisho.notices.texts import Texts, texts_of
from sekisho.quarantine.links import Links
from sekisho.quarantine.paused import pause_of
from sekisho.sandbox.pool import Pool
from sekisho.serve.control import when_told
from sekisho.serve.door import Door
from sekisho.serve.link_key import links_of
from sekisho.serve.metrics import Family, Metrics, exposition, gauge_family, single_gauge
from sekisho.serve.probes import probes_of
from sekisho.serve.question import Question, answer
from sekisho.serve.readers import reader_of
from sekisho.serve.roles import metrics_folder, store_of
from sekisho.store import Store
from sekisho.store.listing import counts, expiring, oldest
from sekisho.store.outbox import pending
from sekisho.web.asking import Asked, explain_route
from sekisho.web.health import health_routes
from sekisho.web.pages import Pages, Time
from sekisho.web.server import Server, listen
from sekisho.words.say import LANGUAGES

EXPIRING = {"1h": timedelta(hours=1), "24h": timedelta(hours=24)}
"""Windows of ``sekisho_holds_expiring``."""


def http(configuration: Configuration, log: logging.Logger, line: socket.socket | None) -> int:
    """The HTTP role: metrics, health, questions before sending, the page behind links in notices."""
    settings = configuration.settings
    store = store_of(settings)
    probes = probes_of(settings, store)
    folder = metrics_folder(settings)
    routes = health_routes(lambda: exposition(folder, [*_gauges(store), _ages(configuration)]), probes)
    if settings.http.token_file is not None:
        token = read_secret(settings.http.token_file)
        routes.append(explain_route(partial(_explained, configuration, Pool()), token, settings.http.largest_question))
    if (links := links_of(settings)) is not None:
        door = Door(Metrics(folder, "http"), log)
        routes += _pages(configuration, store, links, door).routes()
    server = Server(routes, listen(settings.http.listen))
    when_told(line, server.stop)
    server.run()
    return 0


def _pages(configuration: Configuration, store: Store, links: Links, door: Door) -> Pages:
    settings, zone = configuration.settings, configuration.site.zone
    reader = reader_of(configuration)

    def texts(person: str) -> Texts:
        known = reader(person)
        return texts_of(known.language if known and known.language else settings.notices_language, zone)

    time = Time(lambda: datetime.now(UTC), monotonic, asyncio.sleep)
    return Pages(store, links, texts, settings.notices.contact, door, time)


def _explained(configuration: Configuration, files: Files, asked: Asked) -> dict[str, Any]:
    languages = configuration.site.languages
    language = asked.language if asked.language in LANGUAGES else languages[0]
    question = Question(asked.message, asked.sender, asked.recipients)
    return answer(configuration, MimeReader(), question, datetime.now(UTC), language, thorough=False, files=files)


def _ages(configuration: Configuration) -> Family:
    """As this process sees them: each has its own copy, made and renewed in the same way."""
    said = "Since the copy in use was surely what its source says; infinite where there is none"
    return gauge_family("list_age_seconds", said, "list", {**configuration.lists.ages(), **configuration.people.ages()})


def _gauges(store: Store) -> list[Family]:
    """What is held, read now; nothing while the store is away, so that old numbers are not taken for new."""
    now = datetime.now(UTC)
    with suppress(Exception):
        states = {state.value: float(number) for state, number in store.read(counts).items()}
        first = store.read(oldest)
        soon = {name: float(store.read(partial(expiring, until=now + span))) for name, span in EXPIRING.items()}
        paused = float(store.read(pause_of) is not None)
        age = (now - first).total_seconds() if first else 0.0
        return [
            gauge_family("holds", "Holds, by state", "state", states),
            single_gauge("oldest_hold_age_seconds", "Age of the oldest hold that waits", age),
            gauge_family("holds_expiring", "Waiting holds that expire soon", "within", soon),
            single_gauge("release_paused", "1 while nothing is sent until somebody has looked", paused),
            single_gauge("outbox_pending", "Notices still to be sent", float(store.read(partial(pending, now=now)))),
        ]
    return []
