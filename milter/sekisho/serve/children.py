"""The supervisor's children: forked milter workers and executed roles, each in a seat of its own.

A seat outlives its occupants: who dies comes back after a pause that doubles while deaths come soon after one another.
A worker's seat has a slot number, which is its identity in metrics and journals; nobody else has it while it lives.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sekisho.serve.control import inherited
from sekisho.serve.worker import Crew

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""Seconds of life after which a death counts as the first."""


class Process(Protocol):
    """A child process of either kind."""

    pid: int

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it lives."""


class Forked:
    """A child made by fork alone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status


@dataclass(eq=False, slots=True)
class Child:
    """A living child, and the supervisor's end of its line."""

    process: Process
    line: socket.socket
    born: float
    ready: bool = False
    leaving: bool = False
    closed: bool = False
    """A worker that accepts no more connections."""
    deadline: float | None = None
    """When it is killed if it has not left by then."""

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.deadline = None


@dataclass(eq=False, slots=True)
class Seat:
    """A place to be filled: ``start``, given the time, makes a child for it."""

    name: str
    start: Callable[[float], Child]
    slot: int | None = None
    child: Child | None = None
    deaths: int = 0
    due: float = 0.0
    """When the next occupant may start."""

    def vacate(self, now: float) -> None:
        """Its occupant has died unasked, or could not even start."""
        steady = self.child is not None and now - self.child.born >= STEADY
        self.deaths = 1 if steady else self.deaths + 1
        self.due = now + min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        self.child = None


@dataclass(eq=False, slots=True)
class Team:
    """The workers of one configuration."""

    crew: Crew
    seats: list[Seat]
    born: float

    @property
    def ready(self) -> bool:
        return all(seat.child is not None and seat.child.ready for seat in self.seats)


def fork(work: Callable[[socket.socket], object], close_in_child: Callable[[], None], now: float) -> Child:
    """A worker: ``work`` is called in the child with its end of the line and does not return."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        # From here on nothing may return into the supervisor's code.
        try:
            ours.close()
            close_in_child()
            os.setpgid(0, 0)  # a terminal's Ctrl-C is the supervisor's affair
            work(theirs)
        finally:
            os._exit(os.EX_SOFTWARE)
    theirs.close()
    return Child(Forked(pid), ours, now)


def execute(command_line: Sequence[str], now: float) -> Child:
    """A role: a program of its own, in a process group of its own."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own command, given by the caller
            command_line, pass_fds=(theirs.fileno(),), env=inherited(theirs), stdin=subprocess.DEVNULL, process_group=0
        )
    return Child(process, ours, now)


def free_slots(taken: Iterable[int], count: int) -> list[int]:
    """The lowest slot numbers that nobody has."""
    used = set(taken)
    return [slot for slot in range(len(used) + count) if slot not in used][:count]
