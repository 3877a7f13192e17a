"""Actions that change the copies that leave: envelope-only, header fields, recipients."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sekisho.core import actions
from sekisho.core.actions import Action
from sekisho.policy.actions.base import ActionWord, NoSettings
from sekisho.policy.word import Address, FieldName, FieldValue, Word, checked_address


def _shown(text: str) -> str:
    return text if text in ("undisclosed", "sender") else checked_address(text, "undisclosed, sender or an address")


class EnvelopeOnlySettings(Word):
    """What remains visible."""

    to: Annotated[str, AfterValidator(_shown)] = Field(
        default="undisclosed",
        description="What the one remaining To shows: undisclosed (undisclosed-recipients:;), sender, or an address",
    )
    keep: Literal["internal", "none"] = Field(
        default="none", description="Leave the organisation's own addresses visible (internal) or nobody (none)"
    )


class EnvelopeOnly(ActionWord):
    """Remove all visible recipients from the header (To, Cc, Resent-To, Resent-Cc, Bcc); the envelope stays."""

    envelope_only: EnvelopeOnlySettings = Field(description="What remains visible")

    def compiled(self) -> tuple[Action, ...]:
        settings = self.envelope_only
        to = actions.EnvelopeOnly().to if settings.to == "undisclosed" else settings.to
        return (actions.EnvelopeOnly(to, keep_internal=settings.keep == "internal"),)


class HoldHeaderSettings(Word):
    """The field to add."""

    name: FieldName = Field(default="X-Sekisho-Hold", description="Its name")
    value: FieldValue = Field(default="", description="Its value; the rule's id unless given")


class HoldHeader(ActionWord):
    """Add a header field by which the MTA's header checks can hold the message."""

    hold_header: HoldHeaderSettings = Field(description="The field to add")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.HoldHeader(self.hold_header.name, self.hold_header.value),)


class AddHeaderSettings(Word):
    """The field to add."""

    name: FieldName = Field(description="Its name")
    value: FieldValue = Field(description="Its value")


class AddHeader(ActionWord):
    """Add a header field at the end of the header."""

    add_header: AddHeaderSettings = Field(description="The field to add")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.AppendHeader(self.add_header.name, self.add_header.value),)


class AddRecipientSettings(Word):
    """Whom to add."""

    who: Address = Field(description="The address")
    as_: Literal["bcc", "cc"] = Field(default="bcc", description="bcc: nobody sees it; cc: it is written into Cc")


class AddRecipient(ActionWord):
    """Add a recipient to the copy that leaves."""

    add_recipient: AddRecipientSettings = Field(description="Whom to add")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.CopyTo(self.add_recipient.who, visible=self.add_recipient.as_ == "cc"),)


class RemoveRecipient(ActionWord):
    """Take the matching recipients off; the sender is told by a delivery report."""

    remove_recipient: NoSettings = Field(description="No settings")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.Drop(),)
