"""What is measured of Sekisho alone: memory, the time to the first answer, a second core, one huge message."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from integration.bench import processes
from integration.bench.contenders import Place
from integration.bench.goals import Row, limit_row, ratio_row, verdict
from integration.bench.load import Load, Milterload, warm_up
from integration.bench.measure import Fleet, Pace, Say
from integration.bench.ours import configured, every_inspector, serve

_MOST_PRIVATE = 80.0
_LOOK = 0.01
"""Seconds between looks at memory."""


def soak(fleet: Fleet, program: Milterload, load: Load, pace: Pace, say: Say) -> Iterator[Row]:
    """A worker's own memory after many messages, and how much of it the last half brought."""
    running = fleet.reach("policy B+")
    people = processes.workers(running.child.pid)
    largest = []
    for half in (1, 2):
        program.run(running.socket, load, pace.soak // 2, patience=1800)
        largest.append(max(map(processes.private, people)))
        say(f"memory: {largest[-1]:.1f} MB after {half * pace.soak // 2:,} more messages")
    work = f"memory of a worker after {pace.soak:,} messages, policy B+"
    yield limit_row(work, f"≤ {_MOST_PRIVATE:g} MB private", largest[1:], _MOST_PRIVATE, "MB")
    growth = 100 * (largest[1] / largest[0] - 1)
    yield limit_row("its growth over the last half", "≤ 5 %", [growth], 5.0, "%")


def first_message(place: Place, program: Milterload, load: Load, pace: Pace, say: Say) -> Iterator[Row]:
    """From the start of the command to the first message's reply, the store being there already."""
    configuration = configured(place, None)
    seconds = []
    for number in range(pace.rounds + 1):
        begun = time.monotonic()
        running = serve(place, configuration)
        program.run(running.socket, Load(load.name, load.mail, connections=1), 1)
        seconds.append(time.monotonic() - begun)
        place.guard.stop(running.child)
        say(f"start to first message, round {number}: {seconds[-1]:.2f} s")
    yield limit_row("start to first message", "≤ 1 s", seconds[1:], 1.0, "s")


def second_core(place: Place, program: Milterload, load: Load, pace: Pace, say: Say) -> Iterator[Row]:
    """Everything, the load generator too, kept to one processor and then to two."""
    rates: dict[str, list[float]] = {"0": [], "0,1": []}
    started = {cores: serve(place, every_inspector(place), cores=cores) for cores in rates}
    counts = {cores: warm_up(program, one.socket, load, pace.seconds) for cores, one in started.items()}
    for number in range(pace.rounds):
        for cores, one in started.items():
            rates[cores].append(program.run(one.socket, load, counts[cores], cores=cores).rate)
            say(f"cores {cores}, round {number + 1}: {rates[cores][-1]:,.0f} msg/s")
    for one in started.values():
        place.guard.stop(one.child)
    yield ratio_row("cores 1 → 2, load generator included", "≥ 1.8×", rates["0,1"], rates["0"], 1.8, "msg/s")


def huge(place: Place, program: Milterload, mails: dict[str, Path], pace: Pace, say: Say) -> Iterator[Row]:
    """One message of 50 MB among small ones that come steadily."""
    running = serve(place, every_inspector(place))
    steady = Load("steady", mails["4 kB"], connections=20, rate=200)
    big = Load("50 MB", mails["50 MB"], connections=1)
    alone, beside, peaks = [], [], []
    program.run(running.socket, steady, 400)
    for number in range(pace.huge):
        alone.append(program.run(running.socket, steady, 400).p99)
        with ThreadPoolExecutor(1) as pool, _watched(running.child.pid) as seen:
            others = pool.submit(program.run, running.socket, steady, 400)
            program.run(running.socket, big, 1)
            beside.append(others.result().p99)
        peaks.append((max(seen) - seen[0]) * 1e6 / mails["50 MB"].stat().st_size)
        say(
            f"50 MB, round {number + 1}: {peaks[-1]:.2f}× its size, p99 of others {alone[-1]:.1f} → {beside[-1]:.1f} ms"
        )
    place.guard.stop(running.child)
    yield limit_row("one 50 MB message: memory of all processes", "≤ 3× its size", peaks, 3.0, "×")
    ratios = [after / before for before, after in zip(alone, beside, strict=True)]
    yield Row(
        "the same: other connections' p99 meanwhile",
        "≤ 2× theirs alone",
        f"{statistics.median(beside):.2f} ms",
        f"{statistics.median(alone):.2f} ms",
        f"{statistics.median(ratios):.2f}×",
        f"{min(ratios):.2f}–{max(ratios):.2f}",
        verdict(statistics.median(ratios), 2.0, at_most=True),
    )


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """MB of a process and its descendants, looked at all the time; the first is before anything happens."""
    people = list(processes.family(pid))
    seen = [sum(map(processes.proportional, people))]
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK):
            seen.append(sum(map(processes.proportional, people)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()
