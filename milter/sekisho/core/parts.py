"""What a reader finds in a message: addresses, parts, texts, and the places where it could be read in two ways."""

from __future__ import annotations

from dataclasses import field

from sekisho.core.content import Content
from sekisho.core.values import value


@value(frozen=True, slots=True)
class Mailbox:
    """One address of a header field (RFC 5322 3.4)."""

    name: str
    """Display name, decoded; empty where there is none."""
    local: str
    domain: str
    """Spelled by `sekisho.core.domains.normal_domain`."""

    @property
    def address(self) -> str:
        return f"{self.local}@{self.domain}" if self.domain else self.local


@value(frozen=True, slots=True)
class Addresses:
    """All mailboxes that any reading of a field's value shows, and whether the readings differ."""

    mailboxes: tuple[Mailbox, ...]
    ambiguous: bool = False


@value(frozen=True, slots=True)
class Part:
    """A leaf of a message's MIME tree."""

    place: str
    """``body`` for the text a reader sees, else ``attachment:NAME``; nested ones joined by ``/``."""
    names: tuple[str, ...]
    """Every file name that any reading shows, the likeliest first."""
    type: str
    """The declared media type in lower case, ``text/plain`` where none is given (RFC 2045 5.2)."""
    content: Content
    """Decoded from its transfer encoding."""
    charset: str = ""
    flow: str = ""
    """``flowed`` or ``delsp`` where the lines of a text are to be joined (RFC 3676)."""
    attached: bool = False
    """Whether readers show it as an attachment rather than as text."""
    inline: bool = False
    """Whether it is a picture that stands within the text, as those of signatures do."""


@value(frozen=True, slots=True)
class Text:
    """Decoded text that somebody reads, with its place."""

    place: str
    text: str


@value(frozen=True, slots=True)
class Anomaly:
    """Something that receivers may read differently, or cannot read at all."""

    kind: str
    where: str
    evidence: str = ""


@value(frozen=True, slots=True)
class Structure:
    """A message taken apart, every reading of it together."""

    parts: tuple[Part, ...]
    anomalies: tuple[Anomaly, ...] = field(default=())
    protected: bool = False
    """Signed or encrypted as a whole (S/MIME, PGP): an edit would break it."""
