"""Many timers that fall due in one second: how long until all is sent through one Postfix, and who waits for it.

The holds are put into the store of a serving Sekisho beforehand, as its own workers would; a Postfix of its own takes
what is released and delivers it. New mail comes steadily meanwhile.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration import waiting
from integration.bench.contenders import Place
from integration.bench.goals import Row, limit_row, verdict
from integration.bench.load import Load, Milterload
from integration.bench.measure import Pace, Say
from integration.bench.messages import RECIPIENT, SENDER
from integration.bench.ours import ENVELOPE_AND_HEADER, configured, serve
from integration.postfix import Postfix
from sekisho.config.load import load
from sekisho.core import replies
from sekisho.core.actions import OnExpiry
from sekisho.core.content import Octets
from sekisho.core.decision import Disposition
from sekisho.core.evidence import Evidence
from sekisho.core.lifecycle import State
from sekisho.core.message import Client, Transaction
from sekisho.core.parse import parse_message
from sekisho.core.path import parse_path
from sekisho.core.plan import Deposit, Plan, Wait
from sekisho.quarantine.deposit import deposit
from sekisho.serve.roles import store_of
from sekisho.store import Store
from sekisho.store.listing import counts

_THREADS = 8
_BRIEF = timedelta(seconds=60)
"""A hold that short is announced to nobody, so that only the mail itself is sent."""
_MOST = 30.0
_NEW_MAIL = 100.0
"""New messages a second."""
_PATIENCE = 300.0


def rows(place: Place, program: Milterload, mail: Path, pace: Pace, say: Say) -> Iterator[Row]:
    """Seconds until all is sent, and the tail of new mail's end-of-message beside its tail alone."""
    with Postfix(place.guard, place.mail_port, "") as postfix:
        configuration = configured(replace(place, mail_port=postfix.ports.reinject), ENVELOPE_AND_HEADER)
        running = serve(place, configuration)
        steady = Load("steady", mail, connections=10, rate=_NEW_MAIL)
        with closing(store_of(load(configuration).settings)) as store:
            storm = _Storm(store, mail.read_bytes(), pace.timers, datetime.now(UTC))
            seconds, alone, beside = [], [], []
            for number in range(pace.huge):
                alone.append(program.run(running.socket, steady, pace.timers // 10).p99)
                storm.brew(number)
                with ThreadPoolExecutor(1) as pool:
                    others = pool.submit(program.run, running.socket, steady, pace.timers // 10)
                    seconds.append(storm.seconds())
                    beside.append(others.result().p99)
                waiting.until(lambda: not postfix.queue_files(), "all is delivered", _PATIENCE)
                say(f"timers, round {number}: {seconds[-1]:.1f} s, p99 {alone[-1]:.1f} → {beside[-1]:.1f} ms")
        place.guard.stop(running.child)
    yield limit_row(f"{pace.timers:,} timers due in one second: all sent", "≤ 30 s", seconds, _MOST, "s")
    ratios = [after / before for before, after in zip(alone, beside, strict=True)]
    yield Row(
        "the same: new mail's p99 of end-of-message meanwhile",
        "≤ 2× alone",
        f"{statistics.median(beside):.2f} ms",
        f"{statistics.median(alone):.2f} ms",
        f"{statistics.median(ratios):.2f}×",
        f"{min(ratios):.2f}–{max(ratios):.2f}",
        verdict(statistics.median(ratios), 2.0, at_most=True),
    )


@dataclass(slots=True)
class _Storm:
    """Holds whose timers fall due in the same second."""

    store: Store
    octets: bytes
    count: int
    due: datetime
    sent: int = 0

    def brew(self, round_number: int) -> None:
        """Put the holds in; they fall due in one second, some time after the last of them is there."""
        first = self.count // 20
        begun = time.monotonic()
        self.due = datetime.now(UTC) + timedelta(hours=1)
        self._hold_all(round_number, range(-first, 0))
        self.due = datetime.now(UTC) + timedelta(seconds=2 + 40 * (time.monotonic() - begun))
        self._hold_all(round_number, range(self.count))
        self.sent += self.count

    def _hold_all(self, round_number: int, numbers: Iterable[int]) -> None:
        with ThreadPoolExecutor(_THREADS) as pool:
            for done in [pool.submit(self._hold, round_number, number) for number in numbers]:
                done.result()

    def seconds(self) -> float:
        """From the moment when all are due until none is left to be sent."""
        time.sleep(max(0.0, (self.due - datetime.now(UTC)).total_seconds()))
        waiting.until(self._is_over, "all is sent", _PATIENCE)
        return (datetime.now(UTC) - self.due).total_seconds()

    def _is_over(self) -> bool:
        return self.store.read(counts)[State.RELEASED] >= self.sent

    def _hold(self, round_number: int, number: int) -> None:
        fields, body = parse_message(self.octets.replace(b"bench.0001", b"timer.%d.%d" % (round_number, number)))
        client, path = Client("192.0.2.1", "client.example.com", 4711), parse_path(f"<{RECIPIENT}>".encode())
        now = self.due - _BRIEF
        message = Transaction(
            client, parse_path(f"<{SENDER}>".encode()), (path,), fields, Octets(body), {"i": f"4T{number}"}, now
        )
        expires = self.due + timedelta(microseconds=number * 1_000_000 // self.count - 1_000_000)
        wait = Wait("brief", expires, OnExpiry.SEND)
        plan = Plan((), (Deposit((path,), (), (wait,), ("brief",)),), (), replies.DISCARD, (Disposition.HOLD,))
        deposit(self.store, message, plan, Evidence("", SENDER, (), {}))
