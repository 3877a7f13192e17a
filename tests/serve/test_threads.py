"""A message that is handled in another thread is handled as ever."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from sekisho.core import replies
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan
from sekisho.serve.threads import OwnThreads
from tests.support.stores import a_transaction

PLAN = Plan((), (), (), replies.DISCARD, ())


@dataclass
class Kept:
    """A handler that keeps one message until it is let go, and notes who called what."""

    kept: Transaction | None = None
    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    threads: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def handle(self, transaction: Transaction) -> Plan:
        self.threads.append(threading.current_thread().name)
        if transaction is self.kept:
            self.begun.set()
            self.go.wait()
            raise ValueError("it was kept")
        return PLAN

    def failed(self, stage: str, error: BaseException) -> None:
        self.called.append(f"failed {stage} {error}")

    def finished(self, transaction: Transaction, plan: Plan, seconds: float) -> None:
        self.called.append(f"finished {seconds:g}")

    def close(self) -> None:
        self.called.append("closed")


def test_a_message_that_waits_keeps_no_other_and_what_is_raised_is_raised() -> None:
    kept, other = a_transaction(), a_transaction(body=b"another")
    inner = Kept(kept)
    handler = OwnThreads(inner)
    raised: list[BaseException] = []

    def handle() -> None:
        with pytest.raises(ValueError, match="it was kept") as caught:
            handler.handle(kept)
        raised.append(caught.value)

    session = threading.Thread(target=handle)
    session.start()
    inner.begun.wait()
    assert handler.handle(other) is PLAN
    inner.go.set()
    session.join()
    assert len(raised) == 1
    assert all(name.startswith("message") for name in inner.threads)


def test_everything_else_is_passed_on() -> None:
    inner = Kept()
    handler = OwnThreads(inner)
    handler.failed("apply", ValueError("odd"))
    handler.finished(a_transaction(), PLAN, 0.5)
    handler.close()
    assert inner.called == ["failed apply odd", "finished 0.5", "closed"]
