"""Signals as something to wait for: a handler does nothing, the number is read from a pipe in the main loop."""

from __future__ import annotations

import os
import signal
from types import FrameType

WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class Signals:
    """From construction on, the watched signals no longer interrupt anything."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in WATCHED:
            signal.signal(number, _nothing)

    def fileno(self) -> int:
        return self._reading

    def read(self) -> frozenset[int]:
        """The numbers that came since the last time."""
        try:
            return frozenset(os.read(self._reading, 4096))
        except BlockingIOError:
            return frozenset()

    def forget(self) -> None:
        """In a forked child: as if nobody had ever watched."""
        signal.set_wakeup_fd(-1)
        for number in WATCHED:
            signal.signal(number, signal.SIG_DFL)
        os.close(self._reading)
        os.close(self._writing)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """A handler is needed for the pipe to be written to; SIG_IGN would be inherited by roles."""
