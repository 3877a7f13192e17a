"""What a listener does instead of what it would do: answers to some commands, for some time.

A script is shared between the thread that plays a listener and the test that directs it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

END_OF_DATA = "."
"""How the end of DATA is called where a command is asked for; the recipients' paths follow it."""
LOSE = ""
"""The answer that never arrives: the command is carried out, then the connection closes."""


def end_of_data(paths: Iterable[str]) -> str:
    """The end of DATA of a message to these recipients, as scripts know it."""
    return " ".join([END_OF_DATA, *paths])


@dataclass(slots=True)
class Line:
    """Commands that start with ``command`` (letter case ignored) get ``answer``, ``times`` times or always."""

    command: str
    answer: str
    times: int | None = None


class Script:
    """Lines in the order given; the first that fits a command and is not used up is its answer."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._lock = threading.Lock()

    def add(self, command: str, answer: str, times: int | None = None) -> None:
        with self._lock:
            self._lines.append(Line(command, answer, times))

    def clear(self) -> None:
        with self._lock:
            self._lines.clear()

    def answer(self, command: str) -> str | None:
        """The scripted answer to a command; None when the script says nothing of it."""
        if not self._lines:
            return None
        with self._lock:
            for line in self._lines:
                if line.times != 0 and command.upper().startswith(line.command.upper()):
                    line.times = line.times - 1 if line.times is not None else None
                    return line.answer
        return None
