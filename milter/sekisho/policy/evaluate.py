"""Which rules match a message, and for whom: the decision.

All matching rules count. `stop` ends the evaluation for the recipients whom its rule matches; `accept` lifts the rules
that it names from the recipients whom its rule matches, whether they stand before it or after it. Both act only in
rules that are enforced. A recipient for whom a rule is unknown, because a source was away, is treated as the rule's
``on-error`` says; one whose address can be read in several ways, as the stricter reading says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sekisho.core.actions import Lift, Stop
from sekisho.core.decision import Decision, decided
from sekisho.core.facts import Facts
from sekisho.core.rule import Match, Mode, OnError, Policy, Rule
from sekisho.core.truth import NOBODY, Mask, Truth
from sekisho.policy.index import IndexedPolicy
from sekisho.policy.steps import SteppedRule, in_force


def evaluate(policy: Policy, facts: Facts) -> Decision:
    """The matches of a message and what becomes of each recipient; asks no more than it must."""
    rules = policy.candidates(facts) if isinstance(policy, IndexedPolicy) else policy.rules
    return decision(rules, facts)


def decision(rules: Iterable[Rule], facts: Facts) -> Decision:
    """The decision of these rules, asked one after the other."""
    matches, unanswered = _asked(rules, facts)
    made = decided(_lifted(matches), len(facts.transaction.recipients), _score(facts))
    return replace(made, unanswered=unanswered) if unanswered else made


def _asked(rules: Iterable[Rule], facts: Facts) -> tuple[list[Match], tuple[str, ...]]:
    """Every match before exemptions, and the rules whose unknown recipients pass."""
    matches: list[Match] = []
    unanswered: list[str] = []
    remaining = facts.everyone
    for written in rules:
        rule = in_force(written, facts) if isinstance(written, SteppedRule) else written
        if rule.mode is Mode.OFF:
            continue
        truth = rule.when.truth(facts)
        if truth is NOBODY:
            continue
        truth = _strictly(rule, _within(truth, remaining), facts)
        if truth.unknown and rule.on_error is not OnError.TEMPFAIL:
            truth = _resolved(rule, truth, unanswered)
        if not truth:
            continue
        matches.append(Match(rule, truth))
        if rule.mode is Mode.ENFORCE and any(isinstance(action, Stop) for action in rule.actions):
            remaining &= ~truth.yes
            if not remaining:
                break
    return matches, tuple(unanswered)


def _strictly(rule: Rule, truth: Truth, facts: Facts) -> Truth:
    """Where a recipient's address has several readings and they differ: it matches, unless the rule only exempts."""
    doubtful = truth.unknown and truth.unknown & facts.ambiguous
    if not doubtful:
        return truth
    exempts = all(isinstance(action, Lift | Stop) for action in rule.actions)
    return Truth(truth.yes if exempts else truth.yes | doubtful, truth.unknown & ~doubtful)


def _within(truth: Truth, mask: Mask) -> Truth:
    return Truth(truth.yes & mask, truth.unknown & mask) if (truth.yes | truth.unknown) & ~mask else truth


def _resolved(rule: Rule, truth: Truth, unanswered: list[str]) -> Truth:
    if rule.on_error is OnError.MATCH:
        return Truth(truth.yes | truth.unknown)
    if rule.mode is Mode.ENFORCE:
        unanswered.append(rule.id)
    return Truth(truth.yes)


def _lifted(matches: list[Match]) -> list[Match]:
    """The matches without what the rules among them exempt; a rule that is itself lifted exempts nobody."""
    lifted: dict[str, Mask] = {}
    for match in matches:
        if match.rule.mode is not Mode.ENFORCE:
            continue
        for action in match.rule.actions:
            if isinstance(action, Lift):
                _lift(lifted, action.rules, match.truth.yes & ~lifted.get(match.rule.id, 0))
    if not lifted:
        return matches
    kept = ((match, _within(match.truth, ~lifted.get(match.rule.id, 0))) for match in matches)
    return [Match(match.rule, truth) for match, truth in kept if truth]


def _lift(lifted: dict[str, Mask], rules: Iterable[str], mask: Mask) -> None:
    for rule in rules:
        lifted[rule] = lifted.get(rule, 0) | mask


def _score(facts: Facts) -> float:
    """The sum of everything that was found; the score of a recipient is asked by the condition `score`."""
    return round(sum([one.score for one in facts.found], 0.0), 6)
