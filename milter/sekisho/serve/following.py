"""Decisions, repeats and purges, counted as they are put on record, whichever process made them.

The command line, timers and gateways decide in processes of their own, some too short-lived to be asked by Prometheus.
All of them write the audit; the release role reads on from where the record ended when it started. Nothing is counted
twice on one gateway, and nobody waits for it.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime

from sekisho.core.outcomes import CORRECTED
from sekisho.serve.metrics import PURGED, Metrics
from sekisho.store import Store, StoreUnavailable, audit, holds
from sekisho.store.rows import AuditRow
from sekisho.store.unit import View

PAUSE = 1.0
"""Seconds between looks."""

DECISIONS = frozenset({"approve", "release", "reject", "cancel", "expire"})


class Following:
    """Reads the audit and counts."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self._after: int | None = None

    def run(self, stop: threading.Event) -> None:
        """From now until ``stop`` is set; a store that is away is asked again."""
        while True:
            with suppress(StoreUnavailable):
                self.step()
            if stop.wait(PAUSE):
                return

    def step(self) -> None:
        """Count everything that was put on record since the last time. Raises `StoreUnavailable`."""
        if self._after is None:
            self._after = self._store.read(audit.last)
        after = self._after
        for row, created in self._store.read(lambda view: _since(view, after)):
            self._count(row, created)
            self._after = row.sequence

    def _count(self, row: AuditRow, created: datetime | None) -> None:
        if "campaign" in row.details:
            # One decision, whatever follows it.
            return
        if outcome := row.details.get("outcome") or (CORRECTED if row.action == CORRECTED else ""):
            self._metrics.outcomes.labels(outcome).inc()
        if row.action == "purge":
            for what in PURGED:
                self._metrics.purged.labels(what).inc(row.details.get(what, 0))
        elif row.action == "offered-again":
            self._metrics.repeats.inc()
        elif row.action in DECISIONS and created is not None:
            self._metrics.decision_seconds.labels(row.action).observe((row.at - created).total_seconds())


def _since(view: View, after: int) -> list[tuple[AuditRow, datetime | None]]:
    """Entries after a number, a page of them, with the moment at which the hold of a decision was made."""
    rows = audit.entries(view, after=after)
    return [(row, holds.created(view, row.hold) if row.action in DECISIONS else None) for row in rows]
