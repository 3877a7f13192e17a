"""Milters that can be started: what they have in common.

Each gets a folder of its own and a unix socket in it (one also a TCP port), and ends with the guard at the latest.
`Absent` says in words why one cannot take part; the comparison goes on without it.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from integration import waiting
from integration.guard import Guard

WORKERS = 2
"""Of every contender that has workers."""
START = 90.0
"""Seconds that a contender has to open its socket."""


class Absent(Exception):
    """The contender cannot take part."""


@dataclass(frozen=True, slots=True)
class Place:
    """What contenders are given: who ends them, a folder that is kept between runs, and a listener for mail."""

    guard: Guard
    cache: Path
    mail_port: int
    """Of 127.0.0.1; takes all mail and forgets it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A milter that answers."""

    socket: str
    """As libmilter spells it."""
    child: subprocess.Popen[bytes]


Contender = Callable[[Place], Running]


def start(
    place: Place, command: Sequence[str | Path], at: str, log: Path, environment: Mapping[str, str] | None = None
) -> Running:
    """Start a milter that will listen at ``at``, and wait until it does. Raises `Absent`, with the log's end."""
    child = place.guard.start(command, log, environment)
    try:
        waiting.until(lambda: child.poll() is not None or accepts(at), f"a milter at {at}", START)
    except waiting.NeverHappened as error:
        place.guard.stop(child)
        raise Absent(f"{error}: {_end(log)}") from None
    if child.poll() is not None:
        raise Absent(f"{Path(command[0]).name} ended with {child.returncode}: {_end(log)}")
    return Running(at, child)


def accepts(at: str) -> bool:
    """Whether something listens at ``unix:PATH`` or ``inet:PORT@127.0.0.1``."""
    kind, _, rest = at.partition(":")
    if kind == "inet":
        return waiting.answers(int(rest.partition("@")[0]))
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(rest) == 0


def _end(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return " / ".join(line for line in lines[-6:] if line.strip())[-400:]
