"""What explain tells of a message itself: its facts, and who speaks in which lines."""

from __future__ import annotations

from sekisho.serve.portrait import facts_of
from tests.support.mail import mail


def test_each_line_has_its_speaker() -> None:
    lines = facts_of(mail("New.\n\n-- \nKen"))["lines"]
    assert lines == {
        "body": [{"from": 1, "to": 2, "voice": "new"}, {"from": 3, "to": 4, "voice": "signature"}],
    }


def test_facts_are_those_of_the_conditions() -> None:
    facts = facts_of(mail("x", to="a@partner.example, b@example.co.jp", subject="件名"))
    assert facts["external"] == ["a@partner.example"]
    assert facts["visible"] == ["a@partner.example", "b@example.co.jp"]
    assert facts["subjects"] == ["件名"]
    assert facts["authors"] == ["sato@example.co.jp"]
