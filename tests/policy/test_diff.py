"""What `check --diff` says of two policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sekisho.policy.diff import differences
from sekisho.policy.models import PolicyFile

BASE: Mapping[str, Any] = {
    "id": "a",
    "when": {"all": [{"direction": "outbound"}, {"visible-recipients": {"external": True, "count": ">= 10"}}]},
    "then": [{"hold": {"approval": "operator", "for": "24h", "on-expiry": "return"}}],
}


def said(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in differences(*([PolicyFile.model_validate({"rules": [one]})] for one in (old, new)))]


def visible(count: str) -> Mapping[str, Any]:
    return {"all": [{"direction": "outbound"}, {"visible-recipients": {"external": True, "count": count}}]}


OUT = {"direction": "outbound"}
PARTNERS = {"recipient": {"in": "partners"}}


@pytest.mark.parametrize(
    ("change", "kind", "detail"),
    [
        ({"mode": "monitor"}, "loosened", "mode was enforce, is monitor"),
        ({"when": visible(">= 5")}, "tightened", "`when` matches more than before"),
        ({"when": visible(">= 20")}, "loosened", "`when` matches less than before"),
        ({"when": OUT}, "tightened", "`when` matches more than before"),
        ({"when": {"all": [*BASE["when"]["all"], {"size": "> 1"}]}}, "loosened", "matches less"),
        ({"when": {"any": [OUT, PARTNERS]}}, "changed", "`when`"),
        ({"unless": PARTNERS}, "loosened", "`unless` matches more than before"),
        ({"then": ["stop"]}, "loosened", "no longer does hold; now does stop"),
        ({"then": [*BASE["then"], "envelope-only"]}, "tightened", "now does envelope-only"),
        ({"then": [{"hold": {"approval": "operator", "for": "24h", "on-expiry": "send"}}]}, "loosened", "is (approval"),
        ({"then": [{"hold": {"recipients": "all", **BASE["then"][0]["hold"]}}]}, "tightened", "hold was"),
        ({"then": [{"hold": {"approval": "operator", "for": "1h", "on-expiry": "return"}}]}, "changed", "for: 1h"),
        ({"on-error": "accept"}, "loosened", "on-error was tempfail, is accept"),
        ({"description": "x"}, "changed", "`description` is another"),
        ({"mode": "off", "when": OUT}, "changed", "mode was enforce, is off; `when` matches more than before"),
    ],
)
def test_a_rule_that_changed_is_told_as_tightened_or_loosened(
    change: Mapping[str, Any], kind: str, detail: str
) -> None:
    (found,) = said(BASE, {**BASE, **change})
    assert found.startswith(f"{kind} rule `a`: ")
    assert detail in found


def test_equal_policies_have_no_difference() -> None:
    assert said(BASE, BASE) == []
    other_spelling = {**BASE, "mode": "enforce", "when": {"all": list(reversed(BASE["when"]["all"]))}}
    assert said(BASE, other_spelling) == []


def test_rules_come_and_go() -> None:
    assert said(BASE, {**BASE, "id": "b"}) == [
        "added rule `b`: mode enforce; then hold",
        "removed rule `a`: mode enforce; then hold",
    ]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ({"recipient": {"in": ["a.jp"]}}, {"recipient": {"in": ["a.jp", "b.jp"]}}, "tightened"),
        ({"recipient": {"not-in": ["a.jp"]}}, {"recipient": {"not-in": ["a.jp", "b.jp"]}}, "loosened"),
        ({"no-recipient": {"in": ["a.jp"]}}, {"no-recipient": {"in": ["a.jp", "b.jp"]}}, "loosened"),
        ({"not": {"size": "> 5"}}, {"not": {"size": "> 3"}}, "loosened"),
        ({"any": [OUT]}, {"any": [OUT, PARTNERS]}, "tightened"),
        ({"finding": "x"}, {"finding": "x", "count": "> 1"}, "loosened"),
        ({"finding": "x"}, {"finding": "y"}, "changed"),
    ],
)
def test_wider_conditions_tighten_a_rule(old: Mapping[str, Any], new: Mapping[str, Any], kind: str) -> None:
    (found,) = said({**BASE, "when": old}, {**BASE, "when": new})
    assert found.startswith(kind)


def test_an_exemption_that_matches_more_loosens() -> None:
    exempt = {"id": "a", "when": {"size": "> 9"}, "then": "stop"}
    assert said(exempt, {**exempt, "when": {"size": "> 5"}}) == ["loosened rule `a`: `when` matches more than before"]
    assert said(exempt, {**exempt, "mode": "monitor"})[0].startswith("tightened")


def test_an_overriding_file_counts_as_what_it_makes_of_the_rules() -> None:
    base = PolicyFile.model_validate({"rules": [BASE]})
    later = PolicyFile.model_validate({"mode": "monitor", "rules": [{**BASE, "override": True}]})
    assert [str(one) for one in differences([base], [base, later])] == [
        "loosened rule `a`: mode was enforce, is monitor"
    ]


def test_another_order_is_told() -> None:
    one, two = ({**BASE, "id": name} for name in "ab")
    files = [[PolicyFile.model_validate({"rules": rules})] for rules in ([one, two], [two, one])]
    assert [found.details for found in differences(*files)] == [
        ("the order of the rules has changed, from this one on",)
    ]
