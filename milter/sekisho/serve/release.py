"""The release role (``serve --only release``): timers, releases, notices, until told to stop."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from sekisho.config.load import Configuration
from sekisho.config.settings import Settings
from sekisho.quarantine.paused import Gate
from sekisho.quarantine.reconcile import reconcile
from sekisho.quarantine.release import Send
from sekisho.quarantine.smtp_connection import Listener, Timeouts
from sekisho.quarantine.smtp_sessions import Sender
from sekisho.quarantine.steady import SteadyClock
from sekisho.quarantine.watch import Watch
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.serve.asking import desk_of
from sekisho.serve.control import when_told
from sekisho.serve.folding import Folding
from sekisho.serve.following import Following
from sekisho.serve.metrics import Metrics
from sekisho.serve.purging import Purging
from sekisho.serve.roles import metrics_folder, retention_of, store_of
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
    clock = SteadyClock(lambda: datetime.now(UTC), _counted, partial(_leapt, watching))
    worker = worker_of(configuration, store, watching, clock)
    gate = Gate(store, watching)
    gate.examine(clock())
    stop = threading.Event()
    when_told(line, stop.set)
    threading.Thread(target=Following(store, metrics).run, args=(stop,), daemon=True).start()
    folding = Folding(store, settings.journal_folder, clock)
    threading.Thread(target=folding.run, args=(stop,), daemon=True).start()
    purging = Purging(store, retention_of(settings), configuration.site.zone, clock, log)
    threading.Thread(target=purging.run, args=(stop,), daemon=True).start()
    worker.run(stop, gate.is_open)
    store.close()
    return 0


def _counted() -> float:
    """Seconds that have passed, those while the machine slept included; nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _leapt(watch: Watch, ahead: timedelta) -> None:
    watch.alarmed("clock", "", f"the clock was put ahead by {ahead}; timers follow it only gradually")


def worker_of(configuration: Configuration, store: Store, watch: Watch, clock: Callable[[], datetime]) -> ReleaseWorker:
    """The worker that a configuration asks for, on this store, by this clock."""
    stationery, desk = stationery_of(configuration), desk_of(configuration)
    wanted = configuration.settings.reinject
    return ReleaseWorker(
        store, sender(configuration.settings), stationery, desk, watch, clock, retry_for=wanted.retry_for.delta
    )


def sender(settings: Settings) -> Send:
    """Sends to the re-injection listener that is configured."""
    wanted = settings.reinject
    seconds = float(wanted.timeout.seconds)
    timeouts = Timeouts(min(30.0, seconds), seconds, seconds, 2 * seconds)
    return Sender(Listener(wanted.host, wanted.port, wanted.helo, timeouts)).send
