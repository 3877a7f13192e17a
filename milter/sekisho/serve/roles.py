"""What a configuration becomes: the store, the folder of numbers, the milter workers for the supervisor to fork.

The other roles have modules of their own (`release`, `http`), which a worker never imports.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from sekisho.config.load import Configuration
from sekisho.config.settings import Settings
from sekisho.lists.secret import read_key
from sekisho.mime.reader import MimeReader
from sekisho.mta.session import Handler
from sekisho.mta.session import Settings as Collecting
from sekisho.quarantine.purge import Retention
from sekisho.records.journal import Journal
from sekisho.sandbox.pool import Pool
from sekisho.serve.gateway import Gateway
from sekisho.serve.metrics import Metrics
from sekisho.serve.telemetry import Telemetry
from sekisho.serve.threads import OwnThreads
from sekisho.serve.warm import warm
from sekisho.serve.worker import Crew
from sekisho.store import Store, open_store


def metrics_folder(settings: Settings) -> Path:
    """Where all processes keep their numbers."""
    return settings.run_folder / "metrics"


def store_of(settings: Settings) -> Store:
    """The store that is configured, not yet connected. Raises `StoreUnavailable` on a bad URL."""
    wanted = settings.store
    window = wanted.duplicate_window.delta
    keys = [read_key(file) for file in wanted.keys]
    return open_store(wanted.full_url, wanted.content, min_free=wanted.min_free, duplicate_window=window, keys=keys)


def retention_of(settings: Settings) -> Retention:
    """How long the store keeps what has ended."""
    wanted = settings.store.retention
    return Retention(wanted.content.delta, wanted.records.delta)


def crew_of(configuration: Configuration, log: logging.Logger) -> Crew:
    """The milter workers of a configuration."""
    settings = configuration.settings

    def make_handler(slot: int) -> Handler:
        metrics = Metrics(metrics_folder(settings), f"w{slot}")
        telemetry = Telemetry(
            metrics, log, configuration.policy, configuration.inspectors, Journal(settings.journal_folder, f"w{slot}")
        )
        store = store_of(settings)
        gateway = Gateway(configuration, MimeReader(), Pool(), store, telemetry)
        return OwnThreads(gateway) if store.on_server else gateway

    warm(configuration)
    spool = settings.milter.spool or Path(tempfile.gettempdir())
    return Crew(make_handler, settings.milter.workers, Collecting(spool, settings.milter.memory))
