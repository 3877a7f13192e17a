"""Time that goes by in a case: a release worker whose clock is moved, instead of waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration import waiting
from sekisho.config.load import load
from sekisho.serve.release import worker_of
from sekisho.serve.roles import store_of
from sekisho.store import Store, locks, outbox, releases


class _Unheard:
    """A watch that lets alarms pass: cases look at what people are told, and at the audit."""

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        pass

    def noticed(self, kind: str, outcome: str) -> None:
        pass

    def alarmed(self, what: str, subject: str, why: str) -> None:
        pass


def work(configuration: Path, passed: timedelta) -> None:
    """What a release worker does at the moment that is ``passed`` from now, on the store of a configuration."""
    loaded = load(configuration)
    store = store_of(loaded.settings)
    try:
        waiting.until(lambda: not _is_busy(store), "the daemon has done what is due")
        moment = datetime.now(UTC) + passed
        worker = worker_of(loaded, store, _Unheard(), lambda: moment)
        worker.run_once(moment)
        worker.close()
    finally:
        store.close()


def _is_busy(store: Store) -> bool:
    """Whether the daemon has something to do now: its timers begin when its notices are sent."""
    now = datetime.now(UTC)
    return store.read(
        lambda view: bool(
            outbox.is_due(view, now)
            or releases.is_due(view, now)
            or locks.due_questions(view, now, 1)
            or locks.due_asks(view, now, 1)
        )
    )
