"""Actions that keep a message: hold, and the MTA's own hold queue."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, StrictBool, WithJsonSchema

from sekisho.core import actions
from sekisho.core.actions import Action, OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.approval import OPERATOR, Approval, Role, parse
from sekisho.core.fields import DurationField, WorkingDurationField
from sekisho.core.terms import Escalation, Preview, Review, Terms
from sekisho.policy.actions.base import ActionWord, NoSettings, ShortFor
from sekisho.policy.word import ONE_OR_MANY, Word

DEPUTY = "deputy"
"""Whoever decides for those who do not answer."""
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _clock(value: object) -> time:
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'{value!r} is not a time of day; write it in quotes, such as "18:00"')
    return time(int(found[1]), int(found[2]))


def _one_role(value: object) -> Role:
    if value == DEPUTY:
        return Role(DEPUTY)
    found = parse(value)
    if not isinstance(found, Role):
        raise ValueError("one role is meant here, such as deputy, group:NAME or address:A")
    return found


_ROLE = {"type": "string", "examples": ["manager"]}
_APPROVAL = WithJsonSchema(
    {
        "anyOf": [_ROLE, {"type": "array", "minItems": 1}, {"type": "object", "maxProperties": 1}],
        "examples": ["manager"],
    }
)
ApprovalField = Annotated[Approval, PlainValidator(parse), _APPROVAL]
"""Who has to agree."""

RoleField = Annotated[Role, PlainValidator(_one_role), WithJsonSchema(_ROLE)]
"""One of those who can be asked."""

ClockField = Annotated[
    time,
    PlainValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK.pattern}$", "examples": ["18:00"]}),
]
"""A time of day."""


class ReviewSettings(Word):
    """Who checks, and how soon."""

    by: ApprovalField = Field(description="Who checks it, as in `approval`")
    within: WorkingDurationField = Field(description="How soon; a review that is missed is escalated")


class EscalationSettings(Word):
    """When, and to whom."""

    after: WorkingDurationField = Field(description="How long those who are asked have, such as `4 business-hours`")
    to: RoleField = Field(
        description="Who is asked besides: deputy (of those who do not answer), group:NAME, address:A"
    )


class RememberSettings(Word):
    """How long an answer counts."""

    pair: DurationField = Field(description="For this sender and this recipient")


class ApprovedForSettings(Word):
    """How long an approval counts."""

    thread: DurationField = Field(description="For answers in the same thread to the same recipients")


class CampaignSettings(Word):
    """What belongs together."""

    within: DurationField = Field(
        default=Duration(2 * 3600),
        description="Messages that come within so long of the first",
        json_schema_extra={"default": "2h"},
    )


def switched(value: object) -> object:
    """``true`` stands for the settings as they usually are, ``false`` for none."""
    return ({} if value else None) if isinstance(value, bool) else value


Offer = Literal["envelope-only", "drop-recipient", "drop-attachment", "link", "send-with-reason", "cancel"]
OFFERED_LATER = ("link",)


class HoldSettings(Word):
    """For whom, until when, and who decides."""

    recipients: Literal["matching", "all"] = Field(
        default="matching", description="Hold the copies of the matching recipients, or everybody's"
    )
    approval: ApprovalField = Field(
        default=OPERATOR,
        description="Who may release it: operator (by the command line), self, manager, peer, cc-approver, group:NAME, "
        "address:A, any-of: [...], n-of: {n, of}; a list is a chain",
        json_schema_extra={"default": "operator"},
    )
    for_: WorkingDurationField | None = Field(
        default=None, description="How long it waits, such as 24h; without it, until somebody decides"
    )
    until: ClockField | None = Field(
        default=None,
        description='A time of day until which it waits, such as "18:00"; the earlier counts where `for` is given too',
    )
    on_expiry: Literal["send", "return", "escalate", "keep"] = Field(
        default="keep", description="What happens when nobody has decided in time"
    )
    escalate: EscalationSettings | None = Field(
        default=None, description="Whom to ask besides when nobody answers: {after, to}"
    )
    offer: Annotated[tuple[Offer, ...], *ONE_OR_MANY] = Field(
        default=("cancel",),
        description="What sender and approver can do with it, in order of display; nothing else can be done",
        json_schema_extra={"default": ["cancel"]},
    )
    preview: Literal["full", "findings", "none"] = Field(
        default="full", description="How much of the message an approver sees"
    )
    step_up: StrictBool = Field(default=False, description="Ask the approver to sign in again")
    remember: RememberSettings | None = Field(
        default=None, description="Do not ask again so soon, such as {pair: 180d}"
    )
    approved_for: ApprovedForSettings | None = Field(
        default=None, description="An approval holds for more, such as {thread: 7d}"
    )
    review: ReviewSettings | None = Field(default=None, description="Send now, check afterwards: {by, within}")
    campaign: Annotated[
        Annotated[CampaignSettings, BeforeValidator(ShortFor("within"))] | None, BeforeValidator(switched)
    ] = Field(
        default=None,
        description="Treat messages that are alike in sender and List-Id, or sender and subject, as one hold: `true`, "
        "or within how long, such as 1h",
    )
    notice: StrictBool | None = Field(
        default=None, description="Whether the sender is told; unless set, of holds that last longer than 60s"
    )

    def terms(self) -> Terms:
        """What matters after the deposit."""
        return Terms(
            approval=self.approval,
            lasts=self.for_,
            until=self.until,
            offer=self.offer,
            preview=Preview(self.preview),
            step_up=self.step_up,
            remember=self.remember.pair.delta if self.remember else None,
            approved_for=self.approved_for.thread.delta if self.approved_for else None,
            review=Review(self.review.by, self.review.within) if self.review else None,
            campaign=self.campaign.within.delta if self.campaign else None,
            notice=self.notice,
            escalate=Escalation(self.escalate.after, self.escalate.to) if self.escalate else None,
        )


class Hold(ActionWord):
    """Keep the message until somebody or a timer decides; the original octets are kept."""

    hold: HoldSettings = Field(description="For whom, until when, and who decides")

    def compiled(self) -> tuple[Action, ...]:
        settings = self.hold
        whole, on_expiry = settings.recipients == "all", OnExpiry(settings.on_expiry)
        return (actions.Hold(whole, on_expiry, settings.terms()),)


class MtaHold(ActionWord):
    """Put the message into the MTA's own hold queue."""

    mta_hold: NoSettings = Field(description="No settings")

    def compiled(self) -> tuple[Action, ...]:
        return (actions.PutOnMtaHold(),)
