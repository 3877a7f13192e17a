"""One trial: everything is started, mail flows, something is struck round by round, and the rest is judged."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from integration import waiting
from integration.torture import settle
from integration.torture.copies import copies
from integration.torture.inventory import held_rows, orphans, repeats, warned
from integration.torture.judgement import Judgement, World, judge
from integration.torture.kills import Blow, Blows, Kills
from integration.torture.ledger import Ledger
from integration.torture.outages import Outages
from integration.torture.people import APPROVERS, CLIENTS, Approver, Person, Sender
from integration.torture.site import Site
from sekisho.store import audit


@dataclass(frozen=True, slots=True)
class Extent:
    """How long a trial lasts."""

    rounds: int
    seed: int
    minutes: float
    """After which no further round begins."""
    stall: float
    """Seconds at the end in which what the daemon has not finished by itself must become less; 0 when it need not."""
    keep: Path | None = None
    """Where logs and store are copied at the end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is tried."""

    gateways: int
    blows: Callable[[Site, Sequence[Approver], random.Random], Blows]


ALONE = Kind(1, Kills)
"""One gateway with SQLite, process by process."""
SHARED = Kind(2, Outages)
"""Two gateways on one PostgreSQL, one of them whole or the server."""


class Trial:
    """A context that starts everything and leaves nothing behind."""

    def __init__(self, kind: Kind, extent: Extent, say: Callable[[str], None]) -> None:
        self._kind = kind
        self._extent = extent
        self._say = say
        self._rng = random.Random(extent.seed)
        self._site = Site(kind.gateways)
        self._ledger = Ledger()
        self._blows: list[Blow] = []
        self._after: Counter[str] = Counter()

    def __enter__(self) -> Trial:
        self._site.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._extent.keep is not None:
                self._site.keep(self._extent.keep)
        finally:
            self._site.__exit__()

    def run(self) -> Judgement:
        """All rounds, the settling, and what was found."""
        approvers = list(self._approvers())
        people: list[Person] = [*self._senders(), *approvers]
        for person in people:
            person.start()
        stuck = self._rounds(self._kind.blows(self._site, approvers, self._rng))
        self._site.wait_until_ready()
        _finish(people)
        found = self._settled()
        found.violations += stuck
        for gateway in self._site.gateways:
            if gateway.unit.ends:
                statuses = gateway.unit.ends
                found.violations.append(f"the supervisor of {gateway.name} ended by itself, with statuses {statuses}")
        return found

    def _rounds(self, blows: Blows) -> list[str]:
        """All of them, or until the daemon does not come back from one; gives what was awaited in vain."""
        try:
            for number in self._numbers():
                self._blows.append(blows.strike(number))
        except waiting.NeverHappened as error:
            return [f"after {len(self._blows)} rounds: {error}"]
        return []

    def _senders(self) -> Iterator[Sender]:
        ports = [gateway.postfix.ports.public for gateway in self._site.gateways]
        for number in range(CLIENTS):
            rng = random.Random(self._rng.random())
            yield Sender(number, ports, rng, self._ledger, self._site.moments)

    def _approvers(self) -> Iterator[Approver]:
        for number in range(APPROVERS):
            where = self._site.gateways[number % self._kind.gateways].configuration
            yield Approver(number, where, self._ledger, self._site.moments)

    def _numbers(self) -> Iterator[int]:
        end = time.monotonic() + 60 * self._extent.minutes
        for number in range(self._extent.rounds):
            if time.monotonic() > end:
                self._say(f"stopped after {number} rounds: the time is over")
                return
            if number and number % 20 == 0:
                self._say(f"{number} rounds, {len(self._ledger.posted)} messages")
            yield number

    def _settled(self) -> Judgement:
        """Let all go that can go, then look at everything."""
        unfinished = self._by_itself() if self._extent.stall else ""
        self._site.stop()
        alarms = settle.finish(self._site.store, self._site.configuration)
        for gateway in self._site.gateways:
            settle.empty_queue(gateway.postfix)
        found = judge(self._world())
        found.violations += [f"alarm: {alarm}" for alarm in alarms]
        if unfinished:
            found.violations.append(unfinished)
        found.figures.update(self._after)
        self._look_at_the_rest(found)
        return found

    def _by_itself(self) -> str:
        """Let the daemon finish, however long it takes while there is progress; what stopped, if something did."""
        left = partial(settle.left, self._site.store)
        self._after["left for the daemon to finish"] = left()
        self._say(f"{self._after.total()} releases, notices and timers are left for the daemon to finish")
        try:
            took = waiting.until_none(
                left, "the daemon does every release, notice and timer itself", self._extent.stall
            )
        except waiting.NeverHappened as error:
            return str(error)
        self._after["seconds until it was done"] = round(took)
        return ""

    def _world(self) -> World:
        queued = Counter(
            recipient["address"]
            for gateway in self._site.gateways
            for message in gateway.postfix.queue()
            for recipient in message["recipients"]
        )
        cuts = [blow.at for blow in self._blows if blow.cuts]
        held = held_rows(self._site.store, self._ledger)
        arrived = copies(self._site.sink.arrivals)
        return World(self._ledger, arrived, held, queued, cuts, warned(self._site.log()))

    def _look_at_the_rest(self, found: Judgement) -> None:
        """Audit, log, figures of the blows."""
        store, log = self._site.store, self._site.log()
        verified = store.read(audit.verify)
        found.figures["audit entries, chain whole"] = verified.rows
        if verified.broken_at is not None:
            found.violations.append(f"the audit is broken at {verified.broken_at}: {verified.why}")
        found.figures["tracebacks in the log"] = log.count("Traceback")
        if found.figures["tracebacks in the log"]:
            found.violations.append("a traceback is in the log:\n" + _around(log, "Traceback"))
        found.figures["repeats that found their hold"] = repeats(store)
        found.figures["files never acknowledged"] = orphans(store)
        found.figures.update(Counter(blow.what for blow in self._blows))
        found.figures["rounds"] = len(self._blows)


def _finish(people: list[Person]) -> None:
    for person in people:
        person.stop()
    for person in people:
        person.finish(patience=120)


def _around(log: str, what: str) -> str:
    at = log.index(what)
    return log[max(0, at - 500) : at + 2500]
