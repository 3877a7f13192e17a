"""Where a case is played: an MTA, Sekisho behind it, and everybody who gets mail.

`real.RealWorld` is Postfix and a serving Sekisho; `imitation.Imitation` is a strict MTA in memory around the gateway.
"""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from integration import later
from integration.client import Answer
from integration.script import Script
from integration.sending import Send
from integration.sink import Arrival, Sink
from sekisho.cli.main import main


@dataclass(frozen=True, slots=True)
class Ran:
    """A command line that has ended."""

    words: tuple[str, ...]
    status: int
    output: bytes
    errors: str


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of the HTTP listener."""

    status: int
    text: str
    location: str = ""
    """Where a redirection leads."""


class World(ABC):
    """What events change and claims look at."""

    name: str
    trace: int
    """How many Received fields the gateway itself puts on a message that it passes on."""
    sink: Sink
    """Where all mail ends."""
    configuration: Path
    store: Path
    """The database file."""

    def __init__(self) -> None:
        self._lock: sqlite3.Connection | None = None
        self.pages: dict[str, str] = {}
        """The page on which each person is."""
        self._passed = timedelta()

    def pass_time(self, lasts: timedelta) -> None:
        """So much time goes by, once everything that is due now is done.

        The daemon's clock is left alone: beside it a release worker of our own, on the same store, is told that it is
        later, does what is due then, and goes.
        """
        self._passed += lasts
        later.work(self.configuration, self._passed)

    @abstractmethod
    def send(self, send: Send) -> Answer:
        """Put a message in; the answer to it, or the first refusal."""

    @abstractmethod
    def settle(self) -> None:
        """Return when everything that goes without anybody's doing has gone."""

    def forget(self) -> None:
        """A new case begins: nothing is under way, scripted or remembered; it is now again."""
        self._passed = timedelta()
        self._forget()

    @abstractmethod
    def _forget(self) -> None:
        """Nothing is under way, scripted or remembered."""

    @property
    @abstractmethod
    def reinjection(self) -> Script:
        """What the re-injection listener does otherwise than usual."""

    @property
    @abstractmethod
    def delivery(self) -> Script:
        """What the next hop, behind the MTA, does otherwise than usual."""

    @abstractmethod
    def shut_reinjection(self) -> None:
        """Let nobody reach the re-injection listener."""

    @abstractmethod
    def open_reinjection(self) -> None:
        """Undo `shut_reinjection`."""

    @abstractmethod
    def mta_held(self) -> list[str]:
        """The recipients of what stands in the MTA's own hold queue."""

    @abstractmethod
    def release_mta_hold(self) -> None:
        """Let everything out of it."""

    @abstractmethod
    def log(self) -> list[str]:
        """The daemon's log lines since `forget`."""

    @abstractmethod
    def metrics(self) -> str:
        """A scrape of /metrics."""

    def page(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Page:
        """Ask the HTTP listener as a browser does, without following where it leads."""
        raise AssertionError(f"{method} {path} {form}: nobody serves a page here; such cases are only on postfix")

    @abstractmethod
    def troubles(self) -> str:
        """What everybody said last, for whoever looks at a failure."""

    def arrivals(self) -> list[Arrival]:
        return self.sink.arrivals

    def sekisho(self, *words: str) -> Ran:
        """Run a command line of ours, as the `sekisho` command would, on this world's configuration."""
        given = ("-c", str(self.configuration))
        output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            status = _status(_with(words, given))
        return Ran(words, status, output.buffer.getvalue(), errors.buffer.getvalue().decode())

    def holds(self) -> dict[str, dict[str, Any]]:
        """Every hold of the store, open or not, by its id."""
        ran = self.sekisho("quarantine", "list", "--json", "--all")
        if ran.status:
            raise AssertionError(f"quarantine list ended with {ran.status}: {ran.errors}")
        rows = [json.loads(line) for line in ran.output.splitlines()]
        return {row["hold_id"]: row for row in rows}

    def lock_store(self) -> None:
        """Nobody else can write to the database."""
        self._lock = sqlite3.connect(self.store, isolation_level=None)
        self._lock.execute("BEGIN IMMEDIATE")

    def free_store(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _with(words: tuple[str, ...], given: tuple[str, ...]) -> list[str]:
    """The configuration stands behind the verbs."""
    verbs = 2 if words[0] in ("quarantine", "audit", "stats", "db") and len(words) > 1 and words[1][0] != "-" else 1
    return [*words[:verbs], *given, *words[verbs:]]


def _status(words: list[str]) -> int:
    try:
        status: int | str | None = main(words)
    except SystemExit as left:
        status = left.code
    return status if isinstance(status, int) else int(bool(status))


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``over`` laid upon ``base``, mapping by mapping; a null takes a key away."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return {key: value for key, value in result.items() if value is not None}
