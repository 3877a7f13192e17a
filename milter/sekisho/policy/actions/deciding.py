"""Actions that refuse, tell, exempt or end: reject, tempfail, notify, accept, stop."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sekisho.core import actions
from sekisho.core.actions import Action
from sekisho.policy.actions.base import ActionWord, NoSettings, ShortFor
from sekisho.policy.word import ONE_OR_MANY, Severity, Word, checked_address, not_yet

_LONGEST_TEXT = 400


def _reply_text(text: str) -> str:
    """RFC 5321 4.2: printable ASCII, in one line that fits."""
    if not text.isascii() or not text.isprintable() or len(text) > _LONGEST_TEXT:
        raise ValueError(f"the text of an SMTP reply is one line of at most {_LONGEST_TEXT} printable ASCII characters")
    return text


class RefusalSettings(Word):
    """What the client is told."""

    text: Annotated[str, AfterValidator(_reply_text)] = Field(
        default="", description="What the SMTP reply says; a general text unless given"
    )


class Reject(ActionWord):
    """Refuse the message for the matching recipients, for good (5.7.1)."""

    reject: Annotated[RefusalSettings, BeforeValidator(ShortFor("text"))] = Field(description="What the client is told")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.Refuse(permanent=True, text=self.reject.text),)


class Tempfail(ActionWord):
    """Refuse the message for now (4.7.1); the client tries again."""

    tempfail: Annotated[RefusalSettings, BeforeValidator(ShortFor("text"))] = Field(
        description="What the client is told"
    )

    def compiled(self) -> tuple[Action, ...]:
        return (actions.Refuse(permanent=False, text=self.tempfail.text),)


LATER = ("manager", "approver", "postmaster")


def _whom(text: str) -> str:
    if text == "sender" or text in LATER:
        return text
    return checked_address(text, f"sender, {', '.join(LATER)} or an address")


class NotifySettings(Word):
    """Who is told, and when."""

    whom: Annotated[str, AfterValidator(_whom)] = Field(
        description="sender, manager, approver, postmaster or an address"
    )
    when: Literal["now", "decision", "expiry"] | None = not_yet(Severity.WARNING, "At which event")


class Notify(ActionWord):
    """Send a notice that the rule has matched."""

    BARE = False
    notify: Annotated[NotifySettings, BeforeValidator(ShortFor("whom"))] = Field(description="Who is told, and when")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.Tell(self.notify.whom),) if self.notify.whom not in LATER else ()


class AcceptSettings(Word):
    """From what."""

    rules: Annotated[tuple[str, ...], *ONE_OR_MANY] | None = Field(
        default=None, description="Ids of the rules that shall not count for the matching recipients"
    )


class Accept(ActionWord):
    """Exempt the matching recipients from the rules that it names, earlier or later ones; without names from none."""

    accept: AcceptSettings = Field(description="From what")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.Lift(frozenset(self.accept.rules or ())),)


class Stop(ActionWord):
    """End the evaluation for the matching recipients: later rules do not ask about them."""

    stop: NoSettings = Field(description="No settings")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.Stop(),)
