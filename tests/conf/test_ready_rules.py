"""The ready rules and whole policies of conf/ are valid, do what they say, and miss what they should miss."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.cli.main import main
from sekisho.config.load import load
from sekisho.core.actions import Hold, Refuse
from sekisho.core.decision import Disposition
from sekisho.core.rule import Mode, Rule
from sekisho.policy.testing import Expectation
from tests.support.cookbook import CONF, NAMES, RULES, enforced, judged, ready

HEADINGS = ("When:", "Does:", "False alarms:", "To loosen:")


def test_there_are_more_than_twenty_ready_rules_and_three_policies() -> None:
    assert len(RULES) >= 20
    assert {name for name in NAMES if name.startswith("policies/")} == {
        "policies/manufacturer",
        "policies/municipality",
        "policies/newsletter-operator",
    }


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_ready_rule_says_when_to_use_it_and_what_its_false_alarms_are(path: Path) -> None:
    head = path.read_text("utf-8").partition("\nrules:")[0]
    assert [heading for heading in HEADINGS if f"# {heading}" not in head] == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_ready_rule_is_listed(path: Path) -> None:
    assert f"({path.name})" in (CONF / "cookbook" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid_without_a_warning(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "-c", str(ready(name, tmp_path).config)])
    said = capsys.readouterr()
    assert (code, said.err) == (0, "")


def test_all_ready_rules_can_be_used_together(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "-c", str(CONF / "cookbook" / "site" / "sekisho.yaml")])
    said = capsys.readouterr()
    assert (code, said.err) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_its_cases_come_out_as_they_say(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = ready(name, tmp_path)
    code = main(["policy", "test", str(site.cases), "-c", str(site.config)])
    said = capsys.readouterr()
    assert code == 0, said.out + said.err


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_message_that_it_matches_and_one_that_it_does_not(name: str, tmp_path: Path) -> None:
    site = ready(name, tmp_path)
    configuration = load(site.config)
    rules = {rule.id for rule in configuration.policy.rules}
    expected = [case.expect for case, _ in site.told(configuration)]
    assert rules - {rule for one in expected for rule in _matching(one)} == set()
    assert rules - {rule for one in expected for rule in _missing(one, rules)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_when_enforced_a_matching_rule_holds_or_refuses_if_that_is_what_it_does(name: str, tmp_path: Path) -> None:
    """Whole policies begin in monitor mode; this is what they will do."""
    site = ready(name, tmp_path)
    enforced(site)
    configuration = load(site.config)
    assert {rule.mode for rule in configuration.policy.rules} == {Mode.ENFORCE}
    for case, folder in site.told(configuration):
        plan = judged(configuration, case, folder).plan
        for rule in configuration.policy.rules:
            if rule.id in _matching(case.expect):
                assert plan.strictest >= _at_least(rule), (case.name, rule.id)


def _matching(expect: Expectation) -> set[str]:
    return {*(expect.matches or ()), *(expect.rules or ())}


def _missing(expect: Expectation, rules: set[str]) -> set[str]:
    """Where a case says exactly which rules match, all others are missed."""
    return set(expect.misses or ()) | (set() if expect.rules is None else rules - set(expect.rules))


def _at_least(rule: Rule) -> Disposition:
    """What becomes of a message that the rule matches, if no other rule is stricter."""
    kinds = {
        Disposition.REJECT: any(isinstance(one, Refuse) and one.permanent for one in rule.actions),
        Disposition.TEMPFAIL: any(isinstance(one, Refuse) and not one.permanent for one in rule.actions),
        Disposition.HOLD: any(isinstance(one, Hold) for one in rule.actions),
    }
    return max((kind for kind, does in kinds.items() if does), default=Disposition.ACCEPT)
