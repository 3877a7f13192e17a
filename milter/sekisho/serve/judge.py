"""From a transaction to its plan, without doing anything: what the gateway carries out and ``explain`` only shows."""

from __future__ import annotations

from dataclasses import dataclass

from sekisho.config.load import Configuration
from sekisho.core.decision import Decision
from sekisho.core.evidence import Evidence
from sekisho.core.facts import Facts
from sekisho.core.memory import NO_MEMORY, Memory, Spared, spare
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan, plan
from sekisho.core.ports import NO_FILES, Files, Reader
from sekisho.policy.evaluate import evaluate


@dataclass(frozen=True, slots=True)
class Judgement:
    """A plan, and all that led to it."""

    facts: Facts
    decision: Decision
    plan: Plan
    spared: tuple[Spared, ...] = ()
    """What was not asked, because somebody agreed to the same before."""

    @property
    def evidence(self) -> Evidence:
        """What people will need to see why a message was held."""
        facts = self.facts
        subject = facts.subjects[0] if facts.subjects else ""
        decision = self.decision
        rules = [match.rule for match in (*decision.enforced, *decision.warned) if match.truth.yes]
        reasons = {rule.id: rule.when.reason(facts) for rule in rules}
        messages = {rule.id: rule.message for rule in rules if rule.message}
        return Evidence(
            subject=subject,
            sender_of_record=facts.sender_of_record,
            findings=facts.found,
            reasons=reasons,
            score=decision.score,
            messages=messages,
            hidden=facts.hidden,
            files=len(facts.attachments),
        )


def judge(
    configuration: Configuration,
    reader: Reader,
    transaction: Transaction,
    files: Files = NO_FILES,
    memory: Memory = NO_MEMORY,
) -> Judgement:
    """Facts on demand, the policy's decision, what need not be asked again, and the plan that follows."""
    facts = Facts(
        transaction,
        configuration.site,
        reader,
        configuration.lists,
        configuration.dictionaries,
        configuration.inspectors,
        files,
        configuration.people.answers_for,
    )
    decision, spared = spare(facts, evaluate(configuration.policy, facts), memory)
    return Judgement(facts, decision, plan(facts, decision), spared)
