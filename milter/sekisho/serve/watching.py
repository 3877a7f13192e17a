"""The release role's log lines and metrics."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sekisho.serve.metrics import Metrics

SILENCE = 60.0
"""Seconds for which an alarm about the whole, such as a store that is away, is not written again."""


class Watching:
    """What the quarantine's workers tell; called from several threads, never raises."""

    def __init__(self, metrics: Metrics, log: logging.Logger, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._log = log
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._written: dict[str, tuple[str, float]] = {}

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        self._metrics.releases.labels(outcome).inc(recipients)
        if outcome == "sent":
            self._metrics.release_lag.observe(lag)
        fields = {"hold": hold, "outcome": outcome, "recipients": recipients, "lag": round(lag, 3)}
        self._log.info("release", extra={"fields": fields})

    def noticed(self, kind: str, outcome: str) -> None:
        self._metrics.notices.labels(kind, outcome).inc()
        self._log.info("notice", extra={"fields": {"kind": kind, "outcome": outcome}})

    def alarmed(self, what: str, subject: str, why: str) -> None:
        """All are counted; one about no hold, met at each look, is written when it is new and then each minute."""
        self._metrics.errors.labels(what).inc()
        if not subject and self._was_written(what, why):
            return
        self._log.error("alarm", extra={"fields": {"what": what, "subject": subject, "why": why}})

    def _was_written(self, what: str, why: str) -> bool:
        now = self._elapsed()
        with self._lock:
            last, when = self._written.get(what, ("", 0.0))
            if last == why and now - when < SILENCE:
                return True
            self._written[what] = (why, now)
            return False
