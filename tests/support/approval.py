"""Holds that people have to agree to, in a store, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sekisho.core.actions import OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.approval import Role, parse
from sekisho.core.people import People
from sekisho.core.plan import Wait
from sekisho.core.terms import Escalation, Terms
from sekisho.notices.facts import from_json
from sekisho.quarantine.asking import ask_due
from sekisho.quarantine.decide import decide
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.reached import FIRST, reached
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice, rights
from sekisho.quarantine.timers import expire_due
from sekisho.store import Store, audit, outbox
from sekisho.store.rows import AskRow, AuditRow, HoldRow
from sekisho.store.unit import Unit
from tests.support.people import people
from tests.support.stores import CALENDAR, NOW, a_desk, a_transaction, a_wait, hold_one, loaded


@dataclass(slots=True)
class Alarms:
    """A watch that remembers what it was told."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        pass

    def noticed(self, kind: str, outcome: str) -> None:
        pass

    def alarmed(self, what: str, subject: str, why: str) -> None:
        self.said.append((what, why))


def lock(
    approval: Any, *, rule: str = "secret", on_expiry: OnExpiry = OnExpiry.KEEP, lasts: int = 0, **terms: Any
) -> Wait:
    """A lock that waits for this approval, for so many hours."""
    lasting = Duration(lasts * 3600) if lasts else None
    said = Terms(approval=parse(approval), lasts=lasting, **terms)
    return a_wait(rule, timedelta(hours=lasts) if lasts else None, on_expiry, said)


def escalation(hours: int, kind: str, name: str = "") -> Escalation:
    return Escalation(Duration(hours * 3600), Role(kind, name))


class Office:
    """A store, its people, and the moment."""

    def __init__(self, store: Store, known: People | None = None, **desk: Any) -> None:
        self.store = store
        self.desk: Desk = a_desk(known or people(), **desk)
        self.alarms = Alarms()
        self.now: datetime = NOW
        self._asked_for = 0
        self.listening = True
        """Whether requests are taken by the MTA at once."""

    def hold(self, *waits: Wait, recipients: Sequence[str] = ("<x@partner.example>",), **of: Any) -> str:
        """Something is held, and who is to be asked is asked."""
        self._asked_for += 1
        message = a_transaction(*recipients, body=b"%d\r\n" % self._asked_for, received=self.now, **of)
        hold = hold_one(self.store, *waits, transaction=message)
        self.ask()
        return hold

    def ask(self) -> int:
        asked = ask_due(self.store, self.desk, self.now, self.alarms)
        if self.listening:
            self.store.write(self._deliver)
        return asked

    def _deliver(self, unit: Unit) -> None:
        for row in outbox.claim(unit, "office", self.now, timedelta(seconds=60), 1000):
            outbox.finish(unit, row.id, outbox.SENT, "250")
            if row.kind in FIRST:
                reached(unit, row.hold, row.payload["to"], self.now, self.desk)

    def later(self, hours: float) -> None:
        """Time goes by; whatever is due happens."""
        self.now += timedelta(hours=hours)
        expire_due(self.store, self.now, CALENDAR, _raise)
        self.ask()

    def decide(self, hold: str, who: str, choice: Choice, *recipients: str, reason: str = "") -> HoldRow:
        actor = Actor(who)
        return decide(self.store, hold, choice, actor, self.now, recipients=recipients, reason=reason)

    def approve(self, hold: str, who: str, *recipients: str) -> HoldRow:
        return self.decide(hold, who, Choice.APPROVE, *recipients)

    def rights(self, hold: str, who: str) -> list[str]:
        return [choice.value for choice in rights(self.row(hold), who)]

    def row(self, hold: str) -> HoldRow:
        return loaded(self.store, hold)

    def asks(self, hold: str) -> tuple[AskRow, ...]:
        return self.row(hold).asks

    def told(self, hold: str) -> list[tuple[str, str]]:
        """Every notice about a hold: its kind, and to whom; those of one moment by the alphabet."""
        rows = self.store.read(lambda view: outbox.entries(view, hold))
        found = [(row.created, row.kind, from_json(dict(row.payload)).to) for row in rows]
        return [(kind, to) for _, kind, to in sorted(found)]

    def record(self, hold: str) -> list[AuditRow]:
        return self.store.read(lambda view: audit.entries(view, hold=hold))

    def actions(self, hold: str) -> list[str]:
        return [row.action for row in self.record(hold)]


def _raise(hold: str, error: Exception) -> None:
    raise AssertionError(hold) from error
