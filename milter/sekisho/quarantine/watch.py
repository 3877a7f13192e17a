"""Whom the quarantine's workers tell what they do: log lines and metrics are the listener's affair."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Called from several threads; must not raise."""

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        """So many recipients were ``sent``, ``deferred`` or ``bounced``, ``lag`` seconds after the decision."""

    def noticed(self, kind: str, outcome: str) -> None:
        """A notice was ``sent``, ``deferred`` or ``failed``."""

    def alarmed(self, what: str, subject: str, why: str) -> None:
        """Somebody should look: ``damaged``, ``uncertain``, ``missing-file``, ``store``, ``timer`` …"""


def backoff(attempts: int) -> float:
    """Seconds from a failed attempt to the next: 5, doubling to 15 minutes."""
    return float(min(5 << min(attempts, 8), 900))
