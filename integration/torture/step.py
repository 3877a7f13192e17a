"""The steps of a hold's life that `sweep` interferes with, each as a process of the daemon takes it.

Identifiers depend on a seed only, so that the names of files are known beforehand. What fails raises
`StoreUnavailable`; anything else that is raised is a fault of ours.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path as Folder

from sekisho.core import replies
from sekisho.core.actions import OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.approvers import Site
from sekisho.core.content import Octets
from sekisho.core.decision import Disposition
from sekisho.core.evidence import Evidence
from sekisho.core.lifecycle import State
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.path import parse_path
from sekisho.core.people import Nobody
from sekisho.core.plan import Deposit, Plan, Wait
from sekisho.core.worktime import Calendar
from sekisho.notices.build import Letterhead
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.smtp_connection import Listener, Timeouts
from sekisho.quarantine.smtp_sessions import Sender
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store, open_store
from sekisho.store.ids import new_id
from sekisho.store.listing import listing
from sekisho.store.search import Filter

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
RECIPIENT = "r@held.example"
DESK = Desk(Site(Nobody(), lambda _: False, (), "postmaster@example.co.jp"), Calendar(), Duration(3600), timedelta(0))
_LINE = b".dot and sixty-two octets more, so that each line is sixty-six\r\n"


def opened(folder: Folder, seed: int) -> Store:
    """The store in a folder; stores with the same seed give the same identifiers."""
    url = f"sqlite:///{folder / 'sekisho.db'}"
    return open_store(url, folder / "content", instance="gw", min_free=0, random=random.Random(seed).randbytes)


def first_id(seed: int) -> str:
    """The identifier that a store with this seed gives first: the message's."""
    return new_id(random.Random(seed).randbytes)


def transaction(size: int) -> Transaction:
    """A message for one recipient with a body of about so many octets."""
    fields = (Field(b"Subject", b" sweep"), Field(b"Message-ID", b" <1@client.example>"))
    path = parse_path(f"<{RECIPIENT}>".encode(), ())
    sender = parse_path(b"<sato@example.co.jp>", ())
    macros = {"i": "4ABC", "j": "gateway.example.co.jp"}
    body = Octets(_LINE * (size // len(_LINE) + 1))
    return Transaction(Client("192.0.2.1", helo="pc"), sender, (path,), fields, body, macros, NOW)


def hold(store: Store, size: int) -> tuple[str, ...]:
    """What the gateway does with a message that must wait; the hold-ids."""
    message = transaction(size)
    wait = Wait("one-waits", None, OnExpiry.KEEP)
    deposits = (Deposit(message.recipients, (), (wait,), ("one-waits",)),)
    plan = Plan((), deposits, (), replies.DISCARD, (Disposition.HOLD,))
    return deposit(store, message, plan, Evidence("sweep", "", (), {}))


def let_go(store: Store) -> None:
    """What an approver does: release whatever is held."""
    for row in listing(store, Filter(frozenset({State.HELD}))):
        decide(store, row.id, Choice.RELEASE, Actor("takahashi", "operator"), NOW)


def release_worker(store: Store, port: int, clock: Callable[[], datetime]) -> ReleaseWorker:
    """A release role that sends to a port of 127.0.0.1."""
    to_listener = Sender(Listener("127.0.0.1", port, timeouts=Timeouts(5, 5, 5, 5)), rest=0).send
    stationery = Stationery(Letterhead("mail-check@example.co.jp", UTC), "en", "postmaster@example.co.jp")
    return ReleaseWorker(store, to_listener, stationery, DESK, _Quiet(), clock)


def release(store: Store, port: int, now: datetime) -> None:
    """What the release worker does with all that is due at ``now``."""
    worker = release_worker(store, port, lambda: now)
    try:
        worker.run_once(now)
    finally:
        worker.close()


class _Quiet:
    """A watch that nobody reads."""

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        """Seen in the store as well."""

    def noticed(self, kind: str, outcome: str) -> None:
        """Seen in the store as well."""

    def alarmed(self, what: str, subject: str, why: str) -> None:
        """Seen in the store as well."""
