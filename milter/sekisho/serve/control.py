"""The line between the supervisor and each of its children: a socket pair, one word a line.

The supervisor says ``drain`` or ``stop``; a worker says ``ready`` when it answers, and ``closed`` when it accepts no
more connections. End-of-file tells either side that the other has gone; a child that loses its supervisor drains.
Children that are executed find their end's number in the environment.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from select import select

VARIABLE = "SEKISHO_CONTROL"
"""Environment variable with the descriptor of an executed child's end."""


class Order(Enum):
    """How to leave: with all sessions ended by the MTA, or as soon as no transaction is open."""

    DRAIN = "drain"
    STOP = "stop"


def command(line: socket.socket, order: Order) -> None:
    """From the supervisor; a child that is gone needs no orders."""
    with suppress(OSError):
        line.sendall(order.value.encode() + b"\n")


class Report(Enum):
    """What a worker tells of itself."""

    READY = "ready"
    CLOSED = "closed"


def report(line: socket.socket, what: Report) -> None:
    """From a worker; a supervisor that is gone needs no reports."""
    with suppress(OSError):
        line.sendall(what.value.encode() + b"\n")


def reports(line: socket.socket) -> list[Report]:
    """What a worker has said; nothing when its end has been closed."""
    return [Report(word) for word in _words(line)]


def from_environment(environ: Mapping[str, str]) -> socket.socket | None:
    """An executed child's end of its line; None when nobody supervises it."""
    number = environ.get(VARIABLE, "")
    return socket.socket(fileno=int(number)) if number.isdigit() else None


class Orders:
    """A child's end, read."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._orphaned = False

    def wait(self, seconds: float | None = None) -> Order | None:
        """The next order, or None when there is none in time. Without a supervisor: to drain, told once."""
        if self._orphaned:
            select([], [], [], seconds)
            return None
        if not select([self._line], [], [], seconds)[0]:
            return None
        words = _words(self._line)
        self._orphaned = not words
        return Order.STOP if Order.STOP.value in words else Order.DRAIN


def inherited(line: socket.socket) -> dict[str, str]:
    """The environment of a child that is to be executed with this end of the line."""
    return {**os.environ, VARIABLE: str(line.fileno())}


def _words(line: socket.socket) -> list[str]:
    try:
        return line.recv(64).decode("ascii", "replace").split()
    except OSError:
        return []


def when_told(line: socket.socket | None, stop: Callable[[], None]) -> None:
    """Call ``stop`` on SIGTERM, SIGINT, any order, or when the supervisor has gone."""

    def follow(orders: Orders) -> None:
        orders.wait()
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if line is not None:
        threading.Thread(target=follow, args=(Orders(line),), daemon=True).start()
