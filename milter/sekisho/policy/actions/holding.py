"""Actions that keep a message: hold, and the MTA's own hold queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool

from sekisho.core import actions
from sekisho.core.actions import Action, OnExpiry
from sekisho.core.fields import WorkingDurationField
from sekisho.policy.actions.base import ActionWord, NoSettings
from sekisho.policy.word import ONE_OR_MANY, Severity, Word, not_yet

OPERATOR = "operator"
PERSONS = (OPERATOR, "self", "manager", "peer", "cc-approver")
PREFIXES = ("group:", "address:")


def approval_text(value: object) -> str:
    """Who may decide, in one spelling; a list is a chain. Raises ``ValueError`` in words."""
    if isinstance(value, str):
        return _person(value)
    if isinstance(value, list | tuple) and value:
        return f"[{', '.join(map(approval_text, value))}]"
    if isinstance(value, Mapping) and list(value) == ["any-of"] and isinstance(value["any-of"], list):
        return f"any-of: {approval_text(value['any-of'])}"
    if isinstance(value, Mapping) and list(value) == ["n-of"] and isinstance(value["n-of"], Mapping):
        return f"n-of: {_so_many(value['n-of'])}"
    raise ValueError(f"not an approval; write one of {', '.join(PERSONS)}, group:NAME, address:A, any-of or n-of")


def _person(text: str) -> str:
    if text in PERSONS or (text.startswith(PREFIXES) and not text.endswith(":")):
        return text
    raise ValueError(f"{text!r} is not an approver; write one of {', '.join(PERSONS)}, group:NAME or address:A")


def _so_many(value: Mapping[str, Any]) -> str:
    number, group = value.get("n"), value.get("of")
    if set(value) != {"n", "of"} or not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError("n-of needs how many and of whom: n-of: {n: 2, of: group:legal}")
    if isinstance(group, list) and len(group) < number:
        raise ValueError(f"{number} of {len(group)} approvers can never agree")
    return f"{{n: {number}, of: {approval_text(group)}}}"


class HoldSettings(Word):
    """For whom, until when, and who decides."""

    recipients: Literal["matching", "all"] = Field(
        default="matching", description="Hold the copies of the matching recipients, or everybody's"
    )
    approval: Annotated[str, BeforeValidator(approval_text)] = Field(
        default=OPERATOR,
        description="Who may release it: operator (by the command line), self, manager, peer, cc-approver, group:NAME, "
        "address:A, any-of: [...], n-of: {n, of}; a list is a chain",
    )
    for_: WorkingDurationField | None = Field(
        default=None, description="How long it waits, such as 24h; without it, until somebody decides"
    )
    on_expiry: Literal["send", "return", "escalate", "keep"] = Field(
        default="keep", description="What happens when nobody has decided in time"
    )
    until: str | None = not_yet(Severity.WARNING, "A time of day until which it waits")
    offer: (
        Annotated[
            tuple[
                Literal["envelope-only", "drop-recipient", "drop-attachment", "link", "send-with-reason", "cancel"], ...
            ],
            *ONE_OR_MANY,
        ]
        | None
    ) = not_yet(Severity.WARNING, "What the sender can choose, in order of display")
    preview: Literal["full", "findings", "none"] | None = not_yet(
        Severity.WARNING, "How much of the message an approver sees"
    )
    step_up: StrictBool | None = not_yet(Severity.WARNING, "Ask the approver to sign in again")
    remember: dict[str, str] | None = not_yet(Severity.WARNING, "Do not ask again so soon, such as {pair: 180d}")
    approved_for: dict[str, str] | None = not_yet(Severity.WARNING, "An approval holds for more, such as {thread: 7d}")
    review: dict[str, str] | None = not_yet(Severity.WARNING, "Send now, check afterwards: {by, within}")
    campaign: StrictBool | dict[str, str] | None = not_yet(Severity.WARNING, "Treat messages that are alike as one")
    notice: StrictBool | dict[str, str] | None = not_yet(Severity.WARNING, "Whether and how the sender is told")


class Hold(ActionWord):
    """Keep the message until somebody or a timer decides; the original octets are kept."""

    hold: HoldSettings = Field(description="For whom, until when, and who decides")

    def compiled(self) -> tuple[Action, ...]:
        settings = self.hold
        lasts = settings.for_
        return (
            actions.Hold(
                whole=settings.recipients == "all",
                approval=settings.approval,
                # Working hours are not counted yet: rather for ever than too short.
                lasts=lasts.delta if lasts is not None and not lasts.business else None,
                on_expiry=EXPIRY[settings.on_expiry],
            ),
        )


EXPIRY = {
    "send": OnExpiry.SEND,
    "return": OnExpiry.RETURN,
    "escalate": OnExpiry.KEEP,
    "keep": OnExpiry.KEEP,
}


class MtaHold(ActionWord):
    """Put the message into the MTA's own hold queue."""

    mta_hold: NoSettings = Field(description="No settings")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.PutOnMtaHold(),)
