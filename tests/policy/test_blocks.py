"""Conditions and values by name, and modes that depend on who sends and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sekisho.core.facts import Facts
from sekisho.core.message import Client
from sekisho.core.ports import Unavailable
from sekisho.policy.check import troubles
from sekisho.policy.compile import Source, compile_policy
from sekisho.policy.compiler import Known
from sekisho.policy.diff import differences
from sekisho.policy.evaluate import evaluate
from sekisho.policy.explain import explain
from sekisho.policy.index import IndexedPolicy
from sekisho.policy.models import PolicyFile
from sekisho.policy.shape import BadShape, policy_file
from tests.support.messages import NoLists, make_facts

HOLD = {"hold": {"approval": "operator"}}


def file(**keys: Any) -> PolicyFile:
    return policy_file(keys)


def rule(when: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    return {"id": "a", "when": when, "then": HOLD, **more}


def compiled(*files: PolicyFile) -> IndexedPolicy:
    assert [one.message for one in troubles(files, Known(frozenset({"pilots"})))] == []
    return compile_policy([Source(one) for one in files], Known())


def masks(policy: IndexedPolicy, facts: Facts) -> dict[str, int]:
    return {match.rule.id: match.truth.yes for match in evaluate(policy, facts).matches}


TWO = ("<a@example.co.jp>", "<b@other.example>")


def test_a_block_means_what_it_holds_wherever_it_is_used() -> None:
    blocks = {"out": {"recipient": {"external": True}}, "both": {"all": [{"use": "out"}, {"size": "> 0"}]}}
    first = file(blocks=blocks)
    second = file(rules=[rule({"not": {"use": "both"}}, unless={"any": [{"size": 0}, {"use": "out"}]})])
    assert masks(compiled(first, second), make_facts([], TWO)) == {"a": 0b01}


def test_a_rule_with_a_block_compiles_to_the_same_as_without() -> None:
    out = {"direction": "outbound"}
    plain = {"id": "b", "when": out, "then": HOLD}
    policy = compiled(file(blocks={"out": out}, rules=[rule({"use": "out"}), plain]))
    assert policy.rules[0].when is policy.rules[1].when


def said(*files: PolicyFile) -> list[tuple[int, tuple[int | str, ...], str]]:
    return [(one.source, one.loc, one.message) for one in troubles(files, Known())]


def test_a_block_that_is_not_there_is_an_error() -> None:
    assert said(file(blocks={"x": {"size": 1}}), file(rules=[rule({"not": {"use": "y"}})])) == [
        (1, ("rules", 0, "when"), "unknown block `y`")
    ]


def test_blocks_that_use_each_other_are_an_error() -> None:
    blocks = {"x": {"not": {"use": "y"}}, "y": {"use": "x"}}
    found = said(file(blocks=blocks, rules=[rule({"use": "x"})]))
    assert found[0][1:] == (("blocks", "x"), "blocks use each other in a circle: y uses x uses y")


def test_a_block_bomb_is_refused_before_it_unfolds() -> None:
    blocks: dict[str, Any] = {"b0": {"size": 1}}
    for number in range(1, 60):
        blocks[f"b{number}"] = {"all": [{"use": f"b{number - 1}"}] * 10}
    found = said(file(blocks=blocks, rules=[rule({"use": "b59"})]))
    assert "unfolds into more than 10000 conditions" in found[-1][2]


def test_a_block_twice_is_an_error() -> None:
    one = file(blocks={"x": {"size": 1}})
    assert said(one, one) == [
        (1, ("blocks", "x"), "a block `x` is in an earlier file already; give this one another name")
    ]


def test_a_changed_block_changes_the_rules_that_use_it() -> None:
    old, new = (file(blocks={"x": {"size": size}}, rules=[rule({"use": "x"})]) for size in ("> 9", "> 5"))
    assert [str(one) for one in differences([old], [new])] == ["tightened rule `a`: `when` matches more than before"]


def test_a_variable_stands_for_a_whole_value() -> None:
    variables = {"many": ">= 2", "friends": ["other.example"]}
    made = file(
        variables=variables,
        rules=[rule({"all": [{"recipients": {"count": "${many}"}}, {"recipient": {"in": "${friends}"}}]})],
    )
    assert masks(compiled(made), make_facts([], TWO)) == {"a": 0b10}


def test_what_only_contains_a_variables_name_stays_as_it_is() -> None:
    made = file(rules=[rule({"subject": {"contains": ["$${name}", "Dear ${name}"]}})])
    policy = compiled(made)
    assert masks(policy, make_facts([("Subject", "Hello ${name}")], TWO)) == {"a": 0b11}
    assert masks(policy, make_facts([("Subject", "Hello name")], TWO)) == {}


def test_a_variable_that_is_not_there_is_an_error_at_its_place() -> None:
    with pytest.raises(BadShape) as caught:
        file(variables={"many": 3}, rules=[rule({"recipients": {"count": "${mny}"}})])
    (one,) = caught.value.troubles
    assert (one.loc, one.message) == (("rules", 0, "when", "recipients", "count"), "unknown variable `mny`")
    assert (one.word, one.known) == ("mny", ("many",))


def test_an_unknown_variable_hides_no_other_mistake() -> None:
    with pytest.raises(BadShape) as caught:
        file(rules=[rule({"all": [{"recipients": {"count": "${x}"}}, {"recipient": {"in": "${y}"}}, {"sizes": 1}]})])
    assert [one.message for one in caught.value.troubles] == [
        "unknown variable `x`",
        "unknown variable `y`",
        "unknown condition `sizes`",
    ]


def stepped(*steps: Any) -> IndexedPolicy:
    return compiled(file(rules=[rule({"recipient": {"external": True}}, mode=list(steps))]))


def modes(policy: IndexedPolicy, facts: Facts) -> list[str]:
    (told, _, _), *_ = explain(policy, facts)
    found = [match.rule.mode.value for match in evaluate(policy, facts).matches]
    assert found == ([] if told.mode.value == "off" else [told.mode.value])
    return found


def test_a_mode_may_be_for_some_senders_only() -> None:
    policy = stepped({"mode": "enforce", "senders": "sato@example.co.jp"}, "monitor")
    assert modes(policy, make_facts([], TWO)) == ["enforce"]
    assert modes(policy, make_facts([], TWO, sender="<ito@example.co.jp>")) == ["monitor"]


def test_the_sender_of_a_mode_is_who_has_logged_in_not_who_is_claimed() -> None:
    policy = stepped({"mode": "off", "senders": "sato@example.co.jp"}, "enforce")
    facts = make_facts([], TWO)
    client = Client(address="10.0.0.1", user="ito@example.co.jp")
    logged_in = Facts(replace(facts.transaction, client=client), facts.site, facts.reader, facts.lists, {}, {})
    assert modes(policy, logged_in) == ["enforce"]
    assert modes(policy, facts) == []


def test_a_mode_may_begin_on_a_day() -> None:
    policy = stepped({"mode": "enforce", "from": "2026-11-25"}, "monitor")
    facts = make_facts([], TWO)
    assert modes(policy, facts) == ["monitor"]
    later = replace(facts.transaction, received=datetime(2026, 11, 25, tzinfo=UTC))
    assert modes(policy, Facts(later, facts.site, facts.reader, facts.lists, {}, {})) == ["enforce"]


class AwayLists(NoLists):
    """No list can be asked."""

    def labels(self, local: str, domain: str) -> frozenset[str]:
        return frozenset()

    def contains(self, name: str, local: str, domain: str) -> bool:
        raise Unavailable(f"list:{name}", "timed out")


def test_where_nobody_can_say_who_belongs_to_a_group_the_strictest_mode_counts() -> None:
    facts = make_facts([], TWO)
    away = Facts(facts.transaction, facts.site, facts.reader, AwayLists(), {}, {})
    assert modes(stepped({"mode": "off", "senders": "pilots"}, "enforce"), away) == ["enforce"]
    assert modes(stepped({"mode": "enforce", "senders": "pilots"}, "monitor"), away) == ["enforce"]


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ([], "the last entry is the mode for all others"),
        ([{"mode": "warn", "senders": "a.jp"}], "the last entry is the mode for all others"),
        (["warn", "enforce"], "only the last one can be for everybody"),
        ([{"mode": "warn", "from": "tomorrow"}, "off"], "'tomorrow' is not a date"),
        ([{"mode": "warm", "from": "2026-12-01"}, "off"], "`warm` is not one of monitor, warn"),
        ([{"mode": "warn", "form": "2026-12-01"}, "off"], "unknown key `form`"),
    ],
)
def test_a_list_of_modes_that_makes_no_sense_is_refused(mode: list[Any], message: str) -> None:
    with pytest.raises(BadShape) as caught:
        file(rules=[rule({"size": 1}, mode=mode)])
    (one,) = caught.value.troubles
    assert one.loc[:3] == ("rules", 0, "mode")
    assert message in one.message


def test_an_unknown_list_of_senders_is_an_error() -> None:
    made = file(mode=[{"mode": "enforce", "senders": "pilotz"}, "off"])
    assert said(made)[0][2] == "unknown list `pilotz`"


def test_a_change_of_modes_is_told() -> None:
    old, new = (
        file(rules=[rule({"size": 1}, mode=[{"mode": "enforce", "senders": "a.jp"}, last])]) for last in ("off", "warn")
    )
    assert [str(one) for one in differences([old], [new])] == [
        "tightened rule `a`: mode was enforce (senders: a.jp), else off, is enforce (senders: a.jp), else warn"
    ]
