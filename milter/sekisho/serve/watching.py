"""The release role's log lines and metrics."""

from __future__ import annotations

import logging

from sekisho.serve.metrics import Metrics


class Watching:
    """What the quarantine's workers tell; called from several threads, never raises."""

    def __init__(self, metrics: Metrics, log: logging.Logger) -> None:
        self._metrics = metrics
        self._log = log

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
        self._metrics.errors.labels(what).inc()
        self._log.error("alarm", extra={"fields": {"what": what, "subject": subject, "why": why}})
