"""Whatever listener, store, clock and crashes do to a release: nothing is lost, leaked, or doubled unexplained.

What arrived is judged against what was decided; a second copy needs a worker that died, or a reply that was lost,
between the listener's acceptance and the record of it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path as Folder
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.core.message import Path
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.store import Store, StoreUnavailable, audit
from tests.quarantine.test_release import STATIONERY
from tests.support.stores import NOW, Recorder, a_desk, a_transaction, a_wait, hold_one, loaded, opened

NAMES = ("x@a.example", "y@b.example")
OPERATOR = Actor("root", "operator")
SOON = timedelta(seconds=30)
ANSWERS = ("accept", "accept", "delay", "refuse", "lose the reply", "die before", "die after", "accept, no commit")
SCRIPTS = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=5)
REPLIES = {
    "accept": (Kind.ACCEPTED, 250),
    "accept, no commit": (Kind.ACCEPTED, 250),
    "refuse": (Kind.REFUSED, 550),
    "delay": (Kind.DELAYED, 450),
}
TAKEN = {"accept", "lose the reply", "die after", "accept, no commit"}
LOST = {"lose the reply", "die after"}


class Died(BaseException):
    """What kill -9 is to a thread: nobody handles it."""


class Releases(RuleBasedStateMachine):
    """Holds, decisions, time, and a worker that meets faults and is followed by another."""

    template: Folder
    """A store that was made once."""

    @initialize()
    def begin(self) -> None:
        self.folder = Folder(tempfile.mkdtemp(prefix="releases-"))
        shutil.copytree(self.template, self.folder, dirs_exist_ok=True)
        self.store: Store = opened("sqlite", self.folder)
        self.now = NOW
        self.holds: list[str] = []
        self.wanted: set[tuple[str, str]] = set()
        self.timed: set[str] = set()
        self.copies: Counter[tuple[str, str]] = Counter()
        self.excused: Counter[tuple[str, str]] = Counter()
        self.script: list[str] = []
        self.failing = 0
        """Commits that are to fail."""
        self.guard = threading.Lock()
        self.worker = self.employed()
        for timer in (None, SOON, None):
            self.put(timer)

    def employed(self) -> ReleaseWorker:
        return ReleaseWorker(self.store, self.send, STATIONERY, a_desk(), Recorder(), lambda: self.now)

    def send(self, sender: Path, recipients: Sequence[Path], pieces: Iterable[bytes], size: int) -> list[Outcome]:
        """What the listener does next; notices are always taken."""
        octets = b"".join(pieces)
        hold = octets.rpartition(b"\r\n\r\n")[2].decode()
        if sender.is_null:
            return [Outcome(path, Kind.ACCEPTED, 250, "ok") for path in recipients]
        with self.guard:
            answer = self.script.pop(0) if self.script else "accept"
            keys = [(hold, path.address) for path in recipients]
            if answer == "die before":
                raise Died
            if answer in TAKEN:
                self.copies.update(keys)
            if answer in LOST:
                self.excused.update(keys)
            if answer == "accept, no commit":
                self.failing += 1
        if answer == "die after":
            raise Died
        kind, code = REPLIES.get(answer, (Kind.DELAYED, 0))
        return [Outcome(path, kind, code, answer, uncertain=code == 0) for path in recipients]

    @rule(timer=st.sampled_from([None, SOON]))
    def hold(self, timer: timedelta | None) -> None:
        self.put(timer)

    def put(self, timer: timedelta | None) -> None:
        name = f"m{len(self.holds)}"
        wait = a_wait("a", self.now - NOW + timer if timer else None, OnExpiry.SEND if timer else OnExpiry.KEEP)
        message = a_transaction(*(f"<{one}>" for one in NAMES), body=name.encode(), received=self.now)
        self.holds.append(hold_one(self.store, wait, transaction=message))
        if timer:
            self.timed.add(name)

    @rule(
        number=st.integers(0, 5),
        choice=st.sampled_from([Choice.RELEASE, Choice.REJECT]),
        who=st.sampled_from([(), NAMES[:1]]),
    )
    def choose(self, number: int, choice: Choice, who: tuple[str, ...]) -> None:
        number %= len(self.holds)
        with suppress(NotDecided):
            before = loaded(self.store, self.holds[number])
            decide(self.store, self.holds[number], choice, OPERATOR, self.now, recipients=who)
            if choice is Choice.RELEASE:
                waited = [one.path.address for one in before.recipients if one.state is State.HELD]
                self.wanted |= {(f"m{number}", one) for one in who or waited}

    @rule(seconds=st.sampled_from([1, 20, 61, 1000, -500]))
    def passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(number=st.integers(0, 2), who=st.sampled_from([(), NAMES[:1]]), script=SCRIPTS)
    def is_let_go_at_once(self, number: int, who: tuple[str, ...], script: list[str]) -> None:
        """What happens most: somebody releases, and the worker is there."""
        self.choose(number, Choice.RELEASE, who)
        self.work(script)

    @rule(script=SCRIPTS)
    def looks(self, script: list[str]) -> None:
        self.work(script)

    def work(self, script: list[str]) -> None:
        """The worker looks once; commits of the database may fail meanwhile."""
        self.script = list(script)
        engine, commit = self.store._engine.dialect, self.store._engine.dialect.do_commit

        def failing(connection: Any) -> None:
            with self.guard:
                fails, self.failing = self.failing > 0, max(0, self.failing - 1)
            if fails:
                raise sqlite3.OperationalError("disk I/O error")
            commit(connection)

        engine.do_commit = failing  # type: ignore[assignment, method-assign]
        try:
            with suppress(StoreUnavailable):
                self.worker.run_once(self.now)
        finally:
            del engine.do_commit
        used = script[: len(script) - len(self.script)]
        if {"die before", "die after"} & set(used):
            self.succeed()

    @rule()
    def succeed(self) -> None:
        """The worker dies; what it had sent and not recorded is sent again."""
        for key in list(self.copies):
            if self.state(key) in {State.RELEASING, State.DEFERRED}:
                self.excused[key] = max(self.excused[key], self.copies[key])
        self.worker.close()
        self.worker = self.employed()

    def state(self, key: tuple[str, str]) -> State:
        hold = loaded(self.store, self.holds[int(key[0][1:])])
        return next(one.state for one in hold.recipients if one.path.address == key[1])

    @invariant()
    def nobody_gets_what_nobody_released(self) -> None:
        for key in getattr(self, "copies", ()):
            assert key in self.wanted or key[0] in self.timed, key

    @invariant()
    def second_copies_are_explained(self) -> None:
        for key, number in getattr(self, "copies", Counter()).items():
            assert number <= 1 + self.excused[key], key

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        self.script = []
        for _ in range(4):
            self.now += timedelta(hours=2)
            self.worker.run_once(self.now)
        self.nobody_gets_what_nobody_released()
        self.second_copies_are_explained()
        sent = Counter(
            (row.hold, address)
            for row in self.store.read(lambda view: audit.entries(view, limit=10_000))
            if row.action == "sent"
            for address in row.details["replies"]
        )
        for number, hold in enumerate(self.holds):
            for person in loaded(self.store, hold).recipients:
                key = (f"m{number}", person.path.address)
                released = key in self.wanted or (key[0] in self.timed and person.state is not State.REJECTED)
                assert person.state in ({State.SENT, State.BOUNCED} if released else {State.HELD, State.REJECTED}), key
                assert (self.copies[key] > 0) >= (person.state is State.SENT), key
                assert sent[hold, key[1]] == (person.state is State.SENT), key
        assert self.store.read(audit.verify).broken_at is None
        self.worker.close()
        self.store.close()
        shutil.rmtree(self.folder)


def test_releases_survive_whatever_happens(tmp_path: Folder) -> None:
    made = opened("sqlite", tmp_path)
    made.upgrade()
    made.close()
    Releases.template = tmp_path
    run_state_machine_as_test(Releases, settings=settings(max_examples=60, stateful_step_count=30))
