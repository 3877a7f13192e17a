"""Cases of a site: what they say, and whether an outcome is as they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from sekisho.core.decision import Decision, Disposition, decided
from sekisho.core.rule import Match
from sekisho.core.truth import Truth
from sekisho.policy.testing import CasesFile, failures, unknown_rules
from tests.support.messages import make_facts, make_rule

FACTS = make_facts([], ["<a@example.co.jp>", "<B@other.example>"])
SETTLED = (Disposition.ACCEPT, Disposition.HOLD)


def cases(expect: Mapping[str, Any], **more: Any) -> CasesFile:
    case = {"name": "n", "message": "Subject: x\n\n", "recipients": "a@example.co.jp", "expect": expect, **more}
    return CasesFile.model_validate({"cases": [case]})


def decision() -> Decision:
    return decided([Match(make_rule("hold-it"), Truth(0b10)), Match(make_rule("unsure"), Truth(0, 0b10))], 2)


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"disposition": "hold"}, []),
        ({"disposition": "accept"}, ["the disposition is hold, not accept"]),
        ({"recipients": {"a@example.co.jp": "accept", "b@OTHER.example": "hold"}}, []),
        ({"recipients": {"b@other.example": "reject"}}, ["for b@other.example the disposition is hold, not reject"]),
        ({"recipients": {"c@d.jp": "hold"}}, ["c@d.jp is not a recipient"]),
        ({"rules": ["hold-it"]}, []),
        ({"rules": []}, ["rule `hold-it` matches"]),
        ({"rules": ["other"]}, ["rule `other` does not match", "rule `hold-it` matches"]),
        ({"matches": "hold-it", "misses": ["unsure", "other"]}, []),
        ({"matches": "unsure", "misses": "hold-it"}, ["rule `unsure` does not match", "rule `hold-it` matches"]),
    ],
)
def test_a_case_fails_in_so_many_words(expect: Mapping[str, Any], said: list[str]) -> None:
    (case,) = cases(expect).cases
    assert failures(case, FACTS.transaction, decision(), SETTLED) == said


@pytest.mark.parametrize("change", [{"file": "a.eml"}, {"message": None}])
def test_a_case_has_one_message(change: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError, match="either `file` or `message`"):
        cases({"disposition": "hold"}, **change)


def test_a_case_that_expects_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing is asked"):
        cases({})


def test_rules_that_the_policy_does_not_have_are_found() -> None:
    assert list(unknown_rules(cases({"misses": ["a", "b"]}), frozenset({"a"}))) == [(0, "b")]
