"""Stores in temporary folders, and messages to hold in them."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path as File
from typing import NoReturn

import pytest

from sekisho.core import replies
from sekisho.core.actions import OnExpiry
from sekisho.core.amounts import Duration
from sekisho.core.approvers import Site
from sekisho.core.changes import Change
from sekisho.core.content import Octets
from sekisho.core.decision import Disposition
from sekisho.core.evidence import Evidence
from sekisho.core.finding import Finding
from sekisho.core.message import Client, Field, Path, Transaction, message_octets
from sekisho.core.path import parse_path
from sekisho.core.people import Nobody, People
from sekisho.core.plan import Deposit, Notice, Plan, Wait
from sekisho.core.reason import Reason
from sekisho.core.terms import USUAL, Terms
from sekisho.core.worktime import Calendar
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.desk import Desk
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.timers import start
from sekisho.store import Store, holds, open_store
from sekisho.store.rows import HoldRow
from tests.support import postgresql

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CALENDAR = Calendar()
POSTMASTER = "postmaster@example.co.jp"
KINDS = ("sqlite", "postgresql")
"""The databases on which every test of the contract runs."""

ONLY_SQLITE = pytest.mark.parametrize("kind", ["sqlite"])
"""Marks a test of what only a database in a file has."""


def url_of(kind: str, folder: File) -> str:
    """Where a test's database of a kind is; always the same for a folder."""
    return f"sqlite:///{folder / 'sekisho.db'}" if kind == "sqlite" else postgresql.url_for(folder)


def opened(kind: str, folder: File, *, busy: float = 15.0, min_free: int = 0) -> Store:
    """The store in a folder, as one process of the daemon opens it."""
    return open_store(url_of(kind, folder), folder / "content", instance="gw1", min_free=min_free, busy=busy)


def a_transaction(
    *recipients: str,
    sender: str = "<sato@example.co.jp>",
    body: bytes = b"hello\r\n.\r\n..dots\r\n",
    received: datetime = NOW,
    fields: Sequence[tuple[str, str]] = (),
    params: tuple[str, ...] = (),
    rcpt_params: tuple[str, ...] = (),
    queue_id: str = "4ABC",
    client: Client | None = None,
) -> Transaction:
    """A message with To, Subject and Message-ID, and more fields before them."""
    header = [*fields, ("To", "x@partner.example"), ("Subject", "Quotation"), ("Message-ID", "<1@client.example>")]
    return Transaction(
        client or Client("192.0.2.1", "pc.example.co.jp", 1234, "pc", "smtp", "sato", "PLAIN", "TLSv1.3", "AES"),
        parse_path(sender.encode(), params),
        tuple(parse_path(one.encode(), rcpt_params) for one in recipients or ("<x@partner.example>",)),
        tuple(Field(name.encode(), f" {value}".encode()) for name, value in header),
        Octets(body),
        {"i": queue_id, "j": "mx.example.co.jp"},
        received,
    )


def a_wait(
    rule: str = "secret",
    lasts: timedelta | None = None,
    on_expiry: OnExpiry = OnExpiry.KEEP,
    terms: Terms = USUAL,
) -> Wait:
    return Wait(rule, NOW + lasts if lasts is not None else None, on_expiry, terms)


def a_plan(
    transaction: Transaction,
    *waits: Wait,
    held: Sequence[Path] | None = None,
    changes: tuple[Change, ...] = (),
    notices: tuple[Notice, ...] = (),
) -> Plan:
    """Holds all recipients, or those given, in one deposit; the others go at once."""
    people = transaction.recipients if held is None else tuple(held)
    locks = waits or (a_wait(),)
    deposits = (Deposit(tuple(people), changes, locks, tuple(lock.rule for lock in locks)),) if people else ()
    fates = tuple(Disposition.HOLD if one in people else Disposition.ACCEPT for one in transaction.recipients)
    return Plan((), deposits, notices, replies.DISCARD, fates)


