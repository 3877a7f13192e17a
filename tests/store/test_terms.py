"""The terms of a lock come back from the store as they went in."""

from __future__ import annotations

import json
from datetime import time, timedelta

from sekisho.core.amounts import Duration
from sekisho.core.approval import Role, parse
from sekisho.core.terms import USUAL, Escalation, Preview, Review, Terms
from sekisho.store.terms import terms_from_json, terms_to_json

FULL = Terms(
    approval=parse(["manager", {"n-of": {"n": 2, "of": "group:privacy"}}]),
    lasts=Duration(8 * 3600, business=True),
    until=time(18, 30),
    offer=("drop-recipient", "cancel"),
    preview=Preview.FINDINGS,
    step_up=True,
    remember=timedelta(days=180),
    approved_for=timedelta(days=7),
    review=Review(parse("peer"), Duration(3600)),
    campaign=timedelta(hours=1),
    notice=False,
    escalate=Escalation(Duration(7200), Role("address", "head:of@example.com")),
)


def test_every_field_survives_json() -> None:
    assert terms_from_json(json.loads(json.dumps(terms_to_json(FULL)))) == FULL


def test_what_is_as_usual_takes_no_room() -> None:
    assert terms_to_json(USUAL) == {}
    assert terms_from_json({}) == USUAL
