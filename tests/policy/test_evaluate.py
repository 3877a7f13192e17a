"""Which rules match, what they do together, and that explaining finds the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.decision import Decision, Disposition
from sekisho.core.facts import Facts
from sekisho.core.ports import Unavailable
from sekisho.core.reason import Reason
from sekisho.core.rule import Policy
from sekisho.core.truth import Truth
from sekisho.policy.compile import Source, compile_policy
from sekisho.policy.compiler import Known
from sekisho.policy.evaluate import evaluate
from sekisho.policy.explain import explain
from sekisho.policy.index import IndexedPolicy
from sekisho.policy.models import PolicyFile
from tests.support.messages import NoLists, make_facts

INSIDE, OUTSIDE, PARTNER = "<a@example.co.jp>", "<b@other.example>", "<c@sub.partner.example>"
EVERYBODY = (INSIDE, OUTSIDE, PARTNER)
HOLD = {"hold": {"approval": "operator"}}
REFUSE = "reject"
OUT: Mapping[str, Any] = {"recipient": {"external": True}}


class AwayLists(NoLists):
    """No list can be asked."""

    def labels(self, local: str, domain: str) -> frozenset[str]:
        return frozenset()

    def contains(self, name: str, local: str, domain: str) -> bool:
        raise Unavailable(f"list:{name}", "timed out")


def policy(*rules: Mapping[str, Any], mode: str = "enforce") -> IndexedPolicy:
    file = {"mode": mode, "rules": [{"id": f"r{number}", "then": HOLD, **rule} for number, rule in enumerate(rules)]}
    known = Known(findings=frozenset())
    return compile_policy([Source(PolicyFile.model_validate(file), lambda loc: f"policy.yaml:{loc[1]}")], known)


def message(*recipients: str, sender: str = "<sato@example.co.jp>") -> Facts:
    plain = make_facts([("To", "b@other.example")], recipients or EVERYBODY, sender=sender)
    return Facts(plain.transaction, plain.site, plain.reader, AwayLists(), {}, {})


def decided(*rules: Mapping[str, Any], mode: str = "enforce") -> Decision:
    return evaluate(policy(*rules, mode=mode), message())


def words(decision: Decision) -> list[str]:
    return [one.word for one in decision.dispositions]


def masks(decision: Decision) -> dict[str, int]:
    return {match.rule.id: match.truth.yes for match in decision.matches}


def test_all_matching_rules_count_and_the_strictest_wins_for_each_recipient() -> None:
    decision = decided({"when": OUT}, {"when": {"recipient": {"domain": ".partner.example"}}, "then": REFUSE})
    assert words(decision) == ["accept", "hold", "reject"]
    assert masks(decision) == {"r0": 0b110, "r1": 0b100}


def test_an_exception_spares_the_recipients_for_whom_it_is_true() -> None:
    decision = decided({"when": OUT, "unless": [{"recipient": {"in": [".partner.example"]}}, {"size": 0}]})
    assert masks(decision) == {"r0": 0b010}


@pytest.mark.parametrize("mode", ["monitor", "warn"])
def test_a_rule_that_is_not_enforced_matches_and_changes_nothing(mode: str) -> None:
    decision = decided({"when": OUT, "mode": mode}, {"when": OUT, "mode": "off"})
    assert masks(decision) == {"r0": 0b110}
    assert decision.strictest is Disposition.ACCEPT


def test_the_mode_of_a_file_is_the_default_of_its_rules() -> None:
    assert words(decided({"when": OUT}, mode="monitor")) == ["accept"] * 3
    assert words(decided({"when": OUT, "mode": "enforce"}, mode="off")) == ["accept", "hold", "hold"]


def test_stop_ends_the_evaluation_for_its_recipients_only() -> None:
    decision = decided({"when": {"recipient": {"domain": "other.example"}}, "then": "stop"}, {"when": OUT})
    assert masks(decision) == {"r0": 0b010, "r1": 0b100}
    assert masks(decided({"when": {"size": "> 0"}, "then": "stop"}, {"when": OUT})) == {"r0": 0b111}


def test_a_stop_that_is_only_watched_stops_nothing() -> None:
    decision = decided({"when": OUT, "then": "stop", "mode": "monitor"}, {"when": OUT})
    assert masks(decision) == {"r0": 0b110, "r1": 0b110}


def test_accept_lifts_the_rules_that_it_names_wherever_they_stand() -> None:
    lift = {"when": {"recipient": {"domain": "other.example"}}, "then": {"accept": {"rules": ["r0", "r2"]}}}
    decision = decided({"when": OUT}, lift, {"when": OUT}, {"when": OUT, "then": {"add-recipient": {"who": "z@z.jp"}}})
    assert masks(decision) == {"r0": 0b100, "r1": 0b010, "r2": 0b100, "r3": 0b110}


def test_accept_without_names_lifts_nothing() -> None:
    assert words(decided({"when": OUT, "then": "accept"}, {"when": OUT})) == ["accept", "hold", "hold"]


def test_a_rule_that_is_lifted_lifts_nobody() -> None:
    rules = (
        {"when": OUT, "then": {"accept": {"rules": ["r1"]}}},
        {"when": OUT, "then": {"accept": {"rules": ["r2"]}}},
        {"when": OUT},
    )
    assert masks(decided(*rules)) == {"r0": 0b110, "r2": 0b110}


AWAY: Mapping[str, Any] = {"all": [OUT, {"recipient": {"in": "partners"}}]}


def test_what_nobody_can_say_is_refused_for_now() -> None:
    decision = decided({"when": AWAY})
    assert words(decision) == ["accept", "tempfail", "tempfail"]
    assert decision.matches[0].truth == Truth(0, 0b110)


def test_what_nobody_can_say_matches_where_the_rule_wants_it() -> None:
    decision = decided({"when": AWAY, "on-error": "match"})
    assert words(decision) == ["accept", "hold", "hold"]
    assert decision.unanswered == ()


def test_what_nobody_can_say_passes_where_the_rule_wants_it_and_is_told() -> None:
    decision = decided({"when": AWAY, "on-error": "accept"})
    assert words(decision) == ["accept"] * 3
    assert decision.unanswered == ("r0",)


def test_an_exemption_that_nobody_can_confirm_exempts_nobody() -> None:
    rules = ({"when": OUT}, {"when": AWAY, "then": {"accept": {"rules": ["r0"]}}, "on-error": "accept"})
    assert words(decided(*rules)) == ["accept", "hold", "hold"]


@pytest.mark.parametrize("odd", ["<b%partner.example@other.example>", "<@partner.example:b@other.example>"])
def test_a_second_reading_neither_evades_a_hold_nor_earns_an_exemption(odd: str) -> None:
    partner = {"recipient": {"domain": "partner.example"}}
    spared = policy({"when": OUT, "unless": [partner]})
    assert words(evaluate(spared, message(odd))) == ["hold"]
    lifted = policy({"when": OUT}, {"when": partner, "then": {"accept": {"rules": ["r0"]}}})
    assert words(evaluate(lifted, message(odd))) == ["hold"]
    stopped = policy({"when": partner, "then": "stop"}, {"when": OUT})
    assert words(evaluate(stopped, message(odd))) == ["hold"]
    aimed = policy({"when": partner})
    assert words(evaluate(aimed, message(odd))) == ["hold"]


def test_a_later_file_replaces_a_rule_in_its_place() -> None:
    first = PolicyFile.model_validate(
        {"rules": [{"id": "a", "when": OUT, "then": HOLD}, {"id": "b", "when": OUT, "then": HOLD}]}
    )
    second = PolicyFile.model_validate(
        {"mode": "monitor", "rules": [{"id": "a", "override": True, "when": OUT, "then": "stop"}]}
    )
    made = compile_policy([Source(first), Source(second)], Known())
    assert [(rule.id, rule.mode.value) for rule in made.rules] == [("a", "monitor"), ("b", "enforce")]


def test_a_rule_knows_its_place_and_the_sites_words() -> None:
    rule = policy({"when": OUT, "message": {"ja": "確認"}, "severity": "high", "description": "d"}).rules[0]
    assert (rule.place, rule.message, rule.severity, rule.description) == ("policy.yaml:0", {"ja": "確認"}, "high", "d")


def test_explaining_gives_a_reason_for_hits_misses_and_rules_that_rest() -> None:
    rules = policy({"when": OUT}, {"when": {"size": 0}}, {"when": OUT, "mode": "off"})
    told = list(explain(rules, message()))
    assert [(rule.id, truth.yes, reason.code) for rule, truth, reason in told] == [
        ("r0", 0b110, "recipient"),
        ("r1", 0, "size"),
        ("r2", 0, "off"),
    ]
    assert told[0][2].values["matching"] == "b@other.example, c@sub.partner.example"


def test_explaining_says_who_was_spared_and_what_nobody_could_say() -> None:
    lift = {"when": {"recipient": {"domain": "other.example"}}, "then": {"accept": {"rules": ["r0"]}}}
    told = {rule.id: (truth, reason) for rule, truth, reason in explain(policy({"when": OUT}, lift), message())}
    truth, reason = told["r0"]
    assert truth == Truth(0b100)
    assert (reason.code, reason.values["recipients"]) == ("spared", "b@other.example")
    ((_, truth, reason),) = explain(policy({"when": AWAY, "on-error": "match"}), message())
    assert truth == Truth(0b110)
    assert (reason.code, reason.values["on-error"]) == ("unanswered", "match")
    assert "list:partners" in sources(reason)


@pytest.mark.parametrize(("on_error", "holds"), [("tempfail", "unknown"), ("match", "some"), ("accept", "no")])
def test_a_rule_that_nobody_could_decide_is_not_said_to_have_matched(on_error: str, holds: str) -> None:
    ((_, _, reason),) = explain(policy({"when": AWAY, "on-error": on_error}), message())
    assert (reason.code, reason.values["holds"]) == ("unanswered", holds)


def sources(reason: Reason) -> str:
    return "".join([str(reason.values.get("source", "")), *map(sources, reason.parts)])


ENTRIES = ["other.example", ".partner.example", "a@example.co.jp", "x@y.example", "<>", "/^b@/", "example.co.jp"]
entries = st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=3)
domains = st.lists(
    st.sampled_from([entry for entry in ENTRIES if entry[0] not in "</" and "@" not in entry]), min_size=1
)
tests = st.one_of(
    st.builds(lambda value: {"in": value}, entries),
    st.builds(lambda value: {"not-in": value}, entries),
    st.builds(lambda value: {"domain": value}, domains),
    st.just({"in": "partners"}),
)
leaves = st.one_of(
    st.builds(lambda test: {"sender": test}, tests),
    st.builds(lambda test, external: {"recipient": {**test, "external": external}}, tests, st.booleans()),
    st.builds(lambda test: {"recipient": test}, tests),
    st.builds(lambda test: {"no-recipient": test}, tests),
    st.sampled_from(
        [{"direction": "outbound"}, {"direction": "internal"}, {"size": "> 0"}, {"recipients": {"count": 2}}]
    ),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda many: {"all": many}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda many: {"any": many}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one: {"not": one}, inner),
    ),
    max_leaves=6,
)
actions = st.sampled_from([HOLD, REFUSE, "stop", {"accept": {"rules": ["r0", "r2"]}}])
rules_of_some_kind = st.lists(
    st.builds(
        lambda when, then, on_error, mode: {"when": when, "then": then, "on-error": on_error, "mode": mode},
        trees,
        actions,
        st.sampled_from(["tempfail", "match", "accept"]),
        st.sampled_from(["enforce", "enforce", "monitor", "off"]),
    ),
    min_size=1,
    max_size=5,
)
senders = st.sampled_from(["<sato@example.co.jp>", "<>", "<x@y.example>", "<q%other.example@z.example>"])
recipients = st.lists(
    st.sampled_from([*EVERYBODY, "<x@y.example>", "<u%other.example@example.co.jp>", "<postmaster>"]),
    min_size=1,
    max_size=4,
)


@given(rules_of_some_kind, senders, recipients)
def test_evaluating_and_explaining_find_the_same_matches(rules: list[Any], sender: str, to: list[str]) -> None:
    made = policy(*rules)
    looked_up = evaluate(made, message(*to, sender=sender))
    assert looked_up == evaluate(Policy(made.rules), message(*to, sender=sender))
    explained = {rule.id: truth for rule, truth, _ in explain(made, message(*to, sender=sender)) if truth}
    assert {match.rule.id: match.truth for match in looked_up.matches} == explained
