"""What `check` says of a policy: the shape of a file, names, and what is surely not meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from sekisho.policy.check import troubles
from sekisho.policy.compiler import Known
from sekisho.policy.models import PolicyFile
from sekisho.policy.trouble import Trouble, shape_troubles
from sekisho.policy.word import Severity

OUT: Mapping[str, Any] = {"direction": "outbound"}
KNOWN = Known(
    frozenset({"partners"}),
    frozenset({"projects"}),
    frozenset({"personal-data", "dictionary-word"}),
    frozenset({"customer", "rival"}),
)


def shape(rule: Mapping[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    """Places below the rule, and messages."""
    with pytest.raises(ValidationError) as caught:
        PolicyFile.model_validate({"rules": [{"id": "a", "when": OUT, "then": "stop", **rule}]})
    return [(one.loc[2:], one.message) for one in shape_troubles(caught.value)]


@pytest.mark.parametrize(
    ("rule", "loc", "message"),
    [
        ({"wen": 1}, ("wen",), "unknown key `wen`"),
        ({"id": "A b"}, ("id",), "'A b' is not a rule's id"),
        ({"id": 7}, ("id",), "`7` must be text"),
        ({"mode": "of"}, ("mode",), "`of` is not one of monitor, warn, enforce, off"),
        ({"when": {"sendr": {}}}, ("when", "sendr"), "unknown condition `sendr`"),
        ({"when": {**OUT, "size": 1}}, ("when", "size"), "one condition a mapping: here are `direction` and `size`"),
        ({"when": "direction"}, ("when",), "`direction` needs settings"),
        ({"when": []}, ("when",), "a condition is a word with its settings"),
        ({"when": {"direction": "up"}}, ("when", "direction"), "`up` is not one of outbound, inbound, internal"),
        ({"when": {"sender": {"inn": 1}}}, ("when", "sender", "inn"), "unknown key `inn`"),
        ({"when": {"sender": {}}}, ("when", "sender"), "nothing is asked: write at least one of in, not-in"),
        ({"when": {"sender": None}}, ("when", "sender"), "`sender` must be a mapping with `in`"),
        ({"when": {"recipient": {"external": "yes"}}}, ("when", "recipient", "external"), "must be true or false"),
        ({"when": {"recipient": {"external": 1}}}, ("when", "recipient", "external"), "must be true or false"),
        ({"when": {"sender": {"in": []}}}, ("when", "sender", "in"), "an empty list"),
        ({"when": {"sender": {"in": "a b.jp"}}}, ("when", "sender", "in", 0), "is not an address, a domain"),
        ({"when": {"sender": {"matches": "("}}}, ("when", "sender", "matches", 0), "missing )"),
        ({"when": {"all": []}}, ("when", "all"), "an empty list"),
        ({"when": {"visible-recipients": {}}}, ("when", "visible-recipients"), "nothing to compare"),
        ({"when": {"size": "> 20QB"}}, ("when", "size"), "'20QB' is not a size"),
        ({"when": {"time": {"hours": "9-5"}}}, ("when", "time", "hours", 0), "is no span of hours"),
        ({"when": {"finding": "x", "kindz": 1}}, ("when", "kindz"), "unknown key `kindz`"),
        ({"when": {"header": {"name": "X:"}}}, ("when", "header", "name"), "not the name of a header field"),
        ({"then": []}, ("then",), "an empty list"),
        ({"then": "hodl"}, ("then", 0, "hodl"), "unknown action `hodl`"),
        ({"then": "notify"}, ("then", 0, "notify"), "`whom` is missing"),
        ({"then": [{"hold": None, "stop": None}]}, ("then", 0, "stop"), "one action a mapping"),
        ({"then": {"hold": {"approval": "boss"}}}, ("then", 0, "hold", "approval"), "'boss' is not an approver"),
        ({"then": {"hold": {"for": "soon"}}}, ("then", 0, "hold", "for"), "'soon' is not a duration"),
        ({"then": {"hold-header": {"value": "a\nb"}}}, ("then", 0, "hold-header", "value"), "no line ends"),
        ({"then": {"reject": "a\r\nb"}}, ("then", 0, "reject", "text"), "one line of at most 400"),
        ({"then": {"add-recipient": {"who": "x"}}}, ("then", 0, "add-recipient", "who"), "is not an address"),
        ({"then": {"envelope-only": {"to": "a,b@c.jp"}}}, ("then", 0, "envelope-only", "to"), "is not undisclosed"),
    ],
)
def test_what_is_written_wrongly_is_named_at_its_key(
    rule: Mapping[str, Any], loc: tuple[int | str, ...], message: str
) -> None:
    ((place, said),) = shape(rule)
    assert place == loc
    assert message in said


def test_all_errors_of_a_file_come_at_once() -> None:
    assert len(shape({"id": "A", "when": {"all": [{"sendr": 1}, {"size": "x"}]}, "then": ["hodl", "stop"]})) == 4


def test_an_unknown_word_comes_with_the_words_that_are_known() -> None:
    with pytest.raises(ValidationError) as caught:
        PolicyFile.model_validate({"rules": [{"id": "a", "when": {"sender": {"inn": 1}}, "then": "hodl"}]})
    key, action = shape_troubles(caught.value)
    assert (key.word, key.known[:2]) == ("inn", ("in", "not-in"))
    assert action.word == "hodl"
    assert "hold" in action.known


def check(*rules: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> tuple[Trouble, ...]:
    files = [{"rules": [{"then": "add-header", "when": OUT, **rule} for rule in rules]}]
    for rule in files[0]["rules"]:
        if rule["then"] == "add-header":
            rule["then"] = {"add-header": {"name": "X-A", "value": "b"}}
    if more is not None:
        files.append({"rules": [{"when": OUT, "then": "stop", **more}]})
    return troubles([PolicyFile.model_validate(file) for file in files], KNOWN)


def test_a_sound_policy_has_no_trouble() -> None:
    assert check({"id": "a", "then": {"hold": {"approval": "operator"}}}) == ()


@pytest.mark.parametrize(
    ("when", "loc", "message"),
    [
        ({"sender": {"in": "partnrs"}}, ("sender", "in", 0), "unknown list `partnrs`"),
        ({"recipient": {"not-in": ["a@b.jp", "xs"]}}, ("recipient", "not-in", 1), "unknown list `xs`"),
        ({"subject": {"dictionary": "nouns"}}, ("subject", "dictionary", 0), "unknown dictionary `nouns`"),
        ({"finding": "personaldata"}, ("finding",), "unknown finding `personaldata`"),
        ({"volume": {"recipients": "> 9", "within": "1h"}}, ("volume",), "`volume` is not available yet"),
        (
            {"time": {"holiday": True}},
            ("time", "holiday"),
            "no holidays are known: say which in sekisho.yaml, `organization: {holidays: {country: JP}}`",
        ),
    ],
)
def test_what_cannot_be_asked_is_an_error(when: Mapping[str, Any], loc: tuple[int | str, ...], message: str) -> None:
    (found,) = check({"id": "a", "when": when})
    assert found.loc == ("rules", 0, "when", *loc)
    assert found.message == message
    assert found.severity is Severity.ERROR


def test_a_label_that_nobody_has_is_pointed_out() -> None:
    (found,) = check({"id": "a", "when": {"recipient": {"label": ["Rival", "customr"]}}})
    assert found.loc == ("rules", 0, "when", "recipient", "label", 1)
    assert (found.message, found.severity) == ("nobody in an address book has the label `customr`", Severity.WARNING)
    assert found.known == ("customer", "rival")


@pytest.mark.parametrize("word", ["split", "journal", "encrypt", "link", "require-tls"])
def test_what_cannot_be_done_yet_is_an_error_by_name(word: str) -> None:
    (found,) = check({"id": "a", "then": word})
    assert (found.message, found.severity) == (f"`{word}` is not available yet", Severity.ERROR)


@pytest.mark.parametrize(
    ("then", "key", "message"),
    [
        ({"hold": {"for": "1h", "offer": "link"}}, 0, "is not offered"),
        ({"notify": "manager"}, "whom", "nobody is told"),
        ("hold", "hold", "nobody is named who may release it"),
        ("accept", "accept", "exempts from nothing"),
    ],
)
def test_what_is_only_stricter_or_quieter_is_a_warning(then: Any, key: str | int, message: str) -> None:
    (found,) = check({"id": "a", "then": then})
    assert found.severity is Severity.WARNING
    assert found.loc[-1] == key or (key == "accept" and found.loc == ("rules", 0, "then", 0))
    assert message in found.message


def test_a_rule_is_replaced_only_by_saying_so() -> None:
    (found,) = check({"id": "a"}, more={"id": "a"})
    assert (found.source, found.loc) == (1, ("rules", 0, "id"))
    assert "write `override: true`" in found.message
    assert check({"id": "a"}, more={"id": "a", "override": True}) == ()
    assert "no earlier file" in check({"id": "b"}, more={"id": "a", "override": True})[0].message
    assert "a second rule `a`" in check({"id": "a"}, {"id": "a"})[0].message


def test_an_exemption_names_rules_that_exist() -> None:
    (found,) = check({"id": "a", "then": {"accept": {"rules": ["b"]}}})
    assert (found.message, found.known) == ("unknown rule `b`", ("a",))


@pytest.mark.parametrize(
    "conditions",
    [
        [OUT, {"direction": "inbound"}],
        [OUT, {"recipient": {"external": False}}],
        [{"size": "> 20MB"}, {"size": "< 10MB"}],
        [{"size": "> 20MB"}, {"not": {"size": "> 20MB"}}],
        [{"recipients": {"count": "> 9"}}, {"recipients": {"count": 9}}],
    ],
)
def test_a_rule_that_can_never_match_is_pointed_out(conditions: list[Any]) -> None:
    (found,) = check({"id": "a", "when": {"all": conditions}})
    assert "can never match" in found.message
    assert found.loc == ("rules", 0, "when")


def test_an_exception_for_everything_that_matches_is_pointed_out() -> None:
    (found,) = check({"id": "a", "unless": [{"size": 1}, OUT]})
    assert "can never match" in found.message


def test_a_rule_behind_a_stop_is_pointed_out() -> None:
    (found,) = check({"id": "a", "then": "stop"}, {"id": "b", "when": {"all": [{"size": "> 1"}, OUT]}})
    assert found.loc == ("rules", 1, "id")
    assert found.message == "this rule is never reached: rule `a` stops at all that it could match"
    assert check({"id": "a", "then": "stop", "mode": "monitor"}, {"id": "b"}) == ()


@pytest.mark.parametrize(
    "exception",
    [
        {"sender": {"in": "partners"}},
        {"all": [{"from": {"domain": "a.jp"}}, {"sender": {"domain": "a.jp"}}]},
        {"any": [{"client": {"tls": True}}, {"sender": {"domain": "a.jp"}}]},
    ],
)
def test_an_exemption_by_a_claimed_address_is_pointed_out(exception: Mapping[str, Any]) -> None:
    (found,) = check({"id": "a", "unless": exception})
    assert (found.loc, found.severity) == (("rules", 0, "unless", 0), Severity.WARNING)
    (found,) = check({"id": "a", "when": exception, "then": "stop"})
    assert found.loc == ("rules", 0, "when")


def test_an_exemption_that_also_asks_for_the_client_is_fine() -> None:
    assert check({"id": "a", "unless": {"all": [{"client": {"tls": True}}, {"sender": {"in": "partners"}}]}}) == ()


def test_an_entry_twice_is_pointed_out_whatever_its_spelling() -> None:
    (found,) = check({"id": "a", "when": {"recipient": {"in": ["A@b.jp", "c.jp", "a@B.jp"]}}})
    assert found.loc == ("rules", 0, "when", "recipient", "in", 2)
    assert found.message == "`a@b.jp` is in this list a second time"


def test_two_ways_to_rewrite_one_header_are_pointed_out() -> None:
    keep = {"envelope-only": {"keep": "internal"}}
    (found,) = check({"id": "a", "then": "envelope-only"}, {"id": "b", "when": {"size": "> 1"}, "then": keep})
    assert found.loc == ("rules", 1, "then")
    assert found.message == "rule `a` shows other recipients in To: where both match, this counts"
    assert check({"id": "a", "then": keep}, {"id": "b", "then": keep}) == ()
    never_both = {"id": "b", "when": {"direction": "internal"}, "then": keep}
    assert check({"id": "a", "then": "envelope-only"}, never_both) == ()
