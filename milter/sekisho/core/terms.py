"""What a rule's hold says of one lock: who opens it, until when, and what may be done meanwhile. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from enum import Enum

from sekisho.core.amounts import Duration
from sekisho.core.approval import OPERATOR, Approval, Role


class Preview(Enum):
    """How much of the message an approver sees."""

    FULL = "full"
    FINDINGS = "findings"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Review:
    """The message has gone; somebody checks it afterwards."""

    by: Approval
    within: Duration


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is asked besides when nobody has answered for so long."""

    after: Duration
    to: Role


@dataclass(frozen=True, slots=True)
class Terms:
    """Every setting of ``hold`` that matters after the deposit, but for what happens at expiry."""

    approval: Approval = OPERATOR
    lasts: Duration | None = None
    """How long it waits; without it and ``until``, until somebody decides."""
    until: time | None = None
    """A time of day in the organisation's zone: the next one."""
    offer: tuple[str, ...] = ("cancel",)
    """What can be done with the hold, the safest first; nothing else can."""
    preview: Preview = Preview.FULL
    step_up: bool = False
    """An approver signs in again."""
    remember: timedelta | None = None
    """For so long the same sender and recipient are not asked about again once somebody agreed."""
    approved_for: timedelta | None = None
    """For so long the rest of the thread is not asked about once somebody agreed."""
    review: Review | None = None
    campaign: timedelta | None = None
    """Messages alike that come within this time are one hold."""
    notice: bool | None = None
    """Whether the sender is told that it waits; None: unless it is brief."""
    escalate: Escalation | None = None

    @property
    def is_timed(self) -> bool:
        """Whether something happens by itself some time."""
        return self.lasts is not None or self.until is not None


USUAL = Terms()
"""Of a hold that says nothing."""
