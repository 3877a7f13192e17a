"""``python -m integration.torture.decider CONFIGURATION NUMBER``: one of several who decide on holds, until killed.

What is wanted of a hold follows from its id, so that all who decide want something of the same holds at the same time;
of some they want different things. A line of JSON is written before each decision and another after it, so that whoever
reads knows what was tried, whenever this process dies. It ends when its input does.
"""

from __future__ import annotations

import json
import random
import select
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration.torture.ledger import Decided
from sekisho.config.load import load
from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice
from sekisho.serve.roles import store_of
from sekisho.store import Store, StoreUnavailable
from sekisho.store.listing import listing
from sekisho.store.rows import HoldRow
from sekisho.store.search import Filter

TRYING, DONE = "trying", "done"
_PAUSE = 0.05
RIPE = timedelta(seconds=1)
"""A hold is decided upon when it is so old: by all at the same time."""
_CHOICES = {Decided.RELEASE: Choice.RELEASE, Decided.REJECT: Choice.REJECT}


def main() -> int:
    """Decide until the input ends."""
    configuration, number = Path(sys.argv[1]), int(sys.argv[2])
    store = store_of(load(configuration).settings)
    seen: dict[str, HoldRow | None] = {}
    while not select.select([sys.stdin], [], [], _PAUSE)[0]:
        with suppress(StoreUnavailable):
            for hold in listing(store, Filter(frozenset({State.HELD})), limit=100):
                seen.setdefault(hold.id, hold)
        ripe = [hold for hold in seen.values() if hold and hold.created + RIPE < datetime.now(UTC)]
        for hold in sorted(ripe, key=lambda hold: hold.created):
            seen[hold.id] = None
            _consider(store, hold, number)
    store.close()
    return 0


def _consider(store: Store, hold: HoldRow, number: int) -> None:
    """Most are released, some for one recipient only; some are rejected, some fought over, the rest is left alone."""
    addresses = [person.path.address for person in hold.recipients]
    fortune = random.Random(hold.id).random()
    if fortune < 0.25 or hold.expires is not None:
        return
    if fortune < 0.45:
        _decide(store, hold, Decided.RELEASE, addresses[:1], number)
    elif fortune < 0.7:
        _decide(store, hold, Decided.RELEASE, addresses, number)
    elif fortune < 0.9:
        _decide(store, hold, Decided.REJECT if number % 2 else Decided.RELEASE, addresses, number)
    else:
        _decide(store, hold, Decided.REJECT, addresses, number)


def _decide(store: Store, hold: HoldRow, wanted: Decided, addresses: list[str], number: int) -> None:
    """Try it. Somebody may have been first; after a failure of the store nobody knows."""
    _say(TRYING, wanted, addresses)
    with suppress(NotDecided, StoreUnavailable):
        who = Actor(f"approver{number}", "operator")
        decide(store, hold.id, _CHOICES[wanted], who, datetime.now(UTC), recipients=addresses)
        _say(DONE, wanted, addresses)


def _say(what: str, wanted: Decided, addresses: list[str]) -> None:
    print(json.dumps([what, wanted.value, addresses]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