def an_evidence(*findings: Finding, sender_of_record: str = "sato@example.co.jp") -> Evidence:
    reasons = {"secret": Reason("matched", {"n": 1}, (Reason("inner"),)), "other": Reason("not-mine")}
    return Evidence("Quotation", sender_of_record, findings, reasons, 0.5)


def hold_one(
    store: Store, *waits: Wait, transaction: Transaction | None = None, changes: tuple[Change, ...] = ()
) -> str:
    """Deposit one message, of which the sender is told at once; gives its hold-id."""
    message = transaction or a_transaction()
    (hold,) = deposit(store, message, a_plan(message, *waits, changes=changes), an_evidence())
    store.write(lambda unit: start(unit, hold, NOW, CALENDAR))
    return hold


def a_desk(
    people: People | None = None, *, fallback: tuple[str, ...] = (), remind: int = 4 * 3600, patience: int = 1800
) -> Desk:
    """Where people are asked in a site whose addresses end in example.co.jp."""
    site = Site(people or Nobody(), lambda address: not address.endswith("@example.co.jp"), fallback, POSTMASTER)
    return Desk(site, CALENDAR, Duration(remind), timedelta(seconds=patience))


def loaded(store: Store, hold_id: str) -> HoldRow:
    """A hold that must be there."""
    hold = store.read(lambda view: holds.load(view, hold_id))
    assert hold is not None
    return hold


def octets_of(transaction: Transaction) -> bytes:
    """The message as the MTA gave it."""
    return b"".join(message_octets(transaction.fields, transaction.body))


def stored_octets(store: Store, hold_id: str) -> bytes:
    """The message as the store gives it."""
    hold = loaded(store, hold_id)
    return store.read(lambda view: holds.content(view, store.files, hold.message)).read()


def damage(store: Store, message: str) -> None:
    """Change the last octet of a big message's content."""
    octets = b"".join(store.files.pieces(message))
    store.files.discard(message)
    store.files.write(message, [octets[:-1], b"!"])


class Listener:
    """A re-injection listener that answers as it is told and remembers what it took."""

    def __init__(self) -> None:
        self.answers: dict[str, Kind] = {}
        self.uncertain = False
        self.taken: list[tuple[str, tuple[str, ...], bytes]] = []
        self.offered = 0

    def send(self, sender: Path, recipients: Sequence[Path], pieces: Iterable[bytes], size: int) -> list[Outcome]:
        self.offered += 1
        octets = b"".join(pieces)
        assert len(octets) == size
        outcomes = [self._outcome(path) for path in recipients]
        accepted = tuple(one.path.address for one in outcomes if one.kind is Kind.ACCEPTED)
        if accepted:
            self.taken.append((sender.address, accepted, octets))
        return outcomes

    def _outcome(self, path: Path) -> Outcome:
        kind = self.answers.get(path.address, Kind.ACCEPTED)
        code = {Kind.ACCEPTED: 250, Kind.DELAYED: 451, Kind.REFUSED: 550}[kind]
        unsure = self.uncertain and kind is Kind.DELAYED
        return Outcome(path, kind, 0 if unsure else code, f"said {kind.value}", unsure)


class Recorder:
    """A watch that remembers what it was told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, ...]] = []

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        self.events.append(("released", hold, outcome, str(recipients), str(lag)))

    def noticed(self, kind: str, outcome: str) -> None:
        self.events.append(("noticed", kind, outcome))

    def alarmed(self, what: str, subject: str, why: str) -> None:
        self.events.append(("alarmed", what, subject, why))

    def alarms(self) -> list[str]:
        return [event[1] for event in self.events if event[0] == "alarmed"]


def in_child(work: Callable[[], object], store: Store) -> int:
    """Do the work in a forked process; gives its exit status: 0, 1 if it raised, -9 if it was killed."""
    return in_children([work], store)[0]


def in_children(works: Sequence[Callable[[], object]], store: Store) -> list[int]:
    """Do each work in a process of its own, all at once; gives their exit statuses.

    Connections of SQLite must not be carried over a fork: those of this process are closed, to be opened again.
    """
    store.close()
    children = [_forked(work) for work in works]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def die(*_: object) -> NoReturn:
    """What kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("survived")
