"""large-message: a message of so many octets or more; a weak signal, for the score.

Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.fields import SizeField
from sekisho.core.finding import Finding
from sekisho.inspectors import settings as base

CODES = ("large-message",)


class Settings(base.Settings):
    score: float = Field(default=0.1, ge=0, le=100, description="What one finding adds to a message's score")
    size: SizeField = Field(default=10_000_000, description="Size of the message from which on there is a finding")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding; values: ``size`` and ``limit``, in octets."""
    size = facts.transaction.size
    if size >= settings.size:
        values = {"size": size, "limit": settings.size}
        yield Finding(CODES[0], "message", facts.everyone, score=settings.score, values=values)
