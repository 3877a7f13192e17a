"""Messages handled in threads of Python's own, for what may call back from C.

libmilter carries a session from one of its threads to another, and pymilter a thread state with it. Python's book of
which state belongs to which thread is wrong there, and a C library that is called in such a thread and calls back, as
libpq does for each notice of a server, gets the state of another session, or of one that has ended: the process dies.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sekisho.core.message import Transaction
from sekisho.core.plan import Plan
from sekisho.mta.session import Handler

MOST = 64
"""Messages that are handled at a time; more wait."""


class OwnThreads:
    """A handler around another; only `handle` changes threads."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._threads = ThreadPoolExecutor(MOST, thread_name_prefix="message")

    def handle(self, transaction: Transaction) -> Plan:
        return self._threads.submit(self._handler.handle, transaction).result()

    def failed(self, stage: str, error: BaseException) -> None:
        self._handler.failed(stage, error)

    def finished(self, transaction: Transaction, plan: Plan, seconds: float) -> None:
        self._handler.finished(transaction, plan, seconds)

    def close(self) -> None:
        self._threads.shutdown()
        self._handler.close()
