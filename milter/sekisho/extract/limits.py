"""What reading one attached file may cost, all files within it together.

`Budget` counts, and raises `Spent` when a limit is reached: then reading ends at once, and what was left unread is a
problem of the file. The clock is passed in and counts processor seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Far above what people send, far below what harms."""

    depth: int = 6
    files: int = 2_000
    octets: int = 256_000_000
    """Decompressed, all together."""
    one: int = 64_000_000
    """Decompressed, of one file within another."""
    ratio: int = 300
    """Decompressed octets for one as it was sent."""
    free: int = 32_000_000
    """Decompressed octets up to which the ratio does not matter."""
    characters: int = 2_000_000
    seconds: float = 4.0


class Spent(Exception):
    """A limit on everything together was reached; the text is the problem's kind."""

    @property
    def kind(self) -> str:
        return str(self.args[0])


class Unreadable(Exception):
    """This one file cannot be read, or no further: a problem's kind and format."""

    def __init__(self, kind: str, file_format: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.format = file_format


class Budget:
    """What may still be spent on a file of ``size`` octets."""

    def __init__(self, limits: Limits, size: int, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._octets = min(limits.octets, max(limits.free, limits.ratio * size))
        self._files = limits.files
        self._characters = limits.characters
        self._clock = clock
        self._end = clock() + limits.seconds

    def octets(self, number: int) -> None:
        """So much was decompressed."""
        self._octets -= number
        if self._octets < 0:
            raise Spent("too-big")
        self.tick()

    def file(self) -> None:
        """Another file within the file."""
        self._files -= 1
        if self._files < 0:
            raise Spent("too-many-files")
        self.tick()

    def characters(self, number: int) -> int:
        """How many of these may be kept."""
        kept = min(number, self._characters)
        self._characters -= kept
        return kept

    def tick(self) -> None:
        """Called wherever much may be repeated."""
        if self._clock() > self._end:
            raise Spent("time-out")
