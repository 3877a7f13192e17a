"""What is fuzzed: a parser, octets that it knows, and what must hold whatever it is given."""

from __future__ import annotations

import random
import signal
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import FrameType

from tests.fuzz.mutation import mutated

SECONDS = 20.0
"""Of processor time for one case: far above every limit of a parser, and above what a busy machine adds."""

_UNFIT = frozenset({"Cc", "Zl", "Zp", "Cs"})
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
Mutate = Callable[[bytes, Sequence[bytes], random.Random], bytes]


class Endless(Exception):
    """A case that does not come to an end."""


@dataclass(frozen=True)
class Target:
    """A parser under test. ``check`` raises whatever goes wrong; an assertion says what did not hold."""

    name: str
    make_seeds: Callable[[], Sequence[bytes]]
    check: Callable[[bytes], None]
    cases: int
    """Run by ``make test``."""
    mutate: Mutate = mutated

    @cached_property
    def seeds(self) -> tuple[bytes, ...]:
        return tuple(self.make_seeds())

    def case(self, number: int) -> bytes:
        """The octets of a case, always the same."""
        chance = random.Random(f"{self.name} {number}")
        return self.mutate(self.seeds[number % len(self.seeds)], self.seeds, chance)

    def run(self, octets: bytes) -> None:
        """Check one case. Raises `Endless` where it takes too long."""
        with _ended():
            self.check(octets)


def is_one_line(text: str) -> bool:
    """Whether a text breaks no line and turns no direction where it is shown."""
    return not any(unicodedata.category(char) in _UNFIT or char in _TURNS for char in text)


@contextmanager
def _ended() -> Iterator[None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
