"""What each process of the daemon is made of: milter workers, the release role, the HTTP role.

A configuration becomes a `Crew` for the supervisor to fork, or one of the roles that are executed as
``serve --only ROLE``. A role ends when told over its control line, when its supervisor has gone, or on SIGTERM.
"""

from __future__ import annotations

import logging
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sekisho.config.load import Configuration
from sekisho.config.settings import Settings
from sekisho.core.message import Path as SmtpPath
from sekisho.core.ports import Files
from sekisho.lists.opened import NamedLists
from sekisho.lists.secret import read_secret
from sekisho.mime.reader import MimeReader
from sekisho.mta.endpoint import parse_endpoint, probe
from sekisho.mta.session import Handler
from sekisho.mta.session import Settings as Collecting
from sekisho.notices.build import Letterhead
from sekisho.quarantine.outbox import Stationery
from sekisho.quarantine.reconcile import reconcile
from sekisho.quarantine.smtp import Outcome, send
from sekisho.quarantine.smtp import probe as greets
from sekisho.quarantine.smtp_connection import Listener, Timeouts
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.sandbox.pool import Pool
from sekisho.serve.control import Orders
from sekisho.serve.following import Following
from sekisho.serve.gateway import Gateway
from sekisho.serve.metrics import Family, Metrics, exposition, gauge_family, single_gauge
from sekisho.serve.question import Question, answer
from sekisho.serve.telemetry import Telemetry
from sekisho.serve.watching import Watching
from sekisho.serve.worker import Crew
from sekisho.store import Store, open_store
from sekisho.store.listing import counts, expiring, oldest
from sekisho.store.outbox import pending
from sekisho.web.asking import Asked, explain_route
from sekisho.web.health import health_routes
from sekisho.web.server import Server, listen
from sekisho.words.say import LANGUAGES

EXPIRING = {"1h": timedelta(hours=1), "24h": timedelta(hours=24)}
"""Windows of ``sekisho_holds_expiring``."""

_PROBE_SECONDS = 2.0


def metrics_folder(settings: Settings) -> Path:
    """Where all processes keep their numbers."""
    return settings.run_folder / "metrics"


def store_of(settings: Settings) -> Store:
    """The store that is configured, not yet connected. Raises `StoreUnavailable` on a bad URL."""
    wanted = settings.store
    window = wanted.duplicate_window.delta
    return open_store(wanted.full_url, wanted.content, min_free=wanted.min_free, duplicate_window=window)


def crew_of(configuration: Configuration, log: logging.Logger) -> Crew:
    """The milter workers of a configuration."""
    settings = configuration.settings

    def make_handler(slot: int) -> Handler:
        metrics = Metrics(metrics_folder(settings), f"w{slot}")
        telemetry = Telemetry(metrics, log, configuration.policy, configuration.inspectors)
        return Gateway(configuration, MimeReader(), Pool(), store_of(settings), telemetry)

    spool = settings.milter.spool or Path(tempfile.gettempdir())
    return Crew(make_handler, settings.milter.workers, Collecting(spool, settings.milter.memory))


def release(configuration: Configuration, log: logging.Logger, line: socket.socket | None) -> int:
    """The release role: timers, releases, notices."""
    settings = configuration.settings
    metrics = Metrics(metrics_folder(settings), "release")
    watching = Watching(metrics, log)
    store = store_of(settings)
    store.upgrade()
    for message in reconcile(store, datetime.now(UTC)).missing:
        watching.alarmed("missing-file", message, "a hold's content is gone; restore it from a backup")
    stationery = _stationery(configuration)
    worker = ReleaseWorker(store, sender(settings), stationery, watching, lambda: datetime.now(UTC))
    stop = threading.Event()
    _when_told(line, stop.set)
    threading.Thread(target=Following(store, metrics).run, args=(stop,), daemon=True).start()
    worker.run(stop)
    store.close()
    return 0


