"""A terminal that somebody sits in front of: a program on a real pty, and what its screen shows (pyte)."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import pyte

_PATIENCE = 120.0
"""Seconds after which a test gives up."""


class Terminal:
    """Rows of characters, keys that are pressed, a size that changes."""

    def __init__(self, command: Sequence[str], columns: int, rows: int, environment: Mapping[str, str]) -> None:
        self._ours, self._theirs = pty.openpty()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._resized(columns, rows)
        self.before = termios.tcgetattr(self._theirs)
        self.octets = b""
        """All that was ever written to it."""
        # A new session takes the first terminal that it opens for its own, so that Ctrl-C reaches it.
        opening = ["sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(self._theirs), *command]
        # Curses believes in these two before it asks the terminal.
        sized = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        surroundings = {**sized, "TERM": "linux", **environment}
        self.child = subprocess.Popen(opening, start_new_session=True, env=surroundings)

    @property
    def lines(self) -> list[str]:
        """What is to be read, row by row."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def until(self, holds: Callable[[], bool]) -> None:
        """Read on until it does."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            left = end - time.monotonic()
            assert left > 0 and self._read(left), f"it never was so; what is shown:\n{self.text}"

    def until_shown(self, text: str) -> None:
        self.until(lambda: text in self.text)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)
        self._resized(columns, rows)
        self.child.send_signal(signal.SIGWINCH)

    def ended(self) -> int:
        """Its exit status, once it has ended by itself; all that it wrote was read."""
        while self.child.poll() is None:
            self._read(0.05)
        while self._read(0.0):
            pass
        return self.child.returncode

    def modes(self) -> list[object]:
        """How the terminal is set now: echo, lines, signals."""
        return termios.tcgetattr(self._theirs)

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def _read(self, patience: float = _PATIENCE) -> bool:
        ready, _, _ = select.select([self._ours], [], [], patience)
        if not ready:
            return False
        with suppress(OSError):
            octets = os.read(self._ours, 65536)
            self.octets += octets
            self._stream.feed(octets)
            return bool(octets)
        return False

    def _resized(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


@contextmanager
def terminal(
    command: Sequence[str], columns: int = 100, rows: int = 12, environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """The program runs on it until the end of the block at most."""
    shown = Terminal(command, columns, rows, environment or {})
    try:
        yield shown
    finally:
        shown.close()
