"""The release role (``serve --only release``): timers, releases, notices, until told to stop."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from sekisho.config.load import Configuration
from sekisho.config.settings import Settings
from sekisho.quarantine.reconcile import reconcile
from sekisho.quarantine.release import Send
from sekisho.quarantine.smtp_connection import Listener, Timeouts
from sekisho.quarantine.smtp_sessions import Sender
from sekisho.quarantine.watch import Watch
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.serve.asking import desk_of
from sekisho.serve.control import when_told
from sekisho.serve.following import Following
from sekisho.serve.metrics import Metrics
from sekisho.serve.roles import metrics_folder, store_of
from sekisho.serve.stationery import stationery_of
from sekisho.serve.watching import Watching
from sekisho.store import Store


def release(configuration: Configuration, log: logging.Logger, line: socket.socket | None) -> int:
    """The release role: timers, releases, notices."""
    settings = configuration.settings
    metrics = Metrics(metrics_folder(settings), "release")
    watching = Watching(metrics, log)
    store = store_of(settings)
    store.make_ready()
    for message in reconcile(store, datetime.now(UTC)).missing:
        watching.alarmed("missing-file", message, "a hold's content is gone; restore it from a backup")
    stationery = stationery_of(configuration)
    worker = ReleaseWorker(
        store, sender(settings), stationery, desk_of(configuration), watching, lambda: datetime.now(UTC)
    )
    stop = threading.Event()
    when_told(line, stop.set)
    threading.Thread(target=Following(store, metrics).run, args=(stop,), daemon=True).start()
    worker.run(stop)
    store.close()
    return 0


def worker_of(configuration: Configuration, store: Store, watch: Watch, clock: Callable[[], datetime]) -> ReleaseWorker:
    """The worker that a configuration asks for, on this store, by this clock."""
    stationery, desk = stationery_of(configuration), desk_of(configuration)
    return ReleaseWorker(store, sender(configuration.settings), stationery, desk, watch, clock)


def sender(settings: Settings) -> Send:
    """Sends to the re-injection listener that is configured."""
    wanted = settings.reinject
    seconds = float(wanted.timeout.seconds)
    timeouts = Timeouts(min(30.0, seconds), seconds, seconds, 2 * seconds)
    return Sender(Listener(wanted.host, wanted.port, wanted.helo, timeouts)).send
