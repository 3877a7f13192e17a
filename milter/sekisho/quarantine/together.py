"""Settling many holds in few transactions, so that one which cannot be settled delays no other.

Holds are settled several at a time; where that fails, one at a time. What cannot be settled even then is named and left
alone for a minute: it would fill the log, and take the place of others, as it is due again at once. A store that is
away is no hold's fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sekisho.store import Store
from sekisho.store.unit import Unit

Settle = Callable[[Unit, str], bool]
"""Settles a hold within a transaction; whether it changed."""
Trouble = Callable[[str, Exception], None]
"""Told the hold-id and what went wrong."""

TOGETHER = 20
"""Holds in one transaction: new mail must not wait long for its turn."""
ASIDE = timedelta(minutes=1)


class Aside:
    """Holds that could not be settled, for a minute."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def put(self, hold: str, now: datetime) -> None:
        self._until[hold] = now + ASIDE

    def holds(self, now: datetime) -> frozenset[str]:
        """Those that are to be left alone now; a clock that was put back frees all."""
        self._until = {hold: until for hold, until in self._until.items() if now < until <= now + ASIDE}
        return frozenset(self._until)


def settle_all(store: Store, hold_ids: Sequence[str], work: Settle, trouble: Trouble) -> int:
    """Settle these holds; gives how many changed. Raises `StoreUnavailable` if the store is away."""
    parts = (hold_ids[start : start + TOGETHER] for start in range(0, len(hold_ids), TOGETHER))
    return sum(_several(store, part, work, trouble) for part in parts)


def _several(store: Store, hold_ids: Sequence[str], work: Settle, trouble: Trouble) -> int:
    try:
        return store.write(lambda unit: sum([work(unit, hold) for hold in hold_ids]))
    except Exception:
        # If this fails as well it is the store; otherwise it is one of them.
        store.write(_nothing)
        return sum(_one(store, hold, work, trouble) for hold in hold_ids)


def _one(store: Store, hold: str, work: Settle, trouble: Trouble) -> bool:
    try:
        return store.write(lambda unit: work(unit, hold))
    except Exception as error:
        trouble(hold, error)
        return False


def _nothing(_: Unit) -> None:
    pass
