"""Whose turn it is: messages of a process are judged one at a time.

RE2 matches without the interpreter's lock, so at each pattern another thread takes it. With many messages at once the
threads would do little but wake each other. Who is about to wait for something outside, or to read what is in files,
leaves its turn to the others; nobody waits for one longer than `PATIENCE`, whatever its holder does.
"""

from __future__ import annotations

from threading import Lock, get_ident

PATIENCE = 0.05
"""Seconds; then a message is judged beside others, as all would be without turns."""


class Turn:
    """``with turn:`` is one's turn. Never raises."""

    __slots__ = ("_holder", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._holder = 0

    def __enter__(self) -> None:
        if self._lock.acquire(timeout=PATIENCE):
            self._holder = get_ident()

    def __exit__(self, *_error: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Go on beside the others; nothing for a thread whose turn it is not."""
        if self._holder == get_ident():
            self._holder = 0
            self._lock.release()


TURN = Turn()
"""Of this process, as the interpreter's lock is."""
