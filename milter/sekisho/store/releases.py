"""What is to be sent: one row for each hold of which something is on its way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, null, select, update

from sekisho.store import leases
from sekisho.store.rows import ReleaseRow
from sekisho.store.tables import releases
from sekisho.store.unit import Unit, View

_THIS = releases.c.hold == bindparam("of")
_AGAIN = update(releases).where(_THIS).values(due=bindparam("at"))
_FINISH = delete(releases).where(_THIS)
_POSTPONE = (
    update(releases)
    .where(_THIS)
    .values(due=bindparam("at"), attempts=releases.c.attempts + 1, owner="", leased_until=null())
)


def schedule(unit: Unit, hold: str, now: datetime) -> None:
    """Something of the hold is to be sent from now on."""
    if unit.change(_AGAIN, {"of": hold, "at": now}) == 0:
        start(unit, hold, now)


def start(unit: Unit, hold: str, now: datetime) -> None:
    """The same of a hold of which nothing is to be sent yet."""
    unit.add(releases, {"hold": hold, "decided": now, "due": now, "attempts": 0, "owner": "", "leased_until": None})


def is_due(view: View, now: datetime) -> bool:
    """Whether there is something to claim."""
    return leases.is_due(view, releases, now)


def claim(unit: Unit, owner: str, now: datetime, lasts: timedelta, limit: int) -> list[ReleaseRow]:
    """Take holds that are due to be sent."""
    rows = leases.claim(unit, releases, "hold", owner, now, lasts, limit)
    return [ReleaseRow(row["hold"], row["decided"], row["due"], row["attempts"], bool(row["owner"])) for row in rows]


def renew(unit: Unit, holds: Iterable[str], owner: str, until: datetime) -> None:
    """Lease longer what is still being sent."""
    leases.hold(unit, releases, "hold", holds, owner, until)


def finish(unit: Unit, hold: str) -> None:
    """Nothing of the hold is left to be sent."""
    unit.change(_FINISH, {"of": hold})


def postpone(unit: Unit, hold: str, due: datetime) -> None:
    """An attempt has ended, another follows; the row is free again."""
    unit.change(_POSTPONE, {"of": hold, "at": due})


def pending(view: View) -> int:
    """Holds of which something is on its way."""
    return view.connection.scalar(select(func.count()).select_from(releases)) or 0
