"""Octets that may be long: where they are kept is somebody else's affair.

``Content`` is what the rest of the code asks for; ``Octets`` keeps them in memory. Files belong to `mta` (what is
being collected) and `store` (what is held).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from sekisho.core.values import value


class Content(Protocol):
    """Read-only octets of a known size."""

    @property
    def size(self) -> int:
        """Length in octets."""

    def read(self, limit: int = -1) -> bytes:
        """The first ``limit`` octets, or all of them."""

    def chunks(self) -> Iterator[bytes]:
        """All octets from the start, in pieces of at most 64 KiB or so; can be called again."""


@value(frozen=True, slots=True)
class Octets:
    """Content in memory."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, limit: int = -1) -> bytes:
        return self.data if limit < 0 else self.data[:limit]

    def chunks(self) -> Iterator[bytes]:
        if self.data:
            yield self.data


EMPTY = Octets(b"")
