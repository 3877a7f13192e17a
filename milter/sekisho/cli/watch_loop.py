"""The watch view on a terminal: what keys do, and when to look at the store again.

Decisions are those of ``quarantine release`` and ``quarantine reject``. However it ends, by a key, Ctrl-C, SIGTERM or
an exception, the terminal is as it was before. While the store is away the last list stays, and a line says so.
"""

from __future__ import annotations

import argparse
import curses
import io
import locale
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from sekisho.cli import shown as words
from sekisho.cli.common import actor_of
from sekisho.cli.deciding import let_go, rejected, seen
from sekisho.cli.output import EX_UNAVAILABLE, CommandError, clean
from sekisho.cli.watch_screen import Shown, lines
from sekisho.cli.watch_terminal import Terminal, opened
from sekisho.config.load import Configuration
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable, audit
from sekisho.store.listing import listing, next_due
from sekisho.store.rows import HoldRow
from sekisho.store.search import Filter

_BY_KEY = {"j": 1, "k": -1, "KEY_DOWN": 1, "KEY_UP": -1, "KEY_NPAGE": 20, "KEY_PPAGE": -20, "KEY_HOME": -(10**9)}
_MOVES = {**_BY_KEY, "KEY_END": 10**9}
_TICK = 1.0
"""Seconds after which the times that are left are drawn again."""


def watch(configuration: Configuration, store: Store, options: argparse.Namespace, every: float) -> None:
    """Until ``q``. Raises `CommandError` where the terminal cannot be used."""
    locale.setlocale(locale.LC_ALL, "")
    with _terminated():
        try:
            with opened() as terminal:
                _Watch(terminal, configuration, store, options, every).run()
        except curses.error as error:
            raise CommandError(EX_UNAVAILABLE, f"the terminal cannot be used: {error}") from error


@contextmanager
def _terminated() -> Iterator[None]:
    """SIGTERM ends us as an exception does, so that the terminal is put right; exit status 143."""

    def end(number: int, frame: object) -> None:  # noqa: ARG001
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Watch:
    """One person in front of one terminal."""

    def __init__(
        self,
        terminal: Terminal,
        configuration: Configuration,
        store: Store,
        options: argparse.Namespace,
        every: float,
    ) -> None:
        self._terminal = terminal
        self._configuration = configuration
        self._store = store
        self._options = options
        self._every = every
        self._shown = Shown(due_first=options.due)
        self._recorded = -1
        self._next = 0.0

    def run(self) -> None:
        """Show, wait for a key or for the time to look again, and so on."""
        keys: dict[str, Callable[[], None]] = {
            "\n": self._show, "\r": self._show, "KEY_ENTER": self._show, "KEY_RIGHT": self._show,
            "r": self._release, "x": self._reject, "o": self._turn,
        }  # fmt: skip
        while True:
            self._look()
            self._draw()
            key = self._terminal.key(min(_TICK, self._every))
            if key in _MOVES:
                self._shown = self._shown.moved(_MOVES[key], self._terminal.height)
            elif key in ("q", "\x1b", "KEY_LEFT") and self._shown.about:
                self._shown = replace(self._shown, about=(), top=0, said="")
            elif key == "q":
                return
            elif key in keys and not self._shown.about:
                self._shown = replace(self._shown, said="")
                self._try(keys[key])

    def _look(self) -> None:
        """Read the list again if its time has come and something was put on record."""
        if monotonic() >= self._next:
            self._next = monotonic() + self._every
            self._try(self._read)

    def _read(self) -> None:
        recorded = self._store.read(audit.last)
        if recorded != self._recorded:
            self._shown = self._shown.with_rows(self._rows())
            self._recorded = recorded

    def _rows(self) -> list[HoldRow]:
        most = self._options.limit
        due = next_due(self._store, most) if self._shown.due_first else []
        known = {hold.id for hold in due}
        return [*due, *(hold for hold in listing(self._store, Filter(), limit=most) if hold.id not in known)][:most]

    def _draw(self) -> None:
        self._shown = self._shown.in_sight(self._terminal.height)
        now, zone = datetime.now(UTC), self._configuration.site.zone
        self._terminal.draw(lines(self._shown, now, zone, self._terminal.columns, self._terminal.height))

    def _try(self, work: Callable[[], None]) -> None:
        """Do it; what hinders it is said, and nothing ends."""
        try:
            work()
        except CommandError as error:
            self._say(error.message)
        except StoreUnavailable as error:
            self._say(f"the store cannot be used: {error.why}")

    def _say(self, text: str) -> None:
        self._shown = replace(self._shown, said=text)

    def _again(self) -> None:
        """What we did ourselves is seen at once."""
        self._recorded, self._next = -1, 0.0

    def _turn(self) -> None:
        self._shown = replace(self._shown, due_first=not self._shown.due_first, chosen=0, top=0)
        self._again()

    def _show(self) -> None:
        """All about the chosen hold; it is on record who looked, as with ``quarantine show``."""
        if (chosen := self._shown.hold()) is not None:
            hold = seen(self._store, self._options, chosen.id, "evidence")
            text = io.StringIO()
            with redirect_stdout(text):
                words.tell(hold, self._configuration.site.zone, self._configuration.site.languages[0])
            self._shown = replace(self._shown, about=text.getvalue().splitlines(), top=0)

    def _release(self) -> None:
        if (hold := self._shown.hold()) is None or not self._sure(f"Release {_named(hold)}?"):
            return
        options = self._deciding("")
        after = let_go(self._configuration, self._store, options, hold.id, Choice.RELEASE, actor_of(options))
        self._decided(after)

    def _reject(self) -> None:
        if (hold := self._shown.hold()) is None:
            return
        reason = self._terminal.ask("Why is it rejected (the sender is told)? ", self._draw)
        if reason is not None and self._sure(f"Reject {_named(hold)}?"):
            self._decided(rejected(self._configuration, self._store, self._deciding(reason), hold.id))

    def _decided(self, hold: HoldRow) -> None:
        self._say(f"{hold.id}: {hold.state.value}")
        self._again()

    def _sure(self, question: str) -> bool:
        answer = self._terminal.ask(f"{question} [y/N] ", self._draw)
        return answer is not None and answer.strip().lower() in ("y", "yes")

    def _deciding(self, reason: str) -> argparse.Namespace:
        """The options of the verb that decides, all recipients and nothing changed."""
        plain = {"recipient": [], "envelope_only": False, "without": [], "false_alarm": False}
        return argparse.Namespace(**{**vars(self._options), **plain, "reason": reason})


def _named(hold: HoldRow) -> str:
    more = f" and {hold.members} more alike" if hold.members else ""
    return clean(f"{hold.id[:8]} from {hold.message.sender.address or '<>'} to {len(hold.recipients)}{more}")
