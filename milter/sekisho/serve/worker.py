"""A milter worker: a forked child that answers the MTA on the shared socket until it is told to leave.

Workers are never signalled: libmilter owns SIGHUP, SIGTERM and SIGINT here. A thread follows the control line instead.
On ``drain`` or ``stop`` it puts a dummy over the listening descriptor, waits for what is open, and ends the process at
once; whatever was answered had been committed before. Engines (database, threads) are made here, after the fork.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from types import TracebackType
from typing import NoReturn

from sekisho.mta.listener import Listener
from sekisho.mta.session import Activity, Handler, Sessions, Settings
from sekisho.serve.control import Order, Orders, Report, report

SETTLE = 0.5
"""Seconds for which nothing may be open before a worker leaves: a reply is written after its callback returns."""
_STEP = 0.02
_EX_SOFTWARE = 70


@dataclass(frozen=True, slots=True)
class Crew:
    """What the workers of one configuration have in common."""

    make_handler: Callable[[int], Handler]
    """Called in the worker with its slot number; opens whatever the handler needs."""
    workers: int
    collecting: Settings
    patience: float = 60.0
    """Seconds that a leaving worker waits for sessions, and then for transactions."""


def work(listener: Listener, crew: Crew, slot: int, line: socket.socket, log: logging.Logger) -> NoReturn:
    """Be a worker. Never returns; the exit status is 0 unless something went wrong."""
    try:
        _work(listener, crew, slot, line)
    except BaseException as error:
        log.error("worker failed", extra={"fields": {"slot": slot}}, exc_info=error)
        os._exit(_EX_SOFTWARE)
    os._exit(0)


def _work(listener: Listener, crew: Crew, slot: int, line: socket.socket) -> None:
    _keep_to_one_processor(slot)
    handler = crew.make_handler(slot)
    activity = Activity()
    sys.excepthook = _unseen(handler)
    departure = Thread(target=_depart, args=(listener, activity, handler, line, crew.patience), daemon=True)
    # What the handler needs stays, as what was here before the fork does.
    gc.collect()
    gc.freeze()
    departure.start()
    report(line, Report.READY)
    listener.serve(Sessions(handler, crew.collecting, _now, activity))
    handler.close()  # somebody has stopped libmilter by a signal


def _keep_to_one_processor(slot: int) -> None:
    """Run all threads on one processor, workers next to each other on different ones.

    One thread at a time holds the interpreter's lock: where they sit on several processors, the lock and all that is
    worked with go from cache to cache. The supervisor's number makes several daemons begin at different processors.
    """
    processors = sorted(os.sched_getaffinity(0))
    with suppress(OSError):
        os.sched_setaffinity(0, {processors[(os.getppid() + slot) % len(processors)]})


def _depart(listener: Listener, activity: Activity, handler: Handler, line: socket.socket, patience: float) -> None:
    """Wait for the order to leave, then leave."""
    orders = Orders(line)
    order = orders.wait()
    listener.stop_accepting()
    report(line, Report.CLOSED)
    if order is not Order.DRAIN or not _quiet(activity.sessions, orders, patience):
        _quiet(activity.transactions, orders, patience)
    with suppress(Exception):
        handler.close()
    os._exit(0)


def _quiet(busy: set[object], orders: Orders, patience: float) -> bool:
    """Wait until nothing has been busy for a moment; false if patience runs out or a stricter order comes first."""
    deadline = time.monotonic() + patience
    quiet_since = time.monotonic()
    while (now := time.monotonic()) < deadline:
        if busy:
            quiet_since = now
        elif now - quiet_since >= SETTLE:
            return True
        if orders.wait(_STEP) is Order.STOP:
            return False
    return False


def _unseen(handler: Handler) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """For exceptions that pymilter meets before it calls us (a HELO name that is not UTF-8): counted, one line."""

    def report(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        handler.failed("collect", error)

    return report


def _now() -> datetime:
    return datetime.now(UTC)
