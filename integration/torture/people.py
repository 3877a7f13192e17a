"""Who acts while Sekisho is being killed: clients that offer mail until it is accepted, several who decide on holds."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from integration.client import Client
from integration.torture.decider import TRYING
from integration.torture.ledger import Decided, Ledger, Told
from integration.torture.mail import SENDER, Mail, mails
from integration.torture.moments import Moment, Moments

CLIENTS = 4
PAUSE = 0.25
"""Seconds that a client waits on average before its next message."""
_AGAIN = 0.05
APPROVERS = 3


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
            self.rest()
        except BaseException as error:
            self._trouble = error

    def act(self) -> None:
        """One thing."""
        raise NotImplementedError

    def rest(self) -> None:
        """What is to be done when told to stop."""

    def stop(self) -> None:
        self._stop_asked.set()

    def _is_stopping(self) -> bool:
        return self._stop_asked.is_set()

    def finish(self, patience: float) -> None:
        """Wait until the last thing is done."""
        self.join(patience)
        if self._trouble is not None:
            raise self._trouble
        if self.is_alive():
            raise TimeoutError(f"{self.name} was not done within {patience:g} s")


class Sender(Person):
    """Offers one message after the other, each until it is accepted, as a mail client's queue would.

    Each offer goes to any of the ``ports``: what one gateway did not accept is offered to another, too.
    """

    def __init__(self, number: int, ports: Sequence[int], rng: random.Random, ledger: Ledger, moments: Moments) -> None:
        super().__init__(f"client {number}")
        self._ports = ports
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
            with Client(self._rng.choice(self._ports)) as client:
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
    """Somebody who decides, in a process that can be killed and is then started again; reads what it says of itself."""

    def __init__(self, number: int, configuration: Path, ledger: Ledger, moments: Moments) -> None:
        super().__init__(f"approver {number}")
        self._command = [sys.executable, "-m", "integration.torture.decider", str(configuration), str(number)]
        self._ledger = ledger
        self._moments = moments
        self._guard = threading.Lock()
        self._child = self._new_child()

    def _new_child(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def act(self) -> None:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if line.endswith(b"\n"):
            self._heard(line)
        else:
            self._end()
            with self._guard:
                self._child = self._new_child()
                if self._is_stopping():
                    self._hang_up()

    def _heard(self, line: bytes) -> None:
        what, wanted, addresses = json.loads(line)
        if what == TRYING:
            self._ledger.deciding(addresses, Decided(wanted))
            self._moments.now(Moment.DECISION)
        else:
            self._ledger.has_decided(addresses, Decided(wanted))

    def kill(self) -> None:
        """kill -9."""
        self._child.kill()

    def stop(self) -> None:
        """The end of its input tells the process, and the end of its output us."""
        super().stop()
        with self._guard:
            self._hang_up()

    def rest(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self._heard(line)
        self._end()

    def _hang_up(self) -> None:
        assert self._child.stdin is not None
        with suppress(OSError):
            self._child.stdin.close()

    def _end(self) -> None:
        assert self._child.stdout is not None
        self._hang_up()
        self._child.stdout.close()
        self._child.wait()
