"""The daemon's first process: opens the socket, keeps milter workers and roles alive, changes their configuration.

One thread, no database, no HTTP, so that forking is safe at any time. SIGTERM and SIGINT let every child finish what is
open and end with status 0; SIGHUP loads the configuration anew and, once a new set of workers is ready, drains the old.
A configuration that does not load, or whose workers do not get ready, is refused: the old one stays, and telemetry is
told. Raises `ListenError` and whatever loading raises, but only before it has begun to serve.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from sekisho.mta.endpoint import probe
from sekisho.mta.listener import Listener
from sekisho.serve.children import Child, Seat, Team, execute, fork, free_slots
from sekisho.serve.control import Order, Report, command, reports
from sekisho.serve.notify import Notifier
from sekisho.serve.service import Service, drop_to, load
from sekisho.serve.signals import Signals
from sekisho.serve.worker import Crew, work

PROBE_SECONDS = 5.0
ROLES_WAIT_SECONDS = 5.0
"""So long the roles let the first workers have the processors, so that mail is answered as early as can be."""
READY_SECONDS = 60.0
"""A new set of workers that is not ready by then is refused."""
GRACE_SECONDS = 10.0
"""On top of the patience of whoever leaves, before it is killed."""


def run(service: Service, notifier: Notifier) -> int:
    """Serve until told to stop; the exit status."""
    listener = Listener.open(service.endpoint, service.mode, service.group)
    try:
        if service.user is not None and os.geteuid() == 0:
            drop_to(service.user, listener, keep_group=service.group is not None)
        return Supervisor(service, notifier, listener, load(service)).run()
    finally:
        listener.close()


class Supervisor:
    """The loop, and who is alive."""

    def __init__(self, service: Service, notifier: Notifier, listener: Listener, crew: Crew) -> None:
        self._service = service
        self._log = service.log
        self._notifier = notifier
        self._listener = listener
        self._signals = Signals()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._signals, selectors.EVENT_READ)
        self._leaving: list[Seat] = []
        self._team = Team(crew, [], 0.0)
        self._team = self._assemble(crew)
        self._candidate: Team | None = None
        after = self._team.born + ROLES_WAIT_SECONDS
        self._roles = [Seat(name, partial(execute, line), due=after) for name, line in service.roles.items()]
        self._stopping = False
        self._reload_wanted = False
        self._announced = False
        self._in_force = False
        self._told: dict[str, int] = {}
        self._next_probe = 0.0

    def run(self) -> int:
        """Until everybody has left after a signal to stop."""
        while True:
            self._fill()
            self._decide()
            self._report()
            if self._stopping and not any(seat.child for seat in self._seats()):
                return 0
            for key, _ in self._selector.select(self._pause()):
                if key.fileobj is self._signals:
                    self._obey(self._signals.read())
                else:
                    self._listen(key.data)
            self._reap()
            self._kill_overdue()
            self._prove_life()

    def _seats(self) -> Iterator[Seat]:
        yield from self._team.seats
        if self._candidate is not None:
            yield from self._candidate.seats
        yield from self._roles
        yield from self._leaving

    def _assemble(self, crew: Crew) -> Team:
        """A team on slots that nobody has, alive or waiting to live again."""
        taken = [seat.slot for seat in (*self._team.seats, *self._leaving) if seat.slot is not None]
        seats = [
            Seat(f"worker-{slot}", partial(self._fork, crew, slot), slot) for slot in free_slots(taken, crew.workers)
        ]
        return Team(crew, seats, time.monotonic())

    def _fork(self, crew: Crew, slot: int, now: float) -> Child:
        return fork(partial(work, self._listener, crew, slot, log=self._log), self._abandon, now)

    def _abandon(self) -> None:
        """In a forked child: let go of everything that is the supervisor's."""
        self._signals.forget()
        self._selector.close()
        for seat in self._seats():
            if seat.child is not None:
                seat.child.line.close()

    def _fill(self) -> None:
        """Start whoever is due."""
        now = time.monotonic()
        for seat in self._seats():
            if self._stopping or seat.child is not None or seat.due > now:
                continue
            try:
                seat.child = seat.start(now)
            except OSError as error:
                self._log.error("cannot start", extra={"fields": {"child": seat.name, "why": str(error)}})
                seat.vacate(now)
            else:
                self._selector.register(seat.child.line, selectors.EVENT_READ, seat.child)

    def _decide(self) -> None:
        """What readiness, or too long a wait for it, leads to."""
        if self._stopping:
            return
        if self._candidate is not None and self._candidate.ready:
            self._change_over(self._candidate)
        elif self._candidate is not None and time.monotonic() > self._candidate.born + READY_SECONDS:
            self._refuse("its workers did not get ready")
        if not self._in_force and self._team.ready and not any(_accepts(seat) for seat in self._leaving):
            self._put_in_force()
        if self._reload_wanted and self._candidate is None:
            self._reload_wanted = False
            self._reload()

    def _obey(self, signals: frozenset[int]) -> None:
        if signals & {signal.SIGTERM, signal.SIGINT} and not self._stopping:
            self._stop()
        elif signal.SIGHUP in signals:
            self._reload_wanted = True

    def _stop(self) -> None:
        self._stopping = True
        self._log.info("stopping")
        self._notifier.stopping()
        for seat in self._seats():
            self._dismiss(seat, Order.STOP, self._team.crew.patience)

    def _reload(self) -> None:
        self._notifier.reloading()
        try:
            crew = load(self._service)
        except Exception as error:
            self._refuse(str(error))
        else:
            self._candidate = self._assemble(crew)

    def _change_over(self, candidate: Team) -> None:
        """The candidate answers already: drain its predecessors, start the roles anew."""
        old, self._team, self._candidate = self._team, candidate, None
        for seat in old.seats:
            self._dismiss(seat, Order.DRAIN, 2 * old.crew.patience)
        self._leaving += [seat for seat in old.seats if seat.child is not None]
        for seat in self._roles:
            self._dismiss(seat, Order.STOP, old.crew.patience)
        self._in_force = False

    def _put_in_force(self) -> None:
        """The configuration decides on all mail from now on, but for what is open already."""
        if not self._announced:
            for seat in self._roles:
                seat.due = 0.0
        self._in_force = self._announced = True
        self._log.info("configuration in force", extra={"fields": {"workers": len(self._team.seats)}})
        self._tell(lambda: self._service.telemetry.loaded(True))
        self._notifier.ready()

    def _refuse(self, why: str) -> None:
        """The old configuration stays."""
        self._log.error("reload refused, the old configuration stays", extra={"fields": {"why": why}})
        if self._candidate is not None:
            for seat in self._candidate.seats:
                self._dismiss(seat, Order.STOP, self._candidate.crew.patience)
            self._leaving += [seat for seat in self._candidate.seats if seat.child is not None]
            self._candidate = None
        self._tell(lambda: self._service.telemetry.loaded(False))
        if self._announced:
            self._notifier.ready()

    def _dismiss(self, seat: Seat, order: Order, patience: float) -> None:
        """Ask a child to leave; a role, which has its own way with signals, by SIGTERM."""
        child = seat.child
        if child is None:
            return
        child.leaving = True
        child.deadline = time.monotonic() + patience + GRACE_SECONDS
        if seat.slot is None:
            os.kill(child.process.pid, signal.SIGTERM)
        else:
            command(child.line, order)

    def _listen(self, child: Child) -> None:
        """A worker says how far it is, or its end of the line was closed."""
        said = reports(child.line)
        child.ready = child.ready or Report.READY in said
        child.closed = child.closed or Report.CLOSED in said
        if not said:
            self._selector.unregister(child.line)

    def _reap(self) -> None:
        for seat in list(self._seats()):
            child = seat.child
            status = child.process.poll() if child is not None else None
            if child is None or status is None:
                continue
            with suppress(KeyError):
                self._selector.unregister(child.line)
            child.line.close()
            self._bury(seat, child, status)

    def _bury(self, seat: Seat, child: Child, status: int) -> None:
        fields = {"child": seat.name, "pid": child.process.pid, "status": status}
        if child.leaving:
            self._log.info("left", extra={"fields": fields})
            seat.child = None
            self._leaving = [one for one in self._leaving if one is not seat]
            return
        seat.vacate(time.monotonic())
        self._log.error("died", extra={"fields": fields})
        if self._candidate is not None and seat in self._candidate.seats:
            self._refuse("a worker died before all were ready")

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for seat in self._seats():
            if seat.child is not None and seat.child.deadline is not None and seat.child.deadline <= now:
                self._log.error("killed: it did not leave in time", extra={"fields": {"child": seat.name}})
                seat.child.kill()

    def _prove_life(self) -> None:
        """For systemd's watchdog: not that we run, but that the MTA would be answered."""
        if self._notifier.watchdog is None or not self._announced or time.monotonic() < self._next_probe:
            return
        if probe(self._service.endpoint, min(PROBE_SECONDS, self._notifier.watchdog)):
            self._notifier.alive()
        else:
            self._log.error("no worker answers on the socket")
        self._next_probe = time.monotonic() + self._notifier.watchdog

    def _pause(self) -> float | None:
        """Seconds until something is due by itself."""
        times = [seat.due for seat in self._seats() if seat.child is None and not self._stopping]
        times += [seat.child.deadline for seat in self._seats() if seat.child and seat.child.deadline is not None]
        if self._candidate is not None:
            times.append(self._candidate.born + READY_SECONDS)
        if self._notifier.watchdog is not None and self._announced:
            times.append(self._next_probe)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _report(self) -> None:
        states = dict.fromkeys(("starting", "ready", "draining", "waiting"), 0)
        for seat in self._seats():
            if seat.slot is not None:
                states[_state(seat)] += 1
        if states != self._told:
            self._told = states
            self._tell(lambda: self._service.telemetry.workers(states))

    def _tell(self, what: Callable[[], None]) -> None:
        """Telemetry never stops the daemon."""
        try:
            what()
        except Exception as error:
            self._log.error("telemetry failed", exc_info=error)


def _accepts(seat: Seat) -> bool:
    """Whether a worker on its way out may still take a new connection."""
    return seat.slot is not None and seat.child is not None and not seat.child.closed


def _state(seat: Seat) -> str:
    if seat.child is None:
        return "waiting"
    if seat.child.leaving:
        return "draining"
    return "ready" if seat.child.ready else "starting"
