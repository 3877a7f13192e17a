"""Who answers for a message: who logged in, else whoever owns the envelope sender, else a sender of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sekisho.core.facts import Facts
from tests.support.messages import make_facts

OWNERS = {
    "sales@example.co.jp": "sato@example.co.jp",
    "out@saas.example": "sato@example.co.jp",
    "suzuki": "suzuki@example.co.jp",
}


@pytest.mark.parametrize(
    ("user", "sender", "person"),
    [
        ("kato@example.co.jp", "<sales@example.co.jp>", "kato@example.co.jp"),
        ("suzuki", "<sales@example.co.jp>", "suzuki@example.co.jp"),
        ("robot", "<sales@example.co.jp>", "sato@example.co.jp"),
        ("", "<sales@example.co.jp>", "sato@example.co.jp"),
        ("", "<out@saas.example>", "sato@example.co.jp"),
        ("", "<ito@example.co.jp>", "ito@example.co.jp"),
        ("robot", "<stranger@else.example>", ""),
        ("", "<>", ""),
    ],
)
def test_the_sender_of_record(user: str, sender: str, person: str) -> None:
    plain = make_facts([("To", "a@x.example")], ["<a@x.example>"], sender=sender)
    transaction = replace(plain.transaction, client=replace(plain.transaction.client, user=user))
    facts = Facts(transaction, plain.site, plain.reader, plain.lists, {}, {}, owners=lambda name: OWNERS.get(name, ""))
    assert facts.sender_of_record == person
