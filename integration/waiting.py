"""Waiting for a condition, never for a time: ask again until it is so, and say what was missing when it never was."""

from __future__ import annotations

import itertools
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds until a condition that did not come true is a failure."""
_FIRST_PORT, _END_OF_PORTS = 12_000, 32_000
_turns = itertools.count(os.getpid() * 101)


class NeverHappened(AssertionError):
    """A condition did not come true in time."""


def until(condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first true value of ``condition``; `NeverHappened`, naming ``what``, when there is none in ``patience``."""
    end = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > end:
            raise NeverHappened(f"not within {patience:g} s: {what}")
        time.sleep(0.01)
    return value


def until_none(
    count: Callable[[], int],
    what: str,
    stall: float,
    now: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> float:
    """Return when ``count`` gives 0: after how many seconds. However long, while it falls: `NeverHappened` when it
    has given no new lowest number for ``stall`` seconds. Asked once a second, since counting takes work."""
    began = fell = now()
    lowest: int | None = None
    while left := count():
        if lowest is None or left < lowest:
            lowest, fell = left, now()
        elif now() - fell > stall:
            raise NeverHappened(f"{left} left, no fewer for {stall:g} s: {what}")
        pause(1.0)
    return now() - began


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now, all different; none that the kernel gives to who connects.

    Each process goes on from a place of its own, so that two do not get the same port before one of them listens.
    """
    found: list[int] = []
    while len(found) < count:
        port = _FIRST_PORT + next(_turns) % (_END_OF_PORTS - _FIRST_PORT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
    return found


def answers(port: int) -> bool:
    """Whether something accepts connections on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
