"""``python -m integration.torture.sweep``: every system call of a hold's life, killed or failed one at a time.

Steps: hold a small message (a row) and a big one (a file), decide, release to a listener. Each call that changes or
reads the store, and each of the SMTP client, is the last that the process makes (SIGKILL before it), fails once (EIO),
or fails from then on (ENOSPC). After each, a sound process looks: what was acknowledged is there and intact, what was
not is absent or whole, and everything can go on. Exit 0, 1 with violations, 69 without strace.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from integration.guard import Guard
from integration.sink import Sink
from integration.torture import aftermath, step
from integration.torture.tamper import Ended, Fault, tampered
from sekisho.store import StoreUnavailable

SMALL, BIG = 2000, 300_000
_FILES = ("openat", "write", "fsync", "rename", "unlink")
_DATABASE = ("openat", "pwrite64", "pread64", "fdatasync", "fsync", "ftruncate", "unlink")
_NETWORK = ("connect", "sendto", "recvfrom")
_NEEDS_ROOM = {"openat", "write", "fsync", "rename", "pwrite64", "fdatasync", "ftruncate"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step is taken."""

    store: Path
    trace: Path
    sink: Sink

    @property
    def groups(self) -> dict[str, tuple[tuple[str, ...], tuple[Path, ...]]]:
        """Calls that are counted together, and the paths they concern."""
        file = self.store / "content" / step.first_id(_CHILD)
        database = self.store / "sekisho.db"
        around = (self.store, database, *(Path(f"{database}{end}") for end in ("-wal", "-shm", "-journal")))
        return {
            "content": (_FILES, (file.parent, file, file.with_suffix(".tmp"))),
            "database": (_DATABASE, around),
            "network": (_NETWORK, ()),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A step, what must have happened before, and how to look at what came of it."""

    name: str
    groups: tuple[str, ...]
    prepare: Callable[[Place], None]
    take: Callable[[Place], str]
    look: Callable[[Place, bool], Iterator[str]]


_CHILD, _BEFORE = 1, 2
"""Seeds of the child's store, and of the one that prepares."""


def _steps() -> Iterator[Step]:
    for name, size in (("hold, small", SMALL), ("hold, big", BIG)):
        groups = ("database",) if size == SMALL else ("content", "database")
        yield Step(name, groups, _nothing, partial(_hold, size), partial(_look_held, size))
    yield Step("decide", ("database",), _held, _decide, _look_decided)
    yield Step("release", ("database", "network"), _decided, _release, _look_released)


def _nothing(place: Place) -> None:
    store = step.opened(place.store, _BEFORE)
    store.upgrade()
    store.close()


def _held(place: Place) -> None:
    store = step.opened(place.store, _BEFORE)
    store.upgrade()
    step.hold(store, SMALL)
    store.close()


def _decided(place: Place) -> None:
    _held(place)
    store = step.opened(place.store, _BEFORE)
    step.let_go(store)
    store.close()


def _done(work: Callable[[], object]) -> str:
    try:
        work()
    except StoreUnavailable:
        return "unavailable"
    return "acknowledged"


def _hold(size: int, place: Place) -> str:
    store = step.opened(place.store, _CHILD)
    said = _done(lambda: step.hold(store, size))
    store.close()
    return said


def _decide(place: Place) -> str:
    store = step.opened(place.store, _CHILD)
    said = _done(lambda: step.let_go(store))
    store.close()
    return said


def _release(place: Place) -> str:
    store = step.opened(place.store, _CHILD)
    said = _done(lambda: step.release(store, place.sink.port, step.NOW))
    store.close()
    return said


def _look_held(size: int, place: Place, acknowledged: bool) -> Iterator[str]:
    return aftermath.of_hold(place.store, size, acknowledged)


def _look_decided(place: Place, acknowledged: bool) -> Iterator[str]:
    return aftermath.of_decision(place.store, SMALL, acknowledged, place.sink)


def _look_released(place: Place, acknowledged: bool) -> Iterator[str]:
    return aftermath.of_release(place.store, SMALL, place.sink)


def faults(calls: Sequence[str], network: bool) -> Iterator[tuple[str, str, bool]]:
    """Each call with each thing that can be done to it, and whether that lasts."""
    for call in calls:
        yield call, "signal=SIGKILL", False
        yield call, "error=ECONNRESET" if network else "error=EIO", False
        if call in _NEEDS_ROOM:
            yield call, "error=ENOSPC", True


class Sweep:
    """Counts what was tried and what came of it; ``only`` some calls, or all."""

    def __init__(self, place: Place, only: frozenset[str] = frozenset()) -> None:
        self._place = place
        self._only = only
        self.points: Counter[tuple[str, str, str]] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.violations: list[str] = []

    def run(self) -> None:
        """Every step, group and call."""
        for one in _steps():
            template = self._place.store.with_name(f"template {one.name}")
            shutil.rmtree(self._place.store, ignore_errors=True)
            self._place.store.mkdir()
            one.prepare(self._place)
            shutil.copytree(self._place.store, template)
            for group in one.groups:
                calls, paths = self._place.groups[group]
                wanted = [call for call in calls if call in self._only or not self._only]
                for call, what, lasting in faults(wanted, group == "network"):
                    self._count_up(one, template, Fault(call, 1, what, lasting), paths)
            self._say(one)

    def _count_up(self, one: Step, template: Path, fault: Fault, paths: Sequence[Path]) -> None:
        """N = 1, 2, … until there is no N-th call."""
        number = fault.number
        while self._strike(one, template, Fault(fault.call, number, fault.what, fault.lasting), paths):
            number += 1

    def _strike(self, one: Step, template: Path, fault: Fault, paths: Sequence[Path]) -> bool:
        """Whether there was such a call."""
        shutil.rmtree(self._place.store)
        shutil.copytree(template, self._place.store)
        self._place.sink.clear()
        ended = tampered(lambda: one.take(self._place), fault, paths, self._place.trace)
        if ended.struck:
            self.points[one.name, fault.call, fault.what] += 1
        self._judge(f"{one.name}: {fault}", one, ended)
        return ended.struck

    def _judge(self, where: str, one: Step, ended: Ended) -> None:
        self.outcomes[ended.said.split()[0] if ended.said else "killed"] += 1
        if ended.said.startswith("ERROR"):
            self.violations.append(f"{where}: raised {ended.said}")
        try:
            found = list(one.look(self._place, ended.said == "acknowledged"))
        except Exception as error:
            found = [f"could not go on: {type(error).__name__}: {error}"]
        for remark in found:
            if remark.startswith("window"):
                self.outcomes[remark] += 1
            else:
                self.violations.append(f"{where} ({ended.said or 'killed'}): {remark}")

    def _say(self, one: Step) -> None:
        for (name, call, what), count in sorted(self.points.items()):
            if name == one.name:
                print(f"  {name:<12}  {call:<10}  {what:<16}  {count:>4} points", flush=True)


def main() -> int:
    """Sweep and tell."""
    if shutil.which("strace") is None:
        print("strace is not installed", file=sys.stderr)
        return 69
    began = time.monotonic()
    with Guard() as guard, Sink() as sink:
        home = guard.directory()
        sweep = Sweep(Place(home / "store", home / "trace", sink))
        sweep.run()
    for outcome, count in sorted(sweep.outcomes.items()):
        print(f"  {outcome}: {count}")
    for violation in sweep.violations[:40]:
        print(f"VIOLATION  {violation}")
    points, seconds = sum(sweep.points.values()), time.monotonic() - began
    print(f"{points} points, {len(sweep.violations)} violations, {seconds:.0f} s")
    return 1 if sweep.violations else 0


if __name__ == "__main__":
    sys.exit(main())
