"""What is done to gateways that share a PostgreSQL: one of them is killed whole, or the server is restarted.

A restart is fast (the server ends what is open, and syncs) or immediate (it ends as in a crash, and recovers from its
log). Before each blow every gateway has to be ready again after the one before, but for one in five.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Sequence
from enum import Enum

from integration.torture.kills import Blow, turn
from integration.torture.moments import Moment
from integration.torture.people import Approver
from integration.torture.site import Site
from integration.torture.unit import Part


class Outage(Enum):
    """A kind of blow."""

    GATEWAY = "kills of a gateway"
    FAST = "fast restarts of PostgreSQL"
    IMMEDIATE = "immediate restarts of PostgreSQL"
    DECIDER = f"kills of {Part.DECIDER.value}"


_WEIGHTS = {Outage.GATEWAY: 4, Outage.FAST: 2, Outage.IMMEDIATE: 3, Outage.DECIDER: 1}
_MOMENTS = (Moment.OFFER, Moment.RELEASE, Moment.DECISION, Moment.ANY)
_AWAY = 2.0
"""The longest time, in seconds, that the server stays away."""


class Outages:
    """Of two or more gateways and the server of their store."""

    def __init__(self, site: Site, approvers: Sequence[Approver], rng: random.Random) -> None:
        self._site = site
        self._approvers = approvers
        self._rng = rng

    def strike(self, number: int) -> Blow:
        what = turn(number, _WEIGHTS, self._rng)
        if number < len(Outage) or self._rng.random() < 0.8:
            self._site.wait_until_ready()
        self._site.moments.wait(self._rng.choice(_MOMENTS), self._rng)
        self._do(what)
        return Blow(time.time(), what.value, cuts=what is Outage.GATEWAY)

    def _do(self, what: Outage) -> None:
        if what is Outage.GATEWAY:
            unit = self._rng.choice(self._site.gateways).unit
            (supervisor,) = unit.living(Part.SUPERVISOR)
            unit.kill(supervisor, orphans_too=True)
        elif what is Outage.DECIDER:
            self._rng.choice(self._approvers).kill()
        else:
            self._restart(signal.SIGINT if what is Outage.FAST else signal.SIGQUIT)

    def _restart(self, how: signal.Signals) -> None:
        server = self._site.server
        assert server is not None
        server.stop(how)
        time.sleep(self._rng.uniform(0.0, _AWAY))
        server.start()
