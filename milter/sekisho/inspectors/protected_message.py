"""protected-message: signed or encrypted as a whole (S/MIME, PGP), so that an edit would break it.

Kind ``encrypted`` or ``signed`` where the top content type tells, else empty. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.inspectors import settings as base

CODES = ("protected-message",)

_SIGNED = (b"multipart/signed", b"signed-data", b"clear-signed")
_ENCRYPTED = (b"multipart/encrypted", b"enveloped-data", b"pkcs7-mime", b"authenveloped-data")


class Settings(base.Settings):
    score: float = Field(default=0.0, ge=0, le=100, description="What one finding adds to a message's score")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding."""
    if facts.structure.protected:
        yield Finding(CODES[0], "header:Content-Type", facts.everyone, kind=_kind(facts), score=settings.score)


def _kind(facts: Facts) -> str:
    declared = b" ".join(field.value[:1000].lower() for field in facts.named("content-type"))
    if any(word in declared for word in _SIGNED):
        return "signed"
    return "encrypted" if any(word in declared for word in _ENCRYPTED) else ""
