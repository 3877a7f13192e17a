"""A mailing whose messages are held as one, and the release role that carries out what is decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sekisho.core.actions import OnExpiry
from sekisho.core.approval import SELF, Role
from sekisho.core.campaign import Campaign
from sekisho.core.finding import Finding
from sekisho.core.lifecycle import State
from sekisho.core.message import Transaction
from sekisho.core.plan import Wait
from sekisho.core.terms import Terms
from sekisho.notices.build import Letterhead
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store, outbox
from sekisho.store.listing import listing
from sekisho.store.search import Filter
from tests.support.stores import (
    NOW,
    Listener,
    Recorder,
    a_desk,
    a_plan,
    a_transaction,
    an_evidence,
    loaded,
)

SATO, OPERATOR = Actor("sato@example.co.jp"), Actor("root", "operator")
WINDOW = timedelta(hours=2)
FEW = 3
FOUND = Finding("personal-data", "body", 1, kind="phone", count=2)


def message(
    n: int, body: bytes = b"", received: datetime = NOW, fields: tuple[tuple[str, str], ...] = ()
) -> Transaction:
    """The n-th of a mailing."""
    body = b"for %d\r\n" % n + body
    return a_transaction(f"<r{n}@partner.example>", body=body, received=received, queue_id=f"4A{n}", fields=fields)


def keep(
    store: Store,
    transaction: Transaction,
    *found: Finding,
    key: str = "k",
    approval: Role = SELF,
    offer: tuple[str, ...] = ("cancel",),
    lasts: timedelta | None = timedelta(hours=1),
    on_expiry: OnExpiry = OnExpiry.RETURN,
) -> str:
    """Hold a message of the mailing ``key``."""
    expires = transaction.received + lasts if lasts else None
    wait = Wait("secret", expires, on_expiry, Terms(approval, offer=offer, campaign=WINDOW))
    plan = a_plan(transaction, wait)
    (one,) = plan.deposits
    plan = replace(plan, deposits=(replace(one, campaign=Campaign(key, WINDOW)),))
    (hold,) = deposit(store, transaction, plan, an_evidence(*(found or (FOUND,))))
    return hold


def mailing(store: Store, number: int, **kept: object) -> list[str]:
    return [keep(store, message(n), **kept) for n in range(number)]  # type: ignore[arg-type]


class Bench:
    """A store with its release role."""

    def __init__(self, store: Store) -> None:
        self.store, self.watch, self.listener, self.now = store, Recorder(), Listener(), NOW
        stationery = Stationery(Letterhead("check@example.co.jp", UTC), "en", "postmaster@example.co.jp")
        self.worker = ReleaseWorker(store, self.listener.send, stationery, a_desk(), self.watch, lambda: self.now)

    def at(self, moment: datetime) -> None:
        """Move the clock there and do what is due."""
        self.now = moment
        self.worker.run_once(moment)

    def sent(self) -> list[str]:
        """To whom mail with a sender went."""
        return sorted(one for sender, people, _ in self.listener.taken if sender for one in people)

    def states(self, holds: list[str]) -> set[State]:
        return {loaded(self.store, hold).state for hold in holds}

    def kinds(self) -> list[str]:
        """The notices there are, in the outbox or sent."""
        rows = (self.store.read(partial(outbox.entries, hold=hold)) for hold in _all(self.store))
        return sorted(row.kind for found in rows for row in found)


def _all(store: Store) -> list[str]:
    found = [hold.id for hold in listing(store, Filter(frozenset()))]
    return found + [hold.id for first in found for hold in listing(store, Filter(frozenset(), campaign=first))]
