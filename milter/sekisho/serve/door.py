"""What comes to the page behind notices' links, counted and logged; never a token."""

from __future__ import annotations

import logging

from sekisho.serve.metrics import Metrics


class Door:
    """Called from several threads, never raises."""

    def __init__(self, metrics: Metrics, log: logging.Logger) -> None:
        self._metrics = metrics
        self._log = log

    def note(self, what: str, hold: str, why: str = "") -> None:
        self._metrics.links.labels(what, why).inc()
        fields = {"outcome": what, "hold": hold, "why": why}
        self._log.info("link", extra={"fields": {name: value for name, value in fields.items() if value}})
