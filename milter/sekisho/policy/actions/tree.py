"""The table of every action's word, and an action as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sekisho.core.actions import Action
from sekisho.policy.actions.base import ActionWord, bare
from sekisho.policy.actions.deciding import Accept, Notify, Reject, Stop, Tempfail
from sekisho.policy.actions.editing import AddHeader, AddRecipient, EnvelopeOnly, HoldHeader, RemoveRecipient
from sekisho.policy.actions.holding import Hold, MtaHold
from sekisho.policy.word import Severity, word_chooser
from sekisho.policy.wrong import refuse_word


class Later(ActionWord):
    """Base of the actions that the program cannot do yet."""

    NOT_YET = Severity.ERROR

    def compiled(self) -> tuple[Action, ...]:
        raise NotImplementedError("refused by check")


class Split(Later):
    """Give each recipient a copy of the message of its own."""

    split: Any = Field(description="Settings to come")


class Journal(Later):
    """Keep a copy in the archive."""

    journal: Any = Field(description="Settings to come")


class Encrypt(Later):
    """Encrypt the attachments before the message leaves."""

    encrypt: Any = Field(description="Settings to come")


class Link(Later):
    """Replace the attachments by links."""

    link: Any = Field(description="Settings to come")


class RequireTls(Later):
    """Deliver only over TLS (RFC 8689)."""

    require_tls: Any = Field(description="Settings to come")


ACTIONS: Mapping[str, type[ActionWord]] = {
    "envelope-only": EnvelopeOnly,
    "hold": Hold,
    "mta-hold": MtaHold,
    "hold-header": HoldHeader,
    "add-header": AddHeader,
    "add-recipient": AddRecipient,
    "remove-recipient": RemoveRecipient,
    "split": Split,
    "journal": Journal,
    "encrypt": Encrypt,
    "link": Link,
    "require-tls": RequireTls,
    "notify": Notify,
    "reject": Reject,
    "tempfail": Tempfail,
    "accept": Accept,
    "stop": Stop,
}
"""Every action by its word."""

ActionModel = Annotated[
    Annotated[EnvelopeOnly, Tag("(envelope-only)")]
    | Annotated[Hold, Tag("(hold)")]
    | Annotated[MtaHold, Tag("(mta-hold)")]
    | Annotated[HoldHeader, Tag("(hold-header)")]
    | Annotated[AddHeader, Tag("(add-header)")]
    | Annotated[AddRecipient, Tag("(add-recipient)")]
    | Annotated[RemoveRecipient, Tag("(remove-recipient)")]
    | Annotated[Split, Tag("(split)")]
    | Annotated[Journal, Tag("(journal)")]
    | Annotated[Encrypt, Tag("(encrypt)")]
    | Annotated[Link, Tag("(link)")]
    | Annotated[RequireTls, Tag("(require-tls)")]
    | Annotated[Notify, Tag("(notify)")]
    | Annotated[Reject, Tag("(reject)")]
    | Annotated[Tempfail, Tag("(tempfail)")]
    | Annotated[Accept, Tag("(accept)")]
    | Annotated[Stop, Tag("(stop)")]
    | Annotated[Any, BeforeValidator(refuse_word("action", ACTIONS)), Tag("(?)")],
    Discriminator(word_chooser(ACTIONS)),
    BeforeValidator(bare),
]
"""One action, known by its word."""
