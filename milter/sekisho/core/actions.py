"""What a rule does when it matches: the closed set of effects that policy words compile to, and `plan` carries out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from sekisho.core.terms import USUAL, Terms

BRIEF = timedelta(seconds=60)
"""A hold that lasts no longer is nobody's business: no notice says that it began or ended."""


class OnExpiry(Enum):
    """What becomes of a hold that nobody answered in time."""

    SEND = "send"
    RETURN = "return"
    ESCALATE = "escalate"
    """Others are asked besides, and the time begins anew."""
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class EnvelopeOnly:
    """Remove the visible recipients from the header; the envelope stays."""

    to: str = "undisclosed-recipients:;"
    """What the one remaining To says; ``sender`` stands for the author's address."""
    keep_internal: bool = False
    """Leave the organisation's own addresses visible."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep the message for the matching recipients, or for all, until somebody or a timer decides."""

    whole: bool = False
    on_expiry: OnExpiry = OnExpiry.KEEP
    terms: Terms = USUAL

    @property
    def is_brief(self) -> bool:
        """Whether it is over so soon that nobody need hear of it."""
        lasts = self.terms.lasts
        return lasts is not None and not lasts.business and lasts.delta <= BRIEF


@dataclass(frozen=True, slots=True)
class PutOnMtaHold:
    """The MTA's own hold queue."""


@dataclass(frozen=True, slots=True)
class HoldHeader:
    """Mark the message for the MTA's header checks; an empty name means ``X-Sekisho-Hold: RULE-ID``."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class AppendHeader:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CopyTo:
    """Add a recipient; ``visible`` also writes it into Cc."""

    address: str
    visible: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Take the matching recipients off; the sender is told by a DSN."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Reject or tempfail the matching recipients; an empty text means the table's."""

    permanent: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Lift:
    """Exempt the matching recipients from the rules named."""

    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stop:
    """Rules after this one are not asked."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Send a notice: ``sender`` or an address."""

    whom: str


Action = EnvelopeOnly | Hold | PutOnMtaHold | HoldHeader | AppendHeader | CopyTo | Drop | Refuse | Lift | Stop | Tell
