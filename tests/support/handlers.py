"""Handlers for sessions under test: they remember what they were given and answer as told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sekisho.core import replies
from sekisho.core.edits import Edit
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan
from sekisho.core.replies import Reply
from sekisho.mta.session import Sessions, Settings

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def planned(*edits: Edit, reply: Reply = replies.ACCEPT) -> Plan:
    """A plan of these edits and this reply."""
    return Plan(edits, (), (), reply, ())


class Recorder:
    """Plays a plan for every message and keeps everything that it is told."""

    def __init__(self, plan: Plan | Callable[[Transaction], Plan] | None = None) -> None:
        self._plan = plan or planned()
        self.seen: list[Transaction] = []
        self.bodies: list[bytes] = []
        self.failures: list[tuple[str, BaseException]] = []
        self.done: list[tuple[Transaction, Plan, float]] = []

    def handle(self, transaction: Transaction) -> Plan:
        self.seen.append(transaction)
        self.bodies.append(transaction.body.read())
        return self._plan(transaction) if callable(self._plan) else self._plan

    def failed(self, stage: str, error: BaseException) -> None:
        self.failures.append((stage, error))

    def finished(self, transaction: Transaction, plan: Plan, seconds: float) -> None:
        self.done.append((transaction, plan, seconds))

    def close(self) -> None:
        """Nothing was put off."""


def sessions(handler: Recorder, spool: Path, memory: int = 1 << 20) -> Sessions:
    """A maker of sessions whose clock stands still."""
    return Sessions(handler, Settings(spool, memory), lambda: NOON)
