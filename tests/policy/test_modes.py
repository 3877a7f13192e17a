"""Modes set by command count instead of those that are written, and `check` says so."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sekisho.core.rule import Mode
from sekisho.policy.compile import Source, compile_policy
from sekisho.policy.compiler import Known
from sekisho.policy.evaluate import evaluate
from sekisho.policy.explain import explain
from sekisho.policy.models import PolicyFile
from sekisho.policy.modes import ModesFile, mode_troubles
from tests.support.messages import make_facts

KNOWN = Known(frozenset({"pilots"}))
FILE = PolicyFile.model_validate(
    {
        "rules": [
            {"id": "written", "when": {"size": "> 1"}, "then": "hold"},
            {"id": "watching", "mode": "monitor", "when": {"size": "> 2"}, "then": "hold"},
            {"id": "resting", "mode": "off", "when": {"size": "> 3"}, "then": "hold"},
        ]
    }
)


def modes(*entries: dict[str, Any]) -> ModesFile:
    return ModesFile.model_validate({"modes": list(entries)})


def matched(file: ModesFile, sender: str = "<sato@example.co.jp>") -> dict[str, Mode]:
    """The mode of each rule that matched, by its id; `explain` says the same."""
    policy = compile_policy([Source(FILE)], KNOWN, file)
    facts = make_facts([], ["<a@x.example>"], sender=sender)
    found = {match.rule.id: match.rule.mode for match in evaluate(policy, facts).matches}
    assert {rule.id: rule.mode for rule, truth, _ in explain(policy, facts) if truth} == found
    return found


def test_a_rules_mode_takes_the_place_of_its_own() -> None:
    file = modes({"rule": "written", "mode": "monitor"}, {"rule": "resting", "mode": "enforce"})
    assert matched(file) == {"written": Mode.MONITOR, "watching": Mode.MONITOR, "resting": Mode.ENFORCE}


def test_the_later_of_two_entries_counts_and_off_is_off() -> None:
    file = modes({"rule": "written", "mode": "monitor"}, {"rule": "written", "mode": "off"})
    assert matched(file) == {"watching": Mode.MONITOR}


def test_a_mode_for_senders_is_the_most_that_rules_may_do_to_them() -> None:
    file = modes({"senders": "sato@example.co.jp", "mode": "monitor"}, {"rule": "resting", "mode": "warn"})
    expected = {"written": Mode.MONITOR, "watching": Mode.MONITOR, "resting": Mode.MONITOR}
    assert matched(file) == expected
    others = matched(file, "<ito@example.co.jp>")
    assert others == {"written": Mode.ENFORCE, "watching": Mode.MONITOR, "resting": Mode.WARN}


def test_a_sender_whom_nobody_vouches_for_is_in_no_group() -> None:
    file = modes({"senders": "x.example", "mode": "off"})
    assert matched(file, "<a@x.example>")["written"] is Mode.ENFORCE


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        (
            {"rule": "written", "mode": "monitor", "by": "root", "at": "2026-11-24", "reason": "too loud"},
            "rule",
            "rule `written` is set to monitor, whatever its own mode (by root, at 2026-11-24, too loud)",
        ),
        ({"rule": "writen", "mode": "off"}, "rule", "there is no rule `writen`: this entry does nothing"),
        ({"senders": "pilots", "mode": "off"}, "senders", "for pilots no rule does more than off"),
    ],
)
def test_check_tells_of_every_mode_that_is_not_as_written(entry: dict[str, str], key: str, message: str) -> None:
    (found,) = mode_troubles(modes(entry), [FILE], KNOWN.lists)
    assert (found.loc, found.message) == (("modes", 0, key), message)


def test_a_mode_that_is_as_written_is_not_worth_a_word() -> None:
    assert not list(mode_troubles(modes({"rule": "watching", "mode": "monitor"}), [FILE], KNOWN.lists))


@pytest.mark.parametrize("entry", [{"mode": "off"}, {"mode": "off", "rule": "a", "senders": "b.jp"}, {"rule": "a"}])
def test_an_entry_is_for_a_rule_or_for_senders(entry: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        modes(entry)
