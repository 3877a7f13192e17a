"""Who acts while Sekisho is being killed: clients that offer mail until it is accepted, one who decides on holds."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime

from integration.client import Client
from integration.torture.ledger import Decided, Ledger, Told
from integration.torture.mail import SENDER, Mail, mails
from integration.torture.moments import Moment, Moments
from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import Actor, decide
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable
from sekisho.store.listing import Filter, listing
from sekisho.store.rows import HoldRow

CLIENTS = 4
PAUSE = 0.25
"""Seconds that a client waits on average before its next message."""
_AGAIN = 0.05
_APPROVER = Actor("takahashi", "operator")


class Person(threading.Thread):
    """Somebody who does one thing again and again until told to stop; what goes wrong is raised by `finish`."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._stop_asked = threading.Event()
        self._trouble: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._stop_asked.is_set():
                self.act()
        except BaseException as error:
            self._trouble = error

    def act(self) -> None:
        """One thing."""
        raise NotImplementedError

    def stop(self) -> None:
        self._stop_asked.set()

    def finish(self, patience: float) -> None:
        """Wait until the last thing is done."""
        self.join(patience)
        if self._trouble is not None:
            raise self._trouble
        if self.is_alive():
            raise TimeoutError(f"{self.name} was not done within {patience:g} s")


class Sender(Person):
    """Offers one message after the other to ``port``, each until it is accepted, as a mail client's queue would."""

    def __init__(self, number: int, port: int, rng: random.Random, ledger: Ledger, moments: Moments) -> None:
        super().__init__(f"client {number}")
        self._port = port
        self._rng = rng
        self._source = mails(f"c{number}", rng)
        self._ledger = ledger
        self._moments = moments

    def act(self) -> None:
        mail = next(self._source)
        while (told := self._offer(mail)) not in {Told.ACCEPTED, Told.REFUSED}:
            self._ledger.offered(mail, told)
            time.sleep(_AGAIN)
        self._ledger.offered(mail, told)
        self._stop_asked.wait(self._rng.uniform(0.0, 2 * PAUSE))

    def _offer(self, mail: Mail) -> Told:
        in_data = False
        try:
            with Client(self._port) as client:
                for line in (
                    "EHLO client.example",
                    f"MAIL FROM:<{SENDER}>",
                    *(f"RCPT TO:<{one}>" for one in mail.fates),
                ):
                    answer = client.command(line)
                    if not answer.ok:
                        return _told(answer.code)
                in_data = True
                self._moments.now(Moment.OFFER)
                return _told(client.data(mail.octets).code)
        except OSError:
            return Told.UNSURE if in_data else Told.BROKEN


def _told(code: int) -> Told:
    if code < 300:
        return Told.ACCEPTED
    return Told.TEMPFAILED if code < 500 else Told.REFUSED


class Approver(Person):
    """Looks at new holds: releases most, some for one recipient only, rejects a few, leaves the rest."""

    def __init__(self, store: Store, ledger: Ledger, rng: random.Random) -> None:
        super().__init__("approver")
        self._store = store
        self._ledger = ledger
        self._rng = rng
        self._seen: set[str] = set()

    def act(self) -> None:
        for hold in listing(self._store, Filter(frozenset({State.HELD})), limit=100):
            if hold.id not in self._seen:
                self._seen.add(hold.id)
                self._consider(hold)
        self._stop_asked.wait(0.2)

    def _consider(self, hold: HoldRow) -> None:
        """Holds that a timer opens are the timer's."""
        fortune = self._rng.random()
        if fortune < 0.25 or hold.expires is not None:
            return
        addresses = [person.path.address for person in hold.recipients]
        if fortune < 0.45:
            self._decide(hold, Choice.RELEASE, addresses[:1])
        elif fortune < 0.9:
            self._decide(hold, Choice.RELEASE, addresses)
        else:
            self._decide(hold, Choice.REJECT, addresses)

    def _decide(self, hold: HoldRow, choice: Choice, addresses: list[str]) -> None:
        """After a failure of the store nobody knows whether it was decided."""
        self._ledger.deciding(addresses, Decided(choice.value))
        with suppress(StoreUnavailable):
            decide(self._store, hold.id, choice, _APPROVER, datetime.now(UTC), recipients=addresses)
            self._ledger.has_decided(addresses)