def http(configuration: Configuration, line: socket.socket | None) -> int:
    """The HTTP role: metrics and health."""
    settings = configuration.settings
    store = store_of(settings)
    probes = probes_of(settings, store)
    folder = metrics_folder(settings)
    routes = health_routes(lambda: exposition(folder, [*_gauges(store), _ages(configuration.lists)]), probes)
    if settings.http.token_file is not None:
        token = read_secret(settings.http.token_file)
        routes.append(explain_route(partial(_explained, configuration, Pool()), token, settings.http.largest_question))
    server = Server(routes, listen(settings.http.listen))
    _when_told(line, server.stop)
    server.run()
    return 0


def _explained(configuration: Configuration, files: Files, asked: Asked) -> dict[str, Any]:
    languages = configuration.site.languages
    language = asked.language if asked.language in LANGUAGES else languages[0]
    question = Question(asked.message, asked.sender, asked.recipients)
    return answer(configuration, MimeReader(), question, datetime.now(UTC), language, thorough=False, files=files)


def probes_of(settings: Settings, store: Store) -> dict[str, Callable[[], None]]:
    """What must answer for mail to be checked, held and released; each raises with a sentence where it does not."""
    return {
        "store": store.check,
        "milter": lambda: _milter_answers(settings),
        "reinject": lambda: _reinject_answers(settings),
    }


def sender(settings: Settings) -> Callable[[SmtpPath, Sequence[SmtpPath], Iterable[bytes], int], Sequence[Outcome]]:
    """`send` to the re-injection listener that is configured."""
    wanted = settings.reinject
    seconds = float(wanted.timeout.seconds)
    timeouts = Timeouts(min(30.0, seconds), seconds, seconds, 2 * seconds)
    return partial(send, Listener(wanted.host, wanted.port, wanted.helo, timeouts))


def _stationery(configuration: Configuration) -> Stationery:
    settings = configuration.settings
    letterhead = Letterhead(settings.notices_from, configuration.site.zone, socket.getfqdn())
    return Stationery(letterhead, settings.notices_language, settings.postmaster)


def _ages(lists: NamedLists) -> Family:
    """As this process sees them: each has its own copy, made and renewed in the same way."""
    said = "Since the copy in use was surely what its source says; infinite where there is none"
    return gauge_family("list_age_seconds", said, "list", lists.ages())


def _gauges(store: Store) -> list[Family]:
    """What is held, read now; nothing while the store is away, so that old numbers are not taken for new."""
    now = datetime.now(UTC)
    with suppress(Exception):
        states = {state.value: float(number) for state, number in store.read(counts).items()}
        first = store.read(oldest)
        soon = {name: float(store.read(partial(expiring, until=now + span))) for name, span in EXPIRING.items()}
        age = (now - first).total_seconds() if first else 0.0
        return [
            gauge_family("holds", "Holds, by state", "state", states),
            single_gauge("oldest_hold_age_seconds", "Age of the oldest hold that waits", age),
            gauge_family("holds_expiring", "Waiting holds that expire soon", "within", soon),
            single_gauge("outbox_pending", "Notices still to be sent", float(store.read(pending))),
        ]
    return []


def _milter_answers(settings: Settings) -> None:
    if not probe(parse_endpoint(str(settings.milter.listen)), _PROBE_SECONDS):
        raise ConnectionError(f"no milter answers on {settings.milter.listen}")


def _reinject_answers(settings: Settings) -> None:
    wanted = settings.reinject
    seconds = Timeouts(_PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS, _PROBE_SECONDS)
    if why := greets(Listener(wanted.host, wanted.port, wanted.helo, seconds)):
        raise ConnectionError(f"the re-injection listener {wanted.host}:{wanted.port}: {why}")


def _when_told(line: socket.socket | None, stop: Callable[[], None]) -> None:
    """Call ``stop`` on SIGTERM, SIGINT, any order, or when the supervisor has gone."""

    def follow(orders: Orders) -> None:
        orders.wait()
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if line is not None:
        threading.Thread(target=follow, args=(Orders(line),), daemon=True).start()
