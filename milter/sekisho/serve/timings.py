"""Where a message's microseconds go: the gateway's own judgement, run again and again with a clock at every port.

Time counts for the innermost stage: what an inspector makes the reader do is the reader's. What is worked out once a
message (who speaks in which line, a text folded) counts for whoever asks first. Collecting from the MTA and the reply
are not in it: they need an MTA (docs/profile.md).
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

from sekisho.config.load import Configuration
from sekisho.core.facts import Facts, Inspector
from sekisho.core.finding import Finding
from sekisho.core.memory import NO_MEMORY, Memory
from sekisho.core.message import Transaction
from sekisho.core.opened import Opened
from sekisho.core.parts import Addresses, Part, Structure
from sekisho.core.ports import Files, Reader
from sekisho.serve.judge import judge
from sekisho.serve.question import Question, transaction_of

RUNS = 200
"""Judgements of which the median is told, after a first one that is told apart: caches are empty then."""
REST = "policy and plan"

P = ParamSpec("P")
T = TypeVar("T")


def timings(
    configuration: Configuration,
    reader: Reader,
    question: Question,
    now: datetime,
    files: Files,
    memory: Memory = NO_MEMORY,
    runs: int = RUNS,
) -> dict[str, Any]:
    """``{"runs", "total", "first", "stages": [{"stage", "microseconds", "first"}]}``, the longest stage first."""
    transaction = transaction_of(question, reader, now)
    clock = _Clock()
    inspectors = _timed_inspectors(clock, configuration.inspectors)
    asked = replace(configuration, inspectors=inspectors)
    ports = _TimedReader(clock, reader), _TimedFiles(clock, files), memory
    measured = [_once(clock, asked, transaction, *ports) for _ in range(runs + 1)]
    first, usual = measured[0], measured[1:]
    medians = {stage: statistics.median(run.get(stage, 0.0) for run in usual) for stage in {**first, **usual[0]}}
    stages = [
        {"stage": stage, "microseconds": round(medians[stage] * 1e6, 1), "first": round(first.get(stage, 0.0) * 1e6, 1)}
        for stage in sorted(medians, key=lambda stage: -medians[stage])
    ]
    total = statistics.median(sum(run.values()) for run in usual)
    return {
        "runs": runs,
        "total": round(total * 1e6, 1),
        "first": round(sum(first.values()) * 1e6, 1),
        "stages": stages,
    }


def _once(
    clock: _Clock,
    configuration: Configuration,
    transaction: Transaction,
    reader: Reader,
    files: Files,
    memory: Memory,
) -> Mapping[str, float]:
    """Seconds by stage of one judgement."""
    clock.spent = {}
    clock.timed(REST, judge)(configuration, reader, transaction, files, memory)
    return clock.spent


class _Clock:
    """Adds up the time that is spent in each stage, without what stages within it take."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._stage = ""
        self._since = 0.0

    def timed(self, stage: str, work: Callable[P, T]) -> Callable[P, T]:
        """The same work, its time counted for the stage."""

        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            outer = self._change(stage)
            try:
                return work(*args, **kwargs)
            finally:
                self._change(outer)

        return run

    def _change(self, stage: str) -> str:
        """Count for this stage from now on; gives the one before."""
        now = perf_counter()
        before = self._stage
        if before:
            self.spent[before] = self.spent.get(before, 0.0) + now - self._since
        self._stage, self._since = stage, now
        return before


def _timed_inspectors(clock: _Clock, inspectors: Mapping[str, Inspector]) -> Mapping[str, Inspector]:
    """Each inspector timed under its first code; codes of one inspector still share one object."""
    first = {inspect: code for code, inspect in reversed(list(inspectors.items()))}
    timed = {inspect: clock.timed(f"inspect {code}", _whole(inspect)) for inspect, code in first.items()}
    return {code: timed[inspect] for code, inspect in inspectors.items()}


def _whole(inspect: Inspector) -> Callable[[Facts], tuple[Finding, ...]]:
    def run(facts: Facts) -> tuple[Finding, ...]:
        return tuple(inspect(facts))

    return run


class _TimedReader:
    """A reader whose every answer is timed."""

    def __init__(self, clock: _Clock, reader: Reader) -> None:
        self._addresses = clock.timed("addresses of the header", reader.addresses)
        self._decoded = clock.timed("texts of the header", reader.decoded)
        self._structure = clock.timed("structure", reader.structure)
        self._text = clock.timed("text of parts", reader.text)
        self._detect = clock.timed("types of files", reader.detect)

    def addresses(self, value: bytes) -> Addresses:
        return self._addresses(value)

    def decoded(self, value: bytes) -> str:
        return self._decoded(value)

    def structure(self, transaction: Transaction) -> Structure:
        return self._structure(transaction)

    def text(self, part: Part) -> str:
        return self._text(part)

    def detect(self, part: Part) -> str:
        return self._detect(part)


class _TimedFiles:
    """Files whose opening is timed."""

    def __init__(self, clock: _Clock, files: Files) -> None:
        self._open = clock.timed("opening of files", files.open)

    def open(self, part: Part) -> Opened:
        return self._open(part)
