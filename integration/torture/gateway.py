"""``python -m integration.torture.gateway URL NAME REINJECT``: what one gateway does with a shared store, until killed.

Four threads hold messages, each offered again until the store has taken it; a release worker sends what is let go.
Each line that it prints is ``held SUBJECT`` (acknowledged: the MTA would have been answered) or ``later SUBJECT``
(451). Leases are short, so that a trial need not wait a minute for each kill.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path as Folder

from integration.torture import step
from sekisho.core import replies
from sekisho.core.actions import OnExpiry
from sekisho.core.content import Octets
from sekisho.core.decision import Disposition
from sekisho.core.evidence import Evidence
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.path import parse_path
from sekisho.core.plan import Deposit, Plan, Wait
from sekisho.quarantine import leased
from sekisho.quarantine.deposit import deposit
from sekisho.store import Store, StoreUnavailable, open_store

LEASE = timedelta(seconds=5)
THREADS = 4
PAUSE = 0.1
BIG_EVERY = 9
"""One message in so many is too big for a row."""
_BIG = bytes(range(256)) * 1200


def transaction(subject: str, number: int) -> Transaction:
    """A message like no other, whose recipient's address is its subject."""
    fields = (Field(b"Subject", f" {subject}".encode()), Field(b"Message-ID", f" <{subject}@client.example>".encode()))
    body = Octets(b"%s\r\n" % subject.encode() + (_BIG if number % BIG_EVERY == 0 else b""))
    recipient = parse_path(f"<{subject}@held.example>".encode(), ())
    sender = parse_path(b"<sato@example.co.jp>", ())
    return Transaction(
        Client("192.0.2.1", helo="pc"), sender, (recipient,), fields, body, {"i": "4A"}, datetime.now(UTC)
    )


def main() -> None:
    """Until somebody kills it."""
    url, name, port = sys.argv[1:]
    setattr(leased, "LEASE", LEASE)  # noqa: B010  (a module's constant)
    store = open_store(url, Folder("/nonexistent"), instance=name)
    for thread in range(THREADS):
        threading.Thread(target=_hold, args=(store, f"{name}-{thread}"), daemon=True).start()
    step.release_worker(store, int(port), lambda: datetime.now(UTC)).run(threading.Event())


def _hold(store: Store, name: str) -> None:
    for number, subject in _subjects(name):
        message = transaction(subject, number)
        wait = Wait("one-waits", None, OnExpiry.KEEP)
        waiting = Deposit(message.recipients, (), (wait,), ("one-waits",))
        plan = Plan((), (waiting,), (), replies.DISCARD, (Disposition.HOLD,))
        while not _is_taken(store, message, plan, subject):
            threading.Event().wait(PAUSE)
        threading.Event().wait(PAUSE)


def _subjects(name: str) -> Iterator[tuple[int, str]]:
    """Not even another life of this gateway has the same."""
    began = int(datetime.now(UTC).timestamp() * 1000)
    return ((number, f"{name}-{began}-{number}") for number in count())


def _is_taken(store: Store, message: Transaction, plan: Plan, subject: str) -> bool:
    try:
        deposit(store, message, plan, Evidence(subject, "", (), {}))
    except StoreUnavailable:
        _say("later", subject)
        return False
    _say("held", subject)
    return True


def _say(word: str, subject: str) -> None:
    """One line, whole even when several threads speak."""
    os.write(sys.stdout.fileno(), f"{word} {subject}\n".encode())


if __name__ == "__main__":
    main()
