"""Running ``milterload``, the load generator beside this file, and reading what it measured."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path

from integration.bench.messages import RECIPIENT, SENDER

SOURCE = Path(__file__).with_name("milterload.c")
_RATE = re.compile(r"(\d+) of (\d+) transactions in [\d.]+ s: (\d+) msg/s")
_LATENCY = re.compile(r"end-of-message ms p50 ([\d.]+) p99 ([\d.]+) max ([\d.]+)")
_REPLIES = re.compile(r"replies:(.*?)  modifications:(.*)")


class Broken(Exception):
    """Not every transaction was answered."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent, and how."""

    name: str
    mail: Path
    connections: int = 10
    per_connection: int = 100
    rate: float = 0
    """Messages a second; 0 is as fast as can be."""
    more: tuple[Path, ...] = ()
    """Further mails, sent in turn with the first."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured: messages a second, and milliseconds from end-of-message to its reply."""

    rate: float
    p50: float
    p99: float
    longest: float
    replies: dict[str, int] = field(default_factory=dict)
    processor: float = 0.0
    """Microseconds of processor time that all processes of the milter used for a message."""


class Milterload:
    """The compiled generator."""

    def __init__(self, folder: Path) -> None:
        self._program = folder / "milterload"
        if not self._program.exists() or self._program.stat().st_mtime < SOURCE.stat().st_mtime:
            subprocess.run(["cc", "-O2", "-pthread", "-o", str(self._program), str(SOURCE)], check=True)

    def run(self, socket: str, load: Load, count: int, *, patience: float = 120, cores: str = "") -> Run:
        """Send ``count`` messages to a milter; raises `Broken`. ``cores`` are the processors to keep to."""
        command = [*(["taskset", "-c", cores] if cores else []), str(self._program), "-s", socket, "-u"]
        command += ["-c", str(load.connections), "-n", str(count), "-k", str(load.per_connection)]
        command += [
            "-f",
            SENDER,
            "-r",
            RECIPIENT,
            *(["-R", str(load.rate)] if load.rate else []),
            str(load.mail),
            *map(str, load.more),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=patience)
        except subprocess.TimeoutExpired:
            raise Broken(f"no end within {patience:g} s") from None
        if done.returncode:
            raise Broken(" ".join((done.stdout + done.stderr[-300:]).split()))
        return read(done.stdout)


def read(output: str) -> Run:
    """What milterload printed."""
    rate, latency, replies = _RATE.search(output), _LATENCY.search(output), _REPLIES.search(output)
    if rate is None or latency is None or replies is None:
        raise Broken(f"cannot read {output!r}")
    counts = (word.split("=") for word in replies[1].split())
    p50, p99, longest = map(float, latency.groups())
    return Run(float(rate[3]), p50, p99, longest, {reply: int(number) for reply, number in counts})


def warm_up(program: Milterload, socket: str, load: Load, seconds: float) -> int:
    """Messages that keep the milter busy for about that long, found by a first run that is not measured."""
    if load.rate:
        return max(1, int(load.rate * seconds))
    first = program.run(socket, replace(load, rate=0), 20 * load.connections)
    second = program.run(socket, load, max(20 * load.connections, int(first.rate * seconds / 4)))
    return max(10 * load.connections, int(second.rate * seconds))
