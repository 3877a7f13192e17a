"""What is counted, logged and kept of each message: metrics, one canonical line, one of the journal, once a message.

The caller's thread belongs to libmilter and only leaves word; counting and writing is done in batches, a moment later
and by another thread. What was told is counted and written when `Telemetry.close` returns. Nothing here may stop mail:
a full disk or a closed stderr only loses the line.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from sekisho.core.decision import Decision, Disposition
from sekisho.core.finding import Finding
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan
from sekisho.core.rule import Mode, OnError, Policy
from sekisho.core.values import value
from sekisho.records.journal import Jotted, Journal
from sekisho.serve.batches import Batches
from sekisho.serve.logs import Event, log_events
from sekisho.serve.metrics import Metrics, SupervisorMetrics


@value(frozen=True, slots=True)
class Outcome(Plan):
    """A plan that has been carried out as far as the gateway goes, with what telemetry tells of it."""

    decision: Decision | None = None
    findings: tuple[Finding, ...] = ()
    holds: tuple[str, ...] = ()
    jotted: Jotted | None = None
    """For the journal."""


@dataclass(slots=True)
class Done:
    """A message that is done: what is told of it, without the message itself, which may be large."""

    outcome: Plan
    strictest: Disposition
    at: float
    """Seconds since the epoch."""
    seconds: float
    """From end-of-message to its reply."""
    size: int
    queue_id: str
    client: str
    sender: bytes


class Telemetry:
    """Counts and logs for one process."""

    def __init__(
        self, metrics: Metrics, log: logging.Logger, policy: Policy, codes: Iterable[str], journal: Journal
    ) -> None:
        self._metrics = metrics
        self._journal = journal
        self._log = log
        metrics.start_at_zero([(rule.id, rule.mode.value) for rule in policy.rules], codes)
        self._messages = {one: metrics.messages.labels(one.word) for one in Disposition}
        self._recipients = {one: metrics.recipients.labels(one.word) for one in Disposition}
        self._matches = {(rule.id, rule.mode): self._matching(rule.id, rule.mode) for rule in policy.rules}
        self._batches = Batches(self._tell)

    def record(self, transaction: Transaction, outcome: Plan, seconds: float) -> None:
        """One message is done: ``seconds`` from end-of-message to its reply."""
        address, sender = transaction.client.address, transaction.sender.raw
        when = outcome.strictest, time.time(), seconds
        self._batches.add(Done(outcome, *when, transaction.size, transaction.queue_id, address, sender))

    def close(self) -> None:
        """Count and write what was told until now."""
        self._batches.close()
        self._journal.close()

    def failed(self, stage: str, error: BaseException) -> None:
        """Something unexpected; the message at hand is answered 4.7.1 by the caller."""
        self._metrics.errors.labels(stage).inc()
        self._log.error("failed", extra={"fields": {"stage": stage}}, exc_info=error)

    def unavailable(self, stage: str, why: str) -> None:
        """A foreseen failure (no store, no space): the message is tempfailed."""
        self._metrics.errors.labels(stage).inc()
        self._log.error("unavailable", extra={"fields": {"stage": stage, "why": why}})

    def _tell(self, batch: list[Done]) -> None:
        try:
            self._count(batch)
            self._keep(batch)
            if self._log.isEnabledFor(logging.INFO):
                log_events(self._log, [Event("message", one.at, canonical(one)) for one in batch])
        except Exception as error:
            self.failed("record", error)

    def _keep(self, batch: list[Done]) -> None:
        """The journal; what it cannot take is counted."""
        those = [(one.outcome, one.strictest) for one in batch]
        told = [(one.jotted, _WORDS[strictest]) for one, strictest in those if isinstance(one, Outcome) and one.jotted]
        if lost := self._journal.write(told):
            self._metrics.journal_dropped.inc(lost)

    def _count(self, batch: list[Done]) -> None:
        metrics = self._metrics
        for disposition, number in Counter([one.strictest for one in batch]).items():
            self._messages[disposition].inc(number)
        recipients = Counter(chain.from_iterable([one.outcome.dispositions for one in batch]))
        for disposition, number in recipients.items():
            self._recipients[disposition].inc(number)
        metrics.eom_duration.observe_all([one.seconds for one in batch])
        metrics.message_bytes.observe_all([one.size for one in batch])
        self._count_decisions([one.outcome for one in batch if isinstance(one.outcome, Outcome)])

    def _matching(self, rule: str, mode: Mode) -> Any:
        return self._metrics.rule_matches.labels(rule, mode.value)

    def _count_decisions(self, outcomes: list[Outcome]) -> None:
        decisions = [one.decision for one in outcomes if one.decision is not None]
        # A rule's mode may depend on who sends: the label is the one that it had for the message.
        matched = Counter([(match.rule.id, match.rule.mode) for one in decisions for match in one.matches])
        for (rule, mode), number in matched.items():
            (self._matches.get((rule, mode)) or self._matching(rule, mode)).inc(number)
        unanswered = sum(len(one.unanswered) for one in decisions)
        if unanswered:
            self._metrics.uninspected.labels(OnError.ACCEPT.value).inc(unanswered)
        for code, number in Counter([code for one in outcomes for code in _codes(one.findings)]).items():
            self._metrics.findings.labels(code).inc(number)


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


def canonical(done: Done) -> dict[str, object]:
    """The fields of the one line that says everything about a message."""
    outcome = done.outcome
    fields: dict[str, object] = {
        "queue_id": done.queue_id or "-",
        "disposition": _WORDS[done.strictest],
        "reply": outcome.reply.verdict.value,
        "client": done.client or "local",
        "from": done.sender.decode("utf-8", "surrogateescape"),
        "recipients": len(outcome.dispositions),
        "held": outcome.dispositions.count(Disposition.HOLD),
        "size": done.size,
        "ms": round(done.seconds * 1000, 2),
    }
    # Worth a word only where there is some of it.
    if outcome.edits:
        fields["edits"] = len(outcome.edits)
    if isinstance(outcome, Outcome) and outcome.decision is not None:
        if outcome.decision.matches:
            fields["rules"] = [match.rule.id for match in outcome.decision.matches]
        if outcome.findings:
            fields["findings"] = sorted(_codes(outcome.findings))
        if outcome.holds:
            fields["holds"] = outcome.holds
    return fields


def _codes(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings}


_WORDS = {one: one.word for one in Disposition}
