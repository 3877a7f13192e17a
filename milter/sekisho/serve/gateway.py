"""A message's way from the collected transaction to the plan that is applied: facts, decision, plan, deposit.

This is the handler that `mta.session` calls at end-of-message. On return everything that must survive is committed; the
plan says what the MTA is told. A store that cannot take what must be held means tempfail; anything unexpected is raised
and answered 4.7.1 by the session. Nothing is ever accepted by accident.
"""

from __future__ import annotations

from dataclasses import fields, replace

from sekisho.config.load import Configuration
from sekisho.core import replies
from sekisho.core.decision import Decision, Disposition
from sekisho.core.evidence import Evidence
from sekisho.core.facts import Facts
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan, plan
from sekisho.core.ports import Reader
from sekisho.core.replies import Reply
from sekisho.policy.evaluate import evaluate
from sekisho.quarantine.deposit import ReleaseLoop, deposit
from sekisho.serve.telemetry import Outcome, Telemetry
from sekisho.store import Store, StoreUnavailable


class Gateway:
    """Decides and stores; one for each worker process, used by many threads at once."""

    def __init__(self, configuration: Configuration, reader: Reader, store: Store, telemetry: Telemetry) -> None:
        self._configuration = configuration
        self._reader = reader
        self._store = store
        self._telemetry = telemetry

    def handle(self, transaction: Transaction) -> Plan:
        """Everything between collecting and applying; deposits are committed on return."""
        facts = facts_of(self._configuration, self._reader, transaction)
        decision = evaluate(self._configuration.policy, facts)
        made = plan(facts, decision)
        outcome = _outcome(made, decision, facts)
        if not (made.deposits or made.notices):
            return outcome
        return self._deposited(transaction, outcome, decision, facts)

    def failed(self, stage: str, error: BaseException) -> None:
        """Called by the session, which then answers 4.7.1."""
        self._telemetry.failed(stage, error)

    def finished(self, transaction: Transaction, outcome: Plan, seconds: float) -> None:
        """Called by the session when the reply has been given."""
        self._telemetry.record(transaction, outcome, seconds)

    def _deposited(self, transaction: Transaction, outcome: Outcome, decision: Decision, facts: Facts) -> Outcome:
        """The outcome once its deposits are committed, or a tempfail."""
        try:
            holds = deposit(self._store, transaction, outcome, evidence_of(facts, decision))
        except StoreUnavailable as error:
            self._telemetry.unavailable("store", str(error))
            return _tempfailed(outcome, replies.NOT_STORED)
        except ReleaseLoop as error:
            self._telemetry.unavailable("loop", str(error))
            return _tempfailed(outcome, replies.LOOP)
        return replace(outcome, holds=holds)


def facts_of(configuration: Configuration, reader: Reader, transaction: Transaction) -> Facts:
    """The facts of a message under a configuration."""
    return Facts(
        transaction,
        configuration.site,
        reader,
        configuration.lists,
        configuration.dictionaries,
        configuration.inspectors,
    )


def evidence_of(facts: Facts, decision: Decision) -> Evidence:
    """What people will need to see why a message was held."""
    subject = facts.subjects[0] if facts.subjects else ""
    reasons = {match.rule.id: match.rule.when.reason(facts) for match in decision.enforced if match.truth.yes}
    return Evidence(subject, facts.sender_of_record, facts.found, reasons, decision.score)


def _outcome(made: Plan, decision: Decision, facts: Facts) -> Outcome:
    values = {field.name: getattr(made, field.name) for field in fields(Plan)}
    return Outcome(**values, decision=decision, findings=facts.found)


def _tempfailed(outcome: Outcome, reply: Reply) -> Outcome:
    everybody = (Disposition.TEMPFAIL,) * len(outcome.dispositions)
    return replace(outcome, edits=(), deposits=(), notices=(), reply=reply, dispositions=everybody)
