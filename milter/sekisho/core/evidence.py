"""What is kept with a hold so that people can see why: findings, and the reasons of its own matches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sekisho.core.finding import Finding
from sekisho.core.reason import Reason
from sekisho.core.truth import Mask


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
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The site's own words for people, by rule id and language, where these rules have some."""
    hidden: Mask = 0
    """Recipients whom no field of the header shows: to the others they are Bcc."""
    gone: tuple[str, ...] = ()
    """Addresses of those who got the message at once."""
    files: int | None = None
    """How many files are attached; None where nobody counted."""
    thread: tuple[str, ...] = ()
    """Message-IDs that an answer in the same thread names; none where nobody needs to know."""

    def of(self, rules: Collection[str]) -> Evidence:
        """Without the reasons and words of other rules than these."""
        reasons = {rule: reason for rule, reason in self.reasons.items() if rule in rules}
        messages = {rule: message for rule, message in self.messages.items() if rule in rules}
        return replace(self, reasons=reasons, messages=messages)
