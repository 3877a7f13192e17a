"""Why a message is treated as it is: every rule with its truth and the reason for the hit or the miss.

Asks the same compiled conditions as `evaluate`, without its index and its short cuts. The truth that comes with a rule
is what `evaluate` finds: after `stop`, exemptions and ``on-error``; where these made a difference the reason says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.facts import Facts
from sekisho.core.reason import Reason
from sekisho.core.rule import Mode, Policy, Rule
from sekisho.core.truth import NOBODY, Truth
from sekisho.policy.asked import addresses, holds
from sekisho.policy.evaluate import decision
from sekisho.policy.steps import in_force


def explain(policy: Policy, facts: Facts) -> Iterator[tuple[Rule, Truth, Reason]]:
    """Each rule, in order, with the recipients whom it matches and why."""
    matched = {match.rule.id: match.truth for match in decision(policy.rules, facts).matches}
    for rule in (in_force(one, facts) for one in policy.rules):
        if rule.mode is Mode.OFF:
            yield rule, NOBODY, Reason("off", {"rule": rule.id})
            continue
        truth = matched.get(rule.id, NOBODY)
        yield rule, truth, _reason(rule, truth, facts)


def _reason(rule: Rule, truth: Truth, facts: Facts) -> Reason:
    asked = rule.when.truth(facts)
    reason = rule.when.reason(facts)
    spared = asked.yes & ~truth.yes
    if spared:
        values = {"rule": rule.id, "holds": holds(truth, facts.everyone), "recipients": addresses(facts, spared)}
        return Reason("spared", values, (reason,))
    if asked.unknown:
        told = {"rule": rule.id, "holds": holds(truth, facts.everyone), "on-error": rule.on_error.value}
        return Reason("unanswered", {**told, "recipients": addresses(facts, asked.unknown)}, (reason,))
    return reason
