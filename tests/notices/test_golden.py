"""Every notice in every language, as people read it: subject and plain text against tests/notices/golden/LANGUAGE.txt.

A text that is changed on purpose is changed there too, so that a reviewer reads what people will read.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.letters import KINDS
from sekisho.notices.build import Letterhead, build
from sekisho.notices.facts import Failure, HoldFacts, Item, Notice

GOLDEN = Path(__file__).parent / "golden"
LETTERHEAD = Letterhead("mail-check@example.co.jp", ZoneInfo("Asia/Tokyo"), "mx.example.co.jp", "ext. 1234")
NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
FACTS = HoldFacts(
    ref="K7Q2X0M4",
    subject="お見積りの件",
    sender="sato@example.co.jp",
    received=NOW - timedelta(minutes=2),
    waiting=("tanaka@gmai.com",),
    gone=("a@partner.co.jp", "b@partner.co.jp", "c@partner.co.jp", "d@other.example"),
    messages=(
        {
            "en": "gmai.com looks like gmail.com",
            "ja": "gmai.com は gmail.com に似ています",
            "zh": "gmai.com 与 gmail.com 相似",
        },
    ),
    files=1,
    deadline=NOW + timedelta(hours=2),
    on_expiry=OnExpiry.RETURN,
)
REFUSED = (
    Failure("tanaka@gmai.com", 550, "5.1.1 No such user", ()),
    Failure("hanako@other.example", 552, "5.2.2 Mailbox full", ()),
)
PAGE = "https://mail-check.example.co.jp"
WITH_PAGE = replace(
    FACTS,
    ref="01J9Z5K3V8Q4W7X2Y6B0C1D3E5",
    choices=("drop-recipient", "cancel", "send-with-reason"),
    link=f"{PAGE}/h/abc",
    code="K7Q2",
)
TO_APPROVER = replace(
    WITH_PAGE,
    waiting=("tanaka@gmai.com", "hanako@other.example", "jiro@gmai.com"),
    choices=("reject", "drop-recipient", "approve"),
    link=f"{PAGE}/a/abc",
    hidden=("tanaka@gmai.com",),
    deputy="takahashi@example.co.jp",
    deputy_at=NOW + timedelta(hours=1),
)
ITEM = Item("H1", "sato@example.co.jp", "お見積りの件", ("tanaka@gmai.com",), NOW - timedelta(hours=26))
DIGEST = HoldFacts(
    "",
    "",
    "",
    NOW,
    items=(
        ITEM,
        replace(
            ITEM,
            subject="",
            since=NOW - timedelta(minutes=80),
            deadline=NOW + timedelta(hours=2),
            link=f"{PAGE}/a/abc",
            code="K7Q2",
        ),
    ),
)
NUMBERS = {"held": 1204, "oldest": 4000, "asked": 3, "overdue": 1, "pending": 0, "failed": 2}
CASES: dict[str, tuple[str, HoldFacts]] = {
    "held": ("held", FACTS),
    "held, with a page": ("held", WITH_PAGE),
    "held, without a deadline": ("held", replace(FACTS, deadline=None, on_expiry=OnExpiry.KEEP)),
    "held, sent tomorrow": ("held", replace(FACTS, deadline=NOW + timedelta(days=1), on_expiry=OnExpiry.SEND)),
    "expiring": ("expiring", FACTS),
    "released": ("released", replace(FACTS, actor="suzuki")),
    "rejected": ("rejected", replace(FACTS, actor="suzuki", comment="wrong-recipient")),
    "objected": ("objected", replace(FACTS, actor="suzuki", comment="remove-data")),
    "cancelled": ("cancelled", replace(FACTS, comment="mistake of mine")),
    "expired, returned": ("expired", FACTS),
    "expired, sent": ("expired", replace(FACTS, on_expiry=OnExpiry.SEND)),
    "expired, kept": ("expired", replace(FACTS, deadline=None, on_expiry=OnExpiry.KEEP)),
    "undeliverable": ("undeliverable", replace(FACTS, failures=REFUSED, gone=())),
    "refused": ("refused", replace(FACTS, failures=(Failure("tanaka@gmai.com", 550, "not allowed"),))),
    "rule": ("rule", replace(FACTS, rule="personal-data-outside", gone=())),
    "warned, held": ("warned", replace(FACTS, outcome="held", rule="personal-data-outside", gone=())),
    "warned, refused": ("warned", replace(FACTS, outcome="refused", gone=())),
    "warned, changed": ("warned", replace(FACTS, outcome="changed", waiting=FACTS.gone, gone=())),
    "approve": ("approve", replace(TO_APPROVER, comment="契約変更の案内")),
    "approve, without a page": ("approve", replace(FACTS, waiting=("a@x.example", "b@y.example"))),
    "reminder": ("reminder", TO_APPROVER),
    "decided": ("decided", replace(FACTS, outcome="rejected", actor="suzuki", decided=NOW - timedelta(minutes=3))),
    "decided, with a reason": ("decided", replace(FACTS, outcome="rejected", comment="fix-name: 山田様ではなく田中様")),
    "approve, from somebody known": ("approve", replace(FACTS, sender_name="営業部 佐藤")),
    "approve, by answering": ("approve", replace(TO_APPROVER, replies=("承認", "却下"))),
    "approve, instead of another": ("approve", replace(FACTS, instead_of="yamada@example.co.jp")),
    "review": ("review", FACTS),
    "review, with a page": ("review", replace(WITH_PAGE, code="", choices=("reject", "approve"))),
    "digest": ("digest", DIGEST),
    "digest of one": ("digest", replace(DIGEST, items=DIGEST.items[:1])),
    "heartbeat": ("heartbeat", HoldFacts("", "", "", NOW, numbers=NUMBERS)),
    "unanswered, another word": ("unanswered", replace(FACTS, outcome="word", replies=("approve", "reject"))),
    "unanswered, no right": ("unanswered", replace(FACTS, outcome="right")),
    "unanswered, second proof": ("unanswered", replace(FACTS, outcome="step-up")),
}


def written(case: str, language: str) -> str:
    """Subject and plain text."""
    kind, facts = CASES[case]
    octets = build(Notice(kind, "sato@example.co.jp", language, facts), LETTERHEAD, "0000", NOW)
    mail = email.message_from_bytes(octets, policy=email.policy.default)
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    return f"Subject: {mail['Subject']}\n\n{text.get_content()}".replace("\r\n", "\n")


def expected(language: str) -> dict[str, str]:
    sections = (GOLDEN / f"{language}.txt").read_text(encoding="utf-8").split("=== ")[1:]
    return {name: text for name, _, text in (section.partition(" ===\n") for section in sections)}


@pytest.mark.parametrize("language", ["ja", "en", "zh"])
@pytest.mark.parametrize("case", CASES)
def test_a_notice_reads_as_agreed(case: str, language: str) -> None:
    assert written(case, language) == expected(language)[case]


def test_every_kind_has_its_golden_text() -> None:
    assert {kind for kind, _ in CASES.values()} == KINDS


def test_a_language_without_texts_is_english() -> None:
    assert written("held", "fr") == written("held", "en")
