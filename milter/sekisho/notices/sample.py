"""Made-up facts, to show what a notice of each kind looks like before anybody gets one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sekisho.core.actions import OnExpiry
from sekisho.core.finding import Finding
from sekisho.notices.facts import Failure, HoldFacts, Item, Notice

SENDER = "sato@example.com"
APPROVER = "suzuki@example.com"
CODE = "K7Q2"
APPROVING = ("reject", "drop-recipient", "approve")
SENDING = ("drop-recipient", "cancel", "send-with-reason")
_TO_APPROVER = frozenset({"approve", "reminder", "review", "decided", "digest"})
_OUTCOMES = {"decided": "rejected", "warned": "held", "unanswered": "word"}


def sample(kind: str, language: str, now: datetime) -> Notice:
    """A notice of the kind, as of now. `ValueError` for a kind that there is not."""
    facts = HoldFacts(
        ref="7ZK3V8Q4W7X2Y6B0C1D3E5F8GH",
        subject="Quotation",
        sender=SENDER,
        received=now - timedelta(minutes=2),
        waiting=("tanaka@gmai.com",),
        gone=("a@partner.example", "b@partner.example", "c@partner.example"),
        findings=(
            Finding("lookalike-domain", "envelope", 1, values={"address": "tanaka@gmai.com", "like": "gmail.com"}),
        ),
        rule="look-alikes",
        files=1,
        deadline=now + timedelta(hours=2),
        on_expiry=OnExpiry.RETURN,
        outcome=_OUTCOMES.get(kind, ""),
    )
    to = APPROVER if kind in _TO_APPROVER else SENDER
    return Notice(kind, to, language, _particular(kind, facts, now))


def _particular(kind: str, facts: HoldFacts, now: datetime) -> HoldFacts:
    """With what only this kind tells of."""
    link = f"https://mail-check.example.com/{'a' if kind in _TO_APPROVER else 'h'}/…"
    item = Item(facts.ref, SENDER, facts.subject, facts.waiting, now - timedelta(hours=3), facts.deadline, link, CODE)
    numbers = {"held": 3, "oldest": 190, "asked": 2, "overdue": 1, "pending": 0, "failed": 0}
    failed = (Failure("tanaka@gmai.com", 550, "5.1.1 No such user"),)
    particular: dict[str, HoldFacts] = {
        **dict.fromkeys(("approve", "reminder"), replace(facts, link=link, code=CODE, choices=APPROVING)),
        **dict.fromkeys(("held", "expiring"), replace(facts, link=link, code=CODE, choices=SENDING)),
        **dict.fromkeys(("rejected", "decided"), replace(facts, actor=APPROVER, decided=now, comment="use-bcc")),
        **dict.fromkeys(("undeliverable", "refused"), replace(facts, failures=failed)),
        "digest": replace(facts, items=(item,)),
        "heartbeat": replace(facts, numbers=numbers),
    }
    return particular.get(kind, facts)
