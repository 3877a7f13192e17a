"""What has ended and may go: content first, the records of it later. The audit stays, and refers to nothing by key.

A message goes as a whole, once all of its holds have ended and nothing is still to be sent, checked or followed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from sekisho.core.lifecycle import OPEN
from sekisho.store.campaigns import LATE
from sekisho.store.tables import (
    asks,
    audit,
    campaigns,
    choices,
    chunks,
    holds,
    messages,
    outbox,
    recipients,
    releases,
    tokens,
    waits,
)
from sekisho.store.unit import Unit, View

Position = tuple[datetime, str]
"""When a hold was made, and its id."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A message of which nothing is open."""

    message: str
    holds: tuple[str, ...]
    """The oldest first."""
    ended: datetime
    """When the last of them did."""
    legal: bool
    """Whether one of them, or one that it followed, is under legal hold."""
    octets: int
    in_file: bool
    purged: bool
    """Whether its content has gone already."""


_OF = holds.c.id
_LEAD, _MEMBER = holds.alias("lead"), holds.alias("member")
_OPEN = list(OPEN)
_BUSY = or_(
    holds.c.state.in_(_OPEN),
    select(releases.c.hold).where(releases.c.hold == _OF).exists(),
    select(outbox.c.id).where(outbox.c.hold == _OF, outbox.c.due.is_not(None)).exists(),
    select(choices.c.id).where(choices.c.hold == _OF, choices.c.due.is_not(None)).exists(),
    and_(holds.c.passed == 1, select(waits.c.hold).where(waits.c.hold == _OF, waits.c.opened.is_(None)).exists()),
    select(campaigns.c.id)
    .where(campaigns.c.id == _OF, or_(campaigns.c.due.is_not(None), campaigns.c.until > bindparam("joined")))
    .exists(),
    select(_MEMBER.c.id).where(_MEMBER.c.campaign == _OF, _MEMBER.c.state.in_(_OPEN)).exists(),
)
"""Something of the hold is still to be decided, sent, told, checked or followed."""
_LEGAL = or_(
    holds.c.legal_hold != "",
    select(_LEAD.c.id).where(_LEAD.c.id == holds.c.campaign, _LEAD.c.legal_hold != "").exists(),
)
_OUTCOMES = ("sent", "bounced")
"""Actions on record by which sending ends, later than it was decided."""
_MOMENTS = (
    select(func.max(recipients.c.decided)).where(recipients.c.hold == _OF).scalar_subquery().label("decided"),
    select(func.max(waits.c.opened)).where(waits.c.hold == _OF).scalar_subquery().label("opened"),
    select(func.max(audit.c.at))
    .where(audit.c.hold == _OF, audit.c.action.in_(_OUTCOMES))
    .scalar_subquery()
    .label("settled"),
)
_ENDED = (
    select(holds.c.id, holds.c.message, holds.c.created, messages.c.size, messages.c.in_file, messages.c.purged)
    .add_columns(_BUSY.label("busy"), _LEGAL.label("legal"), *_MOMENTS)
    .join(messages, holds.c.message == messages.c.id)
    .where(holds.c.message.in_(bindparam("wanted", expanding=True)))
    .order_by(holds.c.message, holds.c.created, holds.c.id)
)


def page(
    view: View, content: datetime, records: datetime, after: Position | None, limit: int
) -> list[tuple[Position, str]]:
    """Holds of which something may have to go, with their messages: those made before ``content`` that have content
    still, and those made before ``records``; the oldest first, from the one after a position."""
    query = (
        select(holds.c.created, holds.c.id, holds.c.message)
        .join(messages, holds.c.message == messages.c.id)
        .where(holds.c.created < content, or_(messages.c.purged.is_(None), holds.c.created < records))
        .order_by(holds.c.created, holds.c.id)
        .limit(limit)
    )
    if after is not None:
        created, hold = after
        query = query.where(
            holds.c.created >= created, or_(holds.c.created > created, and_(holds.c.created == created, hold < _OF))
        )
    return [((row.created, row.id), row.message) for row in view.connection.execute(query)]


def ended(view: View, wanted: Collection[str], now: datetime) -> list[Ended]:
    """Those of the messages of which nothing is open; for a unit their holds are locked until the commit."""
    query = view.locking(_ENDED, holds)
    rows = view.connection.execute(query, {"wanted": list(wanted), "joined": now - LATE}).all()
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row.message))
    return [_ended(group) for group in groups if not any(row.busy for row in group)]


def drop_content(unit: Unit, wanted: Collection[str], now: datetime) -> None:
    """Remove the content of messages that is in rows, and write down that it has gone."""
    unit.connection.execute(delete(chunks).where(chunks.c.message.in_(wanted)))
    unit.connection.execute(update(messages).where(messages.c.id.in_(wanted)).values(purged=now))


def drop_records(unit: Unit, wanted: Collection[str], of: Collection[str]) -> None:
    """Remove messages and their holds, with everything that belongs to these."""
    for table in (tokens, choices, releases, outbox, asks, waits, recipients):
        unit.connection.execute(delete(table).where(table.c.hold.in_(of)))
    unit.connection.execute(delete(campaigns).where(campaigns.c.id.in_(of)))
    unit.connection.execute(delete(holds).where(holds.c.id.in_(of)))
    unit.connection.execute(delete(chunks).where(chunks.c.message.in_(wanted)))
    unit.connection.execute(delete(messages).where(messages.c.id.in_(wanted)))


def notices(view: View, before: datetime, limit: int | None) -> list[str]:
    """Notices about no hold, put in before then, that were sent or never will be."""
    query = select(outbox.c.id).where(outbox.c.hold == "", outbox.c.due.is_(None), outbox.c.created < before)
    return list(view.connection.scalars(query.limit(limit)))


def drop_notices(unit: Unit, wanted: Collection[str]) -> int:
    """Remove notices; gives how many were there still."""
    return unit.connection.execute(delete(outbox).where(outbox.c.id.in_(wanted))).rowcount


def set_legal_hold(unit: Unit, hold: str, reason: str) -> None:
    """Nothing of the hold may be purged for this reason; empty: it may."""
    unit.connection.execute(update(holds).where(holds.c.id == hold).values(legal_hold=reason))


def _ended(rows: Sequence[Any]) -> Ended:
    """A message from the rows of its holds."""
    moments = (moment for row in rows for moment in (row.created, row.decided, row.opened, row.settled) if moment)
    first = rows[0]
    return Ended(
        message=first.message,
        holds=tuple(row.id for row in rows),
        ended=max(moments),
        legal=any(row.legal for row in rows),
        octets=first.size,
        in_file=bool(first.in_file),
        purged=first.purged is not None,
    )
