"""Sparing people the same question twice: what a rule's hold asked, and somebody agreed to, is not asked again so soon.

A `Question` is what a hold would ask about one recipient; a `Memory` says which of them are answered. An answer counts
for the same rule, sender of record and recipient, for findings of kinds that were there when it was given, and, where
it was given for a thread, for messages that answer in that thread. A memory that is away spares nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sekisho.core.actions import Hold
from sekisho.core.decision import Decision, decided
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding, kind_of
from sekisho.core.ports import Unavailable
from sekisho.core.rule import Match
from sekisho.core.thread import answered
from sekisho.core.truth import Mask, members


@dataclass(frozen=True, slots=True)
class Question:
    """What a rule would ask about one recipient's copy."""

    rule: str
    sender: str
    """The sender of record, in small letters."""
    recipient: str
    """In small letters."""
    kinds: frozenset[str]
    """Of the findings that concern the recipient, by `sekisho.core.finding.kind_of`."""
    pair: bool
    """An answer for this sender and recipient counts."""
    thread: tuple[str, ...]
    """An answer for the thread of any of these Message-IDs counts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who agreed to the same before, and about which hold."""

    hold: str
    person: str


@dataclass(frozen=True, slots=True)
class Spared:
    """A question that is not asked."""

    rule: str
    recipient: str
    answer: Answer


class Memory(Protocol):
    """What is remembered."""

    def answers(self, questions: Collection[Question], now: datetime) -> Mapping[Question, Answer]:
        """Those that need not be asked. Raises `Unavailable`."""


class NoMemory:
    """Nothing is remembered where there is no store."""

    def answers(self, questions: Collection[Question], now: datetime) -> Mapping[Question, Answer]:  # noqa: ARG002
        return {}


NO_MEMORY = NoMemory()


def kinds_for(findings: Sequence[Finding], ordinal: int) -> frozenset[str]:
    """The kinds of the findings that concern a recipient."""
    return frozenset(kind_of(finding) for finding in findings if finding.recipients >> ordinal & 1)


def spare(facts: Facts, decision: Decision, memory: Memory) -> tuple[Decision, tuple[Spared, ...]]:
    """The decision without the holds that need not ask; a memory that cannot answer is noted in ``facts.away``."""
    if not decision.matches:
        return decision, ()
    asked = {match.rule.id: _questions(facts, match) for match in decision.enforced if _forgiving(match)}
    if not any(asked.values()):
        return decision, ()
    try:
        wanted = [question for those in asked.values() for question in those.values()]
        answers = memory.answers(wanted, facts.transaction.received)
    except Unavailable as error:
        facts.away[error.source] = error.why
        return decision, ()
    if not answers:
        return decision, ()
    matches = tuple(_spared(match, asked.get(match.rule.id, {}), answers) for match in decision.matches)
    made = decided(matches, len(facts.transaction.recipients), decision.score)
    found = [
        Spared(question.rule, question.recipient, answers[question])
        for those in asked.values()
        for question in those.values()
        if question in answers
    ]
    return replace(made, unanswered=decision.unanswered), tuple(dict.fromkeys(found))


def _forgiving(match: Match) -> bool:
    """Whether every hold of the rule can be spared by an answer."""
    held = [action for action in match.rule.actions if isinstance(action, Hold)]
    return bool(held) and bool(match.truth.yes) and all(_remembers(action) for action in held)


def _remembers(hold: Hold) -> bool:
    return hold.terms.remember is not None or hold.terms.approved_for is not None


def _questions(facts: Facts, match: Match) -> dict[int, Question]:
    """By recipient; nobody can be spared whose sender is not known."""
    sender = facts.sender_of_record.lower()
    if not sender:
        return {}
    holds = [action.terms for action in match.rule.actions if isinstance(action, Hold)]
    pair = all(terms.remember is not None for terms in holds)
    in_thread = all(terms.approved_for is not None for terms in holds)
    thread = answered(facts.transaction.fields) if in_thread else ()
    recipients = facts.transaction.recipients
    return {
        ordinal: Question(
            match.rule.id, sender, recipients[ordinal].address.lower(), kinds_for(facts.found, ordinal), pair, thread
        )
        for ordinal in members(match.truth.yes)
    }


def _spared(match: Match, asked: Mapping[int, Question], answers: Mapping[Question, Answer]) -> Match:
    mask: Mask = 0
    for ordinal, question in asked.items():
        if question in answers:
            mask |= 1 << ordinal
    return replace(match, spared=mask) if mask else match
