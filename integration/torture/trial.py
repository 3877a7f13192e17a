"""One trial: everything is started, mail flows, processes are killed round by round, and the rest is judged."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from integration import configuration, waiting
from integration.case_language import Case
from integration.door import Door
from integration.guard import Guard
from integration.postfix import Postfix
from integration.sink import Sink
from integration.torture import settle
from integration.torture.copies import copies
from integration.torture.inventory import held_rows, orphans, repeats
from integration.torture.judgement import Judgement, World, judge
from integration.torture.ledger import Ledger
from integration.torture.mail import AWAY, POLICY
from integration.torture.moments import Lookout, Moment, Moments
from integration.torture.people import APPROVERS, CLIENTS, Approver, Person, Sender
from integration.torture.unit import Part, Unit
from sekisho.config.load import load
from sekisho.serve.roles import store_of
from sekisho.store import audit

_WEIGHTS = {Part.WORKER: 4, Part.RELEASE: 4, Part.SUPERVISOR: 2, Part.HTTP: 1, Part.DECIDER: 4}
_MOMENTS = {
    Part.WORKER: (Moment.COMMIT, Moment.COMMIT, Moment.OFFER, Moment.ANY),
    Part.RELEASE: (Moment.RELEASE, Moment.RELEASE, Moment.ANY),
    Part.SUPERVISOR: (Moment.ANY, Moment.COMMIT, Moment.RELEASE),
    Part.HTTP: (Moment.ANY,),
    Part.DECIDER: (Moment.DECISION, Moment.DECISION, Moment.ANY),
}
_LATER = {"minimal_backoff_time": "1h", "maximal_backoff_time": "1h"}
"""Mail for those who are away is not tried again before the end."""


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
class Kill:
    """One kill -9."""

    at: float
    """Seconds since 1970."""
    part: Part
    moment: Moment


class Trial:
    """A context that starts everything and leaves nothing behind."""

    def __init__(self, extent: Extent, say: Callable[[str], None]) -> None:
        self._extent = extent
        self._say = say
        self._rng = random.Random(extent.seed)
        self._stack = ExitStack()
        self._ledger = Ledger()
        self._kills: list[Kill] = []
        self._after: Counter[str] = Counter()

    def __enter__(self) -> Trial:
        guard = self._stack.enter_context(Guard())
        home = self._home = guard.directory()
        self._moments = Moments(home / "store" / "sekisho.db-wal")
        self._sink = self._stack.enter_context(Sink())
        self._sink.script.add(f"RCPT TO:<{AWAY}", "450 4.2.0 this server is away")
        self._postfix = Postfix(guard, self._sink.port, f"unix:{home}/milter.sock", _LATER)
        self._stack.enter_context(self._postfix)
        http, inside = waiting.free_ports(2)
        door = Door(inside, self._postfix.ports.reinject)
        door.script = Lookout(self._moments)
        self._stack.enter_context(door)
        path = self._path = self._configure(home, door.port, http)
        self._unit = Unit(guard, path, http)
        self._unit.start()
        self._unit.wait_until_ready()
        self._configuration = load(path)
        self._store = store_of(self._configuration.settings)
        self._stack.callback(self._store.close)
        return self

    def __exit__(self, *_: object) -> None:
        if self._extent.keep is not None:
            self._keep(self._extent.keep)
        self._stack.close()

    def _keep(self, folder: Path) -> None:
        """What Sekisho and Postfix said, and the database, for whoever looks into a violation."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._home, folder, ignore=shutil.ignore_patterns("*.sock*"))
        (folder / "mail.log").write_text(self._postfix.log())

    def _configure(self, home: Path, reinject: int, http: int) -> Path:
        case = Case(Path("torture"), "torture", (), policy=POLICY)
        return configuration.write(home, case, reinject=reinject, http=http)

    def run(self) -> Judgement:
        """All rounds, the settling, and what was found."""
        self._approvers = [Approver(n, self._path, self._ledger, self._moments) for n in range(APPROVERS)]
        people: list[Person] = [*self._senders(), *self._approvers]
        for person in people:
            person.start()
        stuck = self._rounds()
        self._unit.wait_until_ready()
        _finish(people)
        found = self._settled()
        found.violations += stuck
        if self._unit.ends:
            found.violations.append(f"the supervisor ended by itself, with statuses {self._unit.ends}")
        return found

    def _rounds(self) -> list[str]:
        """All of them, or until the daemon does not come back from one; gives what was awaited in vain."""
        try:
            for number in self._numbers():
                self._round(number)
        except waiting.NeverHappened as error:
            return [f"after {len(self._kills)} kills: {error}"]
        return []

    def _stream(self) -> random.Random:
        return random.Random(self._rng.random())

    def _senders(self) -> Iterator[Person]:
        for number in range(CLIENTS):
            yield Sender(number, self._postfix.ports.public, self._stream(), self._ledger, self._moments)

    def _numbers(self) -> Iterator[int]:
        end = time.monotonic() + 60 * self._extent.minutes
        for number in range(self._extent.rounds):
            if time.monotonic() > end:
                self._say(f"stopped after {number} rounds: the time is over")
                return
            if number and number % 20 == 0:
                self._say(f"{number} rounds, {len(self._ledger.posted)} messages")
            yield number

    def _round(self, number: int) -> None:
        """Kill somebody."""
        part = self._rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        if number < len(Part):
            part = list(Part)[number]  # a short trial kills each at least once
        moment = self._rng.choice(_MOMENTS[part])
        if part is Part.DECIDER:
            self._moments.wait(moment, self._rng)
            self._rng.choice(self._approvers).kill()
        else:
            pid = self._victim(part)
            self._moments.wait(moment, self._rng)
            self._unit.kill(pid, orphans_too=self._rng.random() < 0.5)
        self._kills.append(Kill(time.time(), part, moment))

    def _victim(self, part: Part) -> int:
        """Mostly one that is at work, sometimes one that is just starting."""
        living = partial(self._unit.living, part)
        pid = self._rng.choice(waiting.until(living, f"a {part.value} lives", patience=60))
        if self._rng.random() < 0.8:
            if part is Part.SUPERVISOR:
                self._unit.wait_until_ready()
            elif part is not Part.HTTP:
                waiting.until(lambda: self._is_at_work_or_gone(part, pid), f"the {part.value} is at work", patience=60)
        return pid

    def _is_at_work_or_gone(self, part: Part, pid: int) -> bool:
        return self._unit.is_at_work(pid) or pid not in self._unit.living(part)

    def _settled(self) -> Judgement:
        """Let all go that can go, then look at everything."""
        unfinished = self._by_itself() if self._extent.stall else ""
        self._unit.stop()
        alarms = settle.finish(self._store, self._configuration)
        settle.empty_queue(self._postfix)
        found = judge(self._world())
        found.violations += [f"alarm: {alarm}" for alarm in alarms]
        if unfinished:
            found.violations.append(unfinished)
        found.figures.update(self._after)
        self._look_at_the_rest(found)
        return found

    def _by_itself(self) -> str:
        """Let the daemon finish, however long it takes while there is progress; what stopped, if something did."""
        left = partial(settle.left, self._store)
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
            recipient["address"] for message in self._postfix.queue() for recipient in message["recipients"]
        )
        cuts = [kill.at for kill in self._kills if kill.part in {Part.RELEASE, Part.SUPERVISOR}]
        held = held_rows(self._store, self._ledger)
        return World(self._ledger, copies(self._sink.arrivals), held, queued, cuts)

    def _look_at_the_rest(self, found: Judgement) -> None:
        """Audit, log, figures of the kills."""
        verified = self._store.read(audit.verify)
        found.figures["audit entries, chain whole"] = verified.rows
        if verified.broken_at is not None:
            found.violations.append(f"the audit is broken at {verified.broken_at}: {verified.why}")
        found.figures["tracebacks in the log"] = self._unit.log().count("Traceback")
        if found.figures["tracebacks in the log"]:
            found.violations.append("a traceback is in the log:\n" + _around(self._unit.log(), "Traceback"))
        found.figures["repeats that found their hold"] = repeats(self._store)
        found.figures["files never acknowledged"] = orphans(self._store)
        found.figures.update(Counter(f"kills of {kill.part.value}" for kill in self._kills))
        found.figures["kills"] = len(self._kills)


def _finish(people: list[Person]) -> None:
    for person in people:
        person.stop()
    for person in people:
        person.finish(patience=120)


def _around(log: str, what: str) -> str:
    at = log.index(what)
    return log[max(0, at - 500) : at + 2500]
