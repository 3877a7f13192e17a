"""What is done to one gateway, round by round: kill -9 of one of its processes, or of somebody's who decides."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Protocol, TypeVar

from integration import waiting
from integration.torture.moments import Moment
from integration.torture.people import Approver
from integration.torture.site import Site
from integration.torture.unit import Part

Kind = TypeVar("Kind", bound=Enum)

_WEIGHTS = {Part.WORKER: 4, Part.RELEASE: 4, Part.SUPERVISOR: 2, Part.HTTP: 1, Part.DECIDER: 4}
_MOMENTS = {
    Part.WORKER: (Moment.COMMIT, Moment.COMMIT, Moment.OFFER, Moment.ANY),
    Part.RELEASE: (Moment.RELEASE, Moment.RELEASE, Moment.ANY),
    Part.SUPERVISOR: (Moment.ANY, Moment.COMMIT, Moment.RELEASE),
    Part.HTTP: (Moment.ANY,),
    Part.DECIDER: (Moment.DECISION, Moment.DECISION, Moment.ANY),
}


@dataclass(frozen=True, slots=True)
class Blow:
    """Something that was done."""

    at: float
    """Seconds since 1970."""
    what: str
    cuts: bool
    """Whether a release may have been cut off by it, after the listener had it."""


def turn(number: int, weights: Mapping[Kind, int], rng: random.Random) -> Kind:
    """What is struck in a round: each once, so that a short trial sees all of them, and then by weight."""
    drawn = rng.choices(list(weights), list(weights.values()))[0]
    return list(weights)[number] if number < len(weights) else drawn


class Blows(Protocol):
    """One blow a round."""

    def strike(self, number: int) -> Blow:
        """The ``number``-th, from 0. Raises `NeverHappened` when there is nobody to strike in time."""


class Kills:
    """Of the only gateway."""

    def __init__(self, site: Site, approvers: Sequence[Approver], rng: random.Random) -> None:
        self._moments = site.moments
        self._unit = site.gateways[0].unit
        self._approvers = approvers
        self._rng = rng

    def strike(self, number: int) -> Blow:
        part = turn(number, _WEIGHTS, self._rng)
        moment = self._rng.choice(_MOMENTS[part])
        if part is Part.DECIDER:
            self._moments.wait(moment, self._rng)
            self._rng.choice(self._approvers).kill()
        else:
            pid = self._victim(part)
            self._moments.wait(moment, self._rng)
            self._unit.kill(pid, orphans_too=self._rng.random() < 0.5)
        return Blow(time.time(), f"kills of {part.value}", part in {Part.RELEASE, Part.SUPERVISOR})

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
