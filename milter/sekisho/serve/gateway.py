"""A message's way from the collected transaction to the plan that is applied: judge, deposit, answer.

This is the handler that `mta.session` calls at end-of-message. On return everything that must survive is committed; the
plan says what the MTA is told. A store that cannot take what must be held means tempfail; one that cannot take a
warning of what would have been held costs the warning, not the mail. Anything unexpected is raised and answered 4.7.1
by the session. Nothing is ever accepted by accident.
"""

from __future__ import annotations

from dataclasses import replace

from sekisho.config.load import Configuration
from sekisho.core import replies
from sekisho.core.decision import Disposition
from sekisho.core.message import Transaction
from sekisho.core.plan import WARNED, Plan
from sekisho.core.ports import Files, Reader
from sekisho.core.replies import Reply
from sekisho.quarantine.deposit import ReleaseLoop, deposit
from sekisho.quarantine.memory import Remembered
from sekisho.records.journal import jotted
from sekisho.serve.judge import Judgement, judge
from sekisho.serve.replying import Replies
from sekisho.serve.telemetry import Outcome, Telemetry
from sekisho.store import Store, StoreUnavailable


class Gateway:
    """Decides and stores; one for each worker process, used by many threads at once."""

    def __init__(
        self, configuration: Configuration, reader: Reader, files: Files, store: Store, telemetry: Telemetry
    ) -> None:
        self._configuration = configuration
        self._reader = reader
        self._files = files
        self._store = store
        self._memory = Remembered(store, on_record=True)
        self._telemetry = telemetry
        self._replies = Replies(configuration, reader, store) if configuration.settings.notices.replies else None

    def handle(self, transaction: Transaction) -> Plan:
        """Everything between collecting and applying; deposits are committed on return."""
        if self._replies is not None and (answered := self._answered(self._replies, transaction)) is not None:
            return answered
        judged = judge(self._configuration, self._reader, transaction, self._files, self._memory)
        outcome = _outcome(judged)
        if judged.plan.deposits or judged.plan.notices:
            return self._deposited(transaction, outcome, judged)
        return outcome

    def failed(self, stage: str, error: BaseException) -> None:
        """Called by the session, which then answers 4.7.1."""
        self._telemetry.failed(stage, error)

    def finished(self, transaction: Transaction, outcome: Plan, seconds: float) -> None:
        """Called by the session when the reply has been given."""
        self._telemetry.record(transaction, outcome, seconds)

    def close(self) -> None:
        """Called before the process ends."""
        self._telemetry.close()

    def _answered(self, answers: Replies, transaction: Transaction) -> Outcome | None:
        """The outcome for somebody's answer to a notice, which goes nowhere; None for any other mail."""
        nobody = Outcome((), (), (), replies.DISCARD, (Disposition.ACCEPT,) * len(transaction.recipients))
        try:
            return nobody if answers.took(transaction) else None
        except StoreUnavailable as error:
            self._telemetry.unavailable("store", str(error))
            return _tempfailed(nobody, replies.NOT_STORED)

    def _deposited(self, transaction: Transaction, outcome: Outcome, judged: Judgement) -> Outcome:
        """The outcome once its deposits are committed, or a tempfail."""
        try:
            holds = deposit(self._store, transaction, judged.plan, judged.evidence)
        except StoreUnavailable as error:
            self._telemetry.unavailable("store", str(error))
            return outcome if _only_warns(judged.plan) else _tempfailed(outcome, replies.NOT_STORED)
        except ReleaseLoop as error:
            self._telemetry.unavailable("loop", str(error))
            return _tempfailed(outcome, replies.LOOP)
        return replace(outcome, holds=holds)


def _outcome(judged: Judgement) -> Outcome:
    made = judged.plan
    given = (made.edits, made.deposits, made.notices, made.reply, made.dispositions)
    told = jotted(judged.facts, judged.decision.matches)
    return Outcome(*given, decision=judged.decision, findings=judged.facts.found, jotted=told)


def _only_warns(plan: Plan) -> bool:
    """Whether all that the store was asked for is to tell what would have happened: mail does not wait for that."""
    return not plan.deposits and all(notice.kind == WARNED for notice in plan.notices)


def _tempfailed(outcome: Outcome, reply: Reply) -> Outcome:
    everybody = (Disposition.TEMPFAIL,) * len(outcome.dispositions)
    return replace(outcome, edits=(), deposits=(), notices=(), reply=reply, dispositions=everybody)
