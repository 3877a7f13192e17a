"""What people outside know of a trial: what clients sent and were told, and what was decided about holds.

Everything the judgement holds against Sekisho is written down here, by those who saw it, before or when it happened.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from integration.torture.mail import Mail


class Told(Enum):
    """How an offer ended for the client."""

    ACCEPTED = "accepted"
    TEMPFAILED = "tempfailed"
    REFUSED = "refused"
    UNSURE = "unsure"
    """The connection was lost after DATA: the message may be accepted."""
    BROKEN = "broken"
    """The connection was lost before: it is not."""


class Decided(Enum):
    """What was decided for a recipient of a hold, or is about to be."""

    RELEASE = "release"
    REJECT = "reject"


@dataclass(slots=True)
class Posted:
    """A message and every offer of it, in order."""

    mail: Mail
    offers: list[Told] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return Told.ACCEPTED in self.offers


class Ledger:
    """Shared by all threads of a trial."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._posted: dict[str, Posted] = {}
        self._tried: dict[str, set[Decided]] = {}
        self._decided: dict[str, list[Decided]] = {}

    def offered(self, mail: Mail, told: Told) -> None:
        with self._lock:
            self._posted.setdefault(mail.tag, Posted(mail)).offers.append(told)

    def deciding(self, addresses: Iterable[str], choice: Decided) -> None:
        """Said before it is done: a release may arrive before the decision has returned."""
        with self._lock:
            for address in addresses:
                self._tried.setdefault(address, set()).add(choice)

    def has_decided(self, addresses: Iterable[str], choice: Decided) -> None:
        """The decision was taken: it is committed."""
        with self._lock:
            for address in addresses:
                self._decided.setdefault(address, []).append(choice)

    @property
    def posted(self) -> dict[str, Posted]:
        """By tag."""
        with self._lock:
            return dict(self._posted)

    def tried(self, address: str) -> frozenset[Decided]:
        """What somebody wanted for a recipient, whether it came to that or not."""
        with self._lock:
            return frozenset(self._tried.get(address, ()))

    def decided(self, address: str) -> tuple[Decided, ...]:
        """Every decision for a recipient that was acknowledged."""
        with self._lock:
            return tuple(self._decided.get(address, ()))
