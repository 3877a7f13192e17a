"""What is counted and logged of each message: metrics, and one canonical line, once a message.

Called after the reply is given, so that nobody waits for it. Nothing here may stop mail: the caller's thread belongs to
libmilter, and a full disk or a closed stderr only loses the line.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.core.decision import Decision, Disposition
from sekisho.core.finding import Finding
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan
from sekisho.core.rule import OnError, Policy, Rule
from sekisho.serve.metrics import Metrics, SupervisorMetrics


@dataclass(frozen=True, slots=True)
class Outcome(Plan):
    """A plan that has been carried out as far as the gateway goes, with what telemetry tells of it."""

    decision: Decision | None = None
    findings: tuple[Finding, ...] = ()
    holds: tuple[str, ...] = ()


class Telemetry:
    """Counts and logs for one process."""

    def __init__(self, metrics: Metrics, log: logging.Logger, policy: Policy, codes: Iterable[str]) -> None:
        self._metrics = metrics
        self._log = log
        metrics.start_at_zero([(rule.id, rule.mode.value) for rule in policy.rules], codes)
        self._messages = {one: metrics.messages.labels(one.word) for one in Disposition}
        self._recipients = {one: metrics.recipients.labels(one.word) for one in Disposition}
        self._matches = {(rule.id, rule.mode): self._matching(rule) for rule in policy.rules}

    def record(self, transaction: Transaction, outcome: Plan, seconds: float) -> None:
        """One message is done: ``seconds`` from end-of-message to its reply."""
        self._count(transaction, outcome, seconds)
        if self._log.isEnabledFor(logging.INFO):
            self._log.info("message", extra={"fields": canonical(transaction, outcome, seconds)})

    def failed(self, stage: str, error: BaseException) -> None:
        """Something unexpected; the message at hand is answered 4.7.1 by the caller."""
        self._metrics.errors.labels(stage).inc()
        self._log.error("failed", extra={"fields": {"stage": stage}}, exc_info=error)

    def unavailable(self, stage: str, why: str) -> None:
        """A foreseen failure (no store, no space): the message is tempfailed."""
        self._metrics.errors.labels(stage).inc()
        self._log.error("unavailable", extra={"fields": {"stage": stage, "why": why}})

    def _count(self, transaction: Transaction, outcome: Plan, seconds: float) -> None:
        metrics = self._metrics
        self._messages[outcome.strictest].inc()
        for one in set(outcome.dispositions):
            self._recipients[one].inc(outcome.dispositions.count(one))
        metrics.eom_duration.observe(seconds)
        metrics.message_bytes.observe(transaction.size)
        if isinstance(outcome, Outcome) and outcome.decision is not None:
            self._count_decision(outcome.decision, outcome.findings)

    def _matching(self, rule: Rule) -> Any:
        return self._metrics.rule_matches.labels(rule.id, rule.mode.value)

    def _count_decision(self, decision: Decision, findings: Iterable[Finding]) -> None:
        for match in decision.matches:
            # A rule's mode may depend on who sends: the label is the one that it had for this message.
            kept = self._matches.get((match.rule.id, match.rule.mode))
            (kept or self._matching(match.rule)).inc()
        if decision.unanswered:
            self._metrics.uninspected.labels(OnError.ACCEPT.value).inc(len(decision.unanswered))
        for code in {finding.code for finding in findings}:
            self._metrics.findings.labels(code).inc()


class SupervisorTelemetry:
    """What the supervisor alone knows; the numbers are opened when the first is told, in the user's name."""

    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder
        self._version = version
        self._opened: SupervisorMetrics | None = None

    def workers(self, states: Mapping[str, int]) -> None:
        """Milter workers, by state."""
        for state, number in states.items():
            self._metrics.workers.labels(state).set(number)

    def loaded(self, success: bool) -> None:
        """A configuration was put in force, or refused."""
        self._metrics.reload_success.set(int(success))
        if success:
            self._metrics.policy_loaded.set_to_current_time()

    @property
    def _metrics(self) -> SupervisorMetrics:
        if self._opened is None:
            self._opened = SupervisorMetrics(self._folder)
            self._opened.build_info.labels(self._version).set(1)
        return self._opened


def canonical(transaction: Transaction, outcome: Plan, seconds: float) -> dict[str, object]:
    """The fields of the one line that says everything about a message."""
    fields: dict[str, object] = {
        "queue_id": transaction.queue_id or "-",
        "disposition": outcome.strictest.word,
        "reply": outcome.reply.verdict.value,
        "client": transaction.client.address or "local",
        "from": transaction.sender.raw.decode("utf-8", "surrogateescape"),
        "recipients": len(transaction.recipients),
        "held": outcome.dispositions.count(Disposition.HOLD),
        "size": transaction.size,
        "ms": round(seconds * 1000, 2),
    }
    if outcome.edits:
        fields["edits"] = len(outcome.edits)
    if isinstance(outcome, Outcome) and outcome.decision is not None:
        fields["rules"] = [match.rule.id for match in outcome.decision.matches]
        fields["findings"] = sorted({finding.code for finding in outcome.findings})
        if outcome.holds:
            fields["holds"] = outcome.holds
    return {key: value for key, value in fields.items() if value not in ([], ())}
