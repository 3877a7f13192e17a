"""Notices to be sent, committed together with what they tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, null, or_, select, update

from sekisho.store import leases
from sekisho.store.prepared import ask
from sekisho.store.rows import OutboxRow
from sekisho.store.tables import outbox
from sekisho.store.unit import Found, Unit, View

_ADDED = select(outbox.c.id).where(outbox.c.once == bindparam("once"), outbox.c.created > bindparam("since")).limit(1)
_THIS = outbox.c.id == bindparam("of")
_FREE = {"owner": "", "leased_until": null(), "reply": bindparam("said")}
_FINISH = update(outbox).where(_THIS).values(due=null(), outcome=bindparam("became"), **_FREE)
_POSTPONE = update(outbox).where(_THIS).values(due=bindparam("at"), attempts=outbox.c.attempts + 1, **_FREE)

PENDING, SENT, FAILED, NEEDLESS = "pending", "sent", "failed", "needless"


def add(
    unit: Unit,
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    hold: str = "",
    once: str = "",
    due: datetime | None = None,
) -> None:
    """Put a notice in, to be sent from ``due`` on, or from now. ``once`` marks it for `was_added`."""
    row = {
        "id": unit.new_id(),
        "kind": kind,
        "hold": hold,
        "payload": dict(payload),
        "once": once or None,
        "created": now,
        "due": due or now,
        "attempts": 0,
        "owner": "",
        "leased_until": None,
        "outcome": PENDING,
        "reply": "",
    }
    unit.add(outbox, row)


def add_again(unit: Unit, row_id: str, now: datetime) -> None:
    """Send a notice once more, written anew; nothing if it is not kept any more."""
    found = unit.connection.execute(select(outbox).where(outbox.c.id == row_id)).mappings().one_or_none()
    if found is not None:
        add(unit, found["kind"], found["payload"], now, hold=found["hold"])


def was_added(view: View, once: str, since: datetime) -> bool:
    """Whether a notice with this mark was put in since then; for a unit nobody else puts one in before the commit."""
    if isinstance(view, Unit):
        view.keep_alone(once)
    return bool(ask(view.reading(outbox, "once", once), _ADDED, {"once": once, "since": since}))


def is_due(view: View, now: datetime) -> bool:
    """Whether there is something to claim."""
    return leases.is_due(view, outbox, now)


def claim(unit: Unit, owner: str, now: datetime, lasts: timedelta, limit: int) -> list[OutboxRow]:
    """Take notices that are due."""
    return [_row(row) for row in leases.claim(unit, outbox, "id", owner, now, lasts, limit)]


def renew(unit: Unit, ids: Iterable[str], owner: str, until: datetime) -> None:
    """Lease longer what is still being sent."""
    leases.hold(unit, outbox, "id", ids, owner, until)


def finish(unit: Unit, row_id: str, outcome: str, reply: str) -> None:
    """The notice was sent, or never will be."""
    unit.change(_FINISH, {"of": row_id, "became": outcome, "said": reply})


def postpone(unit: Unit, row_id: str, due: datetime, reply: str) -> None:
    """An attempt has failed, another follows."""
    unit.change(_POSTPONE, {"of": row_id, "at": due, "said": reply})


def pending(view: View, now: datetime) -> int:
    """Notices not sent yet, but for those whose time has not come."""
    is_late = or_(outbox.c.due <= now, outbox.c.due.is_not(None) & (outbox.c.attempts > 0))
    return view.connection.scalar(select(func.count()).select_from(outbox).where(is_late)) or 0


def failed(view: View, since: datetime) -> int:
    """Notices put in since then that could not be delivered."""
    query = select(func.count()).select_from(outbox).where(outbox.c.outcome == FAILED, outbox.c.created > since)
    return view.connection.scalar(query) or 0


def entries(view: View, hold: str) -> list[OutboxRow]:
    """All notices about a hold, the oldest first."""
    query = select(outbox).where(outbox.c.hold == hold).order_by(outbox.c.created, outbox.c.id)
    return [_row(row) for row in view.connection.execute(query).mappings()]


def _row(row: Found) -> OutboxRow:
    return OutboxRow(
        row["id"],
        row["kind"],
        row["hold"],
        row["payload"],
        row["created"],
        row["attempts"],
        row["outcome"],
        row["reply"],
    )
