"""A terminal as the watch view needs it: lines drawn, keys by their names, a line of text asked for.

Given curses' window. Colour and bold only where the terminal has them and NO_COLOR is not set.
"""

from __future__ import annotations

import curses
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from sekisho.cli.columns import fit, width
from sekisho.cli.watch_screen import Line, Style

_COLOURS = {Style.SOON: curses.COLOR_YELLOW, Style.LATE: curses.COLOR_RED}
_ESCAPE, _ERASE = "\x1b", ("\x7f", "\b", "KEY_BACKSPACE")


@contextmanager
def opened() -> Iterator[Terminal]:
    """The terminal; as it was before at the end of the block, whatever ends it. Raises `curses.error`."""
    window = curses.initscr()
    try:
        curses.noecho()
        curses.cbreak()
        yield Terminal(window)
    finally:
        curses.endwin()


class Terminal:
    """In front of somebody; its size may change at any time."""

    def __init__(self, window: curses.window) -> None:
        self._window = window
        window.keypad(True)
        with suppress(curses.error):
            curses.curs_set(0)
        self._styles = _styles()

    @property
    def columns(self) -> int:
        """But one: whoever writes to the last cell of all makes the terminal scroll."""
        return max(self._window.getmaxyx()[1] - 1, 1)

    @property
    def height(self) -> int:
        return self._window.getmaxyx()[0]

    def draw(self, lines: Iterable[Line]) -> None:
        """All lines, the first at the top; what has no room is left out."""
        self._window.erase()
        for row, (text, style) in enumerate(lines):
            self._put(row, text, self._styles[style])
        self._window.refresh()

    def key(self, patience: float) -> str:
        """The next key: a character, or curses' name of it; empty after so many seconds, or where the size changed."""
        self._window.timeout(int(patience * 1000))
        try:
            pressed = self._window.get_wch()
        except curses.error:
            return ""
        return pressed if isinstance(pressed, str) else curses.keyname(pressed).decode("ascii", "replace")

    def ask(self, prompt: str, draw: Callable[[], None]) -> str | None:
        """A line of text, typed at the bottom; None after Escape. ``draw`` paints what stands above."""
        typed = ""
        while True:
            draw()
            shown = fit(prompt + typed, self.columns) if width(prompt + typed) < self.columns else (prompt + typed)
            self._put(self.height - 2, shown[-self.columns :], curses.A_BOLD)
            self._window.refresh()
            key = self.key(1.0)
            if key in ("\n", "\r", "KEY_ENTER"):
                return typed
            if key == _ESCAPE:
                return None
            typed = typed[:-1] if key in _ERASE else typed + (key if len(key) == 1 and key.isprintable() else "")

    def _put(self, row: int, text: str, how: int) -> None:
        with suppress(curses.error):
            self._window.addstr(row, 0, text, how)


def _styles() -> dict[Style, int]:
    plain = dict.fromkeys(Style, curses.A_NORMAL) | {Style.CHOSEN: curses.A_REVERSE}
    if "NO_COLOR" in os.environ:
        return plain
    styles = plain | {Style.TITLE: curses.A_BOLD, Style.HELP: curses.A_DIM}
    if curses.has_colors():
        curses.start_color()
        curses.use_default_colors()
        for number, (style, colour) in enumerate(_COLOURS.items(), 1):
            curses.init_pair(number, colour, -1)
            styles[style] = curses.color_pair(number)
    return styles
