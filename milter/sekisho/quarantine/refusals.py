"""Who decides, and why a decision was not made; nothing was changed then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sekisho.quarantine.rights import Choice
from sekisho.store.rows import RecipientRow


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides, and by what right."""

    name: str
    """Of a ``person`` the address."""
    role: str = "person"
    """``person`` (who has `rights`), ``operator`` (whose decisions are overrides), ``timer``, ``gateway`` or
    ``release``."""


class NotDecided(Exception):
    """The decision was not made; the text says why."""


class UnknownHold(NotDecided):
    """There is no such hold."""

    def __init__(self, hold: str) -> None:
        super().__init__(f"no hold {hold}")


class UnknownRecipient(NotDecided):
    """The hold has no such recipient."""

    def __init__(self, hold: str, address: str) -> None:
        super().__init__(f"hold {hold} has no recipient {address}")
        self.address = address


class AlreadyDecided(NotDecided):
    """Somebody was first."""

    def __init__(self, hold: str, person: RecipientRow) -> None:
        self.state, self.by, self.at = person.state, person.decided_by, person.decided
        when = f" by {self.by or 'the gateway'} at {self.at.isoformat(timespec='seconds')}" if self.at else ""
        super().__init__(f"hold {hold} is already {self.state.value} for {person.path.address}{when}")


class HasGone(AlreadyDecided):
    """It was decided, and ended so long ago that its content is purged."""

    def __init__(self, hold: str, person: RecipientRow, purged: datetime) -> None:
        super().__init__(hold, person)
        when = purged.isoformat(timespec="seconds")
        self.args = (f"{self}; its content was purged at {when}",)


class NotAllowed(NotDecided):
    """The person has no right to this."""

    def __init__(self, hold: str, actor: Actor, choice: Choice) -> None:
        super().__init__(f"{actor.name} may not do this with hold {hold}: {choice.value}")


class ReasonMissing(NotDecided):
    """What was chosen needs a reason, or recipients."""

    def __init__(self, choice: Choice, what: str) -> None:
        super().__init__(f"{choice.value} needs {what}")


class NoReason(NotDecided):
    """A hold is not kept for ever without a reason."""

    def __init__(self, hold: str) -> None:
        super().__init__(f"hold {hold}: a legal hold needs a reason")


class Impossible(NotDecided):
    """The message does not allow it."""

    def __init__(self, hold: str, choice: Choice, why: str) -> None:
        super().__init__(f"hold {hold}: {choice.value} is not possible: {why}")
