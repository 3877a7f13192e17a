"""How far something is that takes long, told to whoever waits."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is, and how much there is."""


def silent(what: str, done: int, total: int) -> None:
    """Nobody waits."""
