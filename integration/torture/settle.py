"""When the killing is over: everything that goes without anybody's doing goes.

First the daemon does it by itself, for as long as there is progress: a release that was cut off waits for its lease to
run out. What is left when it stops is done here by a release worker whose clock is ahead, so that a short trial need
not wait for leases.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from integration import waiting
from integration.postfix import Postfix
from integration.torture.mail import AWAY
from sekisho.config.load import Configuration
from sekisho.core.lifecycle import State
from sekisho.notices.build import Letterhead
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.serve.asking import desk_of
from sekisho.serve.release import sender
from sekisho.store import Store, outbox, releases
from sekisho.store.listing import listing
from sekisho.store.search import Filter

STEP = timedelta(minutes=20)
"""How far the clock is put on each time: beyond every lease and every pause between attempts."""
EVER = datetime.max.replace(tzinfo=UTC)


def left(store: Store) -> int:
    """How many releases, notices and timers are not done yet."""
    timers = sum(1 for hold in listing(store, Filter(frozenset({State.HELD}))) if hold.expires is not None)
    return timers + store.read(lambda view: releases.pending(view) + outbox.pending(view, EVER))


def finish(store: Store, configuration: Configuration) -> list[str]:
    """Do what is left, as the daemon would in an hour; gives the alarms. No daemon may run."""
    settings = configuration.settings
    letterhead = Letterhead(settings.notices_from, configuration.site.zone)
    stationery = Stationery(letterhead, settings.notices_language, settings.postmaster)
    alarms = _Alarms()
    moment = datetime.now(UTC)
    worker = ReleaseWorker(store, sender(settings), stationery, desk_of(configuration), alarms, lambda: moment)
    for _ in range(10):
        moment += STEP
        worker.run_once(moment)
        if not left(store):
            break
    worker.close()
    return alarms.said


def empty_queue(postfix: Postfix) -> None:
    """Everything that Postfix can deliver is delivered."""
    postfix.flush()
    waiting.until_none(lambda: _deliverable(postfix), "Postfix has delivered what it can", stall=120)


def _deliverable(postfix: Postfix) -> int:
    return sum(
        message["queue_name"] != "deferred" or not recipient["address"].startswith(AWAY)
        for message in postfix.queue()
        for recipient in message["recipients"]
    )


class _Alarms:
    """A watch that keeps what it is alarmed of."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None:
        """Seen in the store as well."""

    def noticed(self, kind: str, outcome: str) -> None:
        """Seen in the store as well."""

    def alarmed(self, what: str, subject: str, why: str) -> None:
        if what != "uncertain":
            self.said.append(f"{what} {subject}: {why}")
