"""What is kept with a hold so that people can see why: findings, and the reasons of its own matches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.core.finding import Finding
from sekisho.core.reason import Reason


@dataclass(frozen=True, slots=True)
class Evidence:
    """The explanation of a decision, without its message."""

    subject: str
    """The first Subject, decoded; empty where there is none."""
    sender_of_record: str
    """The person meant by ``self`` and by notices to the sender; empty where nobody is known."""
    findings: tuple[Finding, ...]
    reasons: Mapping[str, Reason]
    """By rule id, for the rules that matched."""
    score: float = 0.0
