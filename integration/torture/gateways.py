"""``python -m integration.torture.gateways``: two gateways on one PostgreSQL; one is killed, the server is restarted.

Each round kills -9 one of the gateways at any moment, or restarts the server (fast or at once, as after a crash), while
both hold messages and release what somebody lets go. What was acknowledged must be there; what nobody let go must not
arrive; what was let go must arrive, twice only where a kill or a restart cut the release off after the listener's 250.
Exit 0, 1 with violations, 69 without PostgreSQL.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from integration import waiting
from integration.guard import Guard
from integration.postgresql import PostgreSQL, why_not
from integration.sink import Sink
from integration.torture.gateway import transaction
from sekisho.core.lifecycle import State
from sekisho.core.message import message_octets
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable, audit, holds, open_store, releases
from sekisho.store.listing import Filter, listing
from sekisho.store.rows import HoldRow

NAMES = ("gw1", "gw2")
BACK = 30.0
"""Seconds until both hold messages again after a kill or a restart."""
_APPROVER = Actor("takahashi", "operator")


@dataclass(slots=True)
class Found:
    """Figures, and what must not be."""

    figures: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


class Trial:
    """Everything that runs; ``play`` gives what was found."""

    def __init__(self, guard: Guard, server: PostgreSQL, sink: Sink, seed: int) -> None:
        self._guard = guard
        self._server = server
        self._sink = sink
        self._rng = random.Random(seed)
        self._url = server.url(server.create())
        self._store = open_store(self._url, Path("/nonexistent"))
        self._store.upgrade()
        self._outputs = {name: guard.directory() / "out" for name in NAMES}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._figures: Counter[str] = Counter()
        self._wanted: dict[str, Choice] = {}
        """By hold-id: what somebody chose, or tried to."""
        self._decided: set[str] = set()
        self._over = threading.Event()

    def play(self, rounds: int) -> Found:
        """All rounds, then quiet, then the judgement."""
        for name in NAMES:
            self._start(name)
        approver = threading.Thread(target=self._approve, daemon=True)
        approver.start()
        for number in range(rounds):
            self._both_hold("before the next round")
            self._strike(number)
        self._both_hold("at the end")
        self._over.set()
        approver.join(60)
        waiting.until(self._is_quiet, "everything that was let go has gone", patience=120)
        for child in self._running.values():
            self._guard.stop(child, signal.SIGKILL)
        found = self._judged()
        self._store.close()
        return found

    def _start(self, name: str) -> None:
        program = [sys.executable, "-m", "integration.torture.gateway", self._url, name, str(self._sink.port)]
        self._running[name] = self._guard.start(program, self._outputs[name])

    def _strike(self, number: int) -> None:
        time.sleep(self._rng.uniform(0.3, 1.5))
        how = (
            ("kill", "fast", "immediate")[number]
            if number < 3
            else self._rng.choice(("kill", "kill", "fast", "immediate"))
        )
        self._figures[how] += 1
        if how == "kill":
            name = self._rng.choice(NAMES)
            self._guard.stop(self._running[name], signal.SIGKILL)
            self._start(name)
            return
        self._server.stop(signal.SIGINT if how == "fast" else signal.SIGQUIT)
        time.sleep(self._rng.uniform(0.2, 1.0))
        self._server.start()

    def _both_hold(self, when: str) -> None:
        """Each acknowledges something new, at the latest `BACK` seconds after whatever was done to them."""
        seen = {name: len(self._said(name, "held")) for name in NAMES}

        def both() -> bool:
            return all(len(self._said(name, "held")) > seen[name] for name in NAMES)

        waiting.until(both, f"both gateways hold {when}", BACK)

    def _said(self, name: str, word: str) -> list[str]:
        output = self._outputs[name]
        said = output.read_text(errors="replace") if output.exists() else ""
        return re.findall(rf"^{word} (\S+)$", said, re.MULTILINE)

    def _approve(self) -> None:
        """Somebody lets most go, and says no to some."""
        seen: set[str] = set()
        while not self._over.wait(0.2):
            try:
                for hold in listing(self._store, Filter(frozenset({State.HELD})), limit=50):
                    if hold.id not in seen:
                        seen.add(hold.id)
                        self._consider(hold)
            except StoreUnavailable:
                continue

    def _consider(self, hold: HoldRow) -> None:
        """What fails may have happened: nobody knows."""
        choice = self._rng.choice((Choice.RELEASE, Choice.RELEASE, Choice.REJECT, None))
        if choice is not None:
            self._wanted[hold.id] = choice
            try:
                decide(self._store, hold.id, choice, _APPROVER, datetime.now(UTC))
                self._decided.add(hold.id)
            except NotDecided:
                self._figures["decided twice"] += 1

    def _is_quiet(self) -> bool:
        return self._store.read(releases.pending) == 0

    def _judged(self) -> Found:
        found = Found(self._figures)
        arrived = Counter(
            one.recipients[0].address.partition("@")[0] for one in self._sink.arrivals if _is_mail(one.sender.path)
        )
        rows = {hold.message.subject: hold for hold in listing(self._store, Filter(frozenset()))}
        acknowledged = {subject for name in NAMES for subject in self._said(name, "held")}
        found.figures["acknowledged"] = len(acknowledged)
        found.figures["answered 451"] = sum(len(self._said(name, "later")) for name in NAMES)
        found.violations += [f"{subject}: acknowledged and lost" for subject in acknowledged - rows.keys()]
        for subject, hold in rows.items():
            self._judge(subject, hold, arrived[subject], found)
        found.violations += [f"{subject}: arrived from nowhere" for subject in arrived.keys() - rows.keys()]
        verified = self._store.read(audit.verify)
        found.figures["audit entries, chain whole"] = verified.rows
        if verified.broken_at is not None:
            found.violations.append(f"the audit is broken at {verified.broken_at}: {verified.why}")
        return found

    def _judge(self, subject: str, hold: HoldRow, copies: int, found: Found) -> None:
        wanted = self._wanted.get(hold.id)
        found.figures[hold.state.value] += 1
        if copies and wanted is not Choice.RELEASE:
            found.violations.append(f"{subject}: arrived though nobody let it go")
        if (
            hold.id in self._decided
            and wanted is Choice.RELEASE
            and (hold.state, bool(copies)) != (State.RELEASED, True)
        ):
            found.violations.append(f"{subject}: let go, and {hold.state.value} with {copies} copies")
        if hold.id in self._decided and wanted is Choice.REJECT and hold.state is not State.REJECTED:
            found.violations.append(f"{subject}: rejected, and {hold.state.value}")
        found.figures["second copies"] += max(0, copies - 1)
        sent = [row for row in self._store.read(lambda view: audit.entries(view, hold=hold.id)) if row.action == "sent"]
        if len(sent) != (hold.state is State.RELEASED):
            found.violations.append(f"{subject}: {len(sent)} times sent on record")
        number = int(subject.rpartition("-")[2])
        message = transaction(subject, number)
        if _kept(self._store, hold) != b"".join(message_octets(message.fields, message.body)):
            found.violations.append(f"{subject}: its octets are not those that came")


def _is_mail(sender: str) -> bool:
    """Notices have the null reverse-path."""
    return sender != "<>"


def _kept(store: Store, hold: HoldRow) -> bytes:
    return store.read(lambda view: holds.content(view, store.files, hold.message)).read()


def play(rounds: int, seed: int) -> Found:
    """One trial, with everything that it needs."""
    with Guard() as guard, PostgreSQL(guard) as server, Sink() as sink:
        return Trial(guard, server, sink, seed).play(rounds)


def main(say: Callable[[str], None] = print) -> int:
    """Play it and tell."""
    parser = argparse.ArgumentParser(prog="python -m integration.torture.gateways", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, metavar="N", help="how many kills and restarts (60)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30), metavar="S", help="repeat a trial")
    options = parser.parse_args()
    if missing := why_not():
        print(missing, file=sys.stderr)
        return 69
    say(f"{options.rounds} rounds, seed {options.seed}")
    began = time.monotonic()
    found = play(options.rounds, options.seed)
    for name, number in sorted(found.figures.items()):
        say(f"  {name:<28} {number:>7}")
    for violation in found.violations:
        say(f"VIOLATION  {violation}")
    say(f"{len(found.violations)} violations, {time.monotonic() - began:.0f} s")
    return 1 if found.violations else 0


if __name__ == "__main__":
    sys.exit(main())
