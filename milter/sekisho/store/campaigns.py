"""Campaigns: what a hold that stands for many stands for, and the decision that they all follow.

A campaign has the id of its first hold; the holds that follow it name it. Nothing is counted here: members are the rows
that there are. A campaign that is decided stays due until its window is over and its last member has followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, func, select, update

from sekisho.core.evidence import Evidence
from sekisho.core.lifecycle import WHOLE, State
from sekisho.store import leases
from sekisho.store.codec import evidence_to_json
from sekisho.store.prepared import ask
from sekisho.store.tables import campaigns, holds
from sekisho.store.unit import Found, Unit, View

LATE = timedelta(minutes=10)
"""How long after a campaign's window somebody may still commit a message that came within it."""

_OPEN = (
    select(campaigns)
    .where(campaigns.c.key == bindparam("key"), campaigns.c.until > bindparam("now"))
    .order_by(campaigns.c.opened.desc())
)
_NAMES = tuple(column.name for column in campaigns.c)


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign, and its decision if there is one."""

    id: str
    key: str
    opened: datetime
    until: datetime
    """Messages that come later are none of it."""
    widest: Mapping[str, int]
    """As `sekisho.core.campaign.Widest`; as it was when it was decided."""
    event: str = ""
    """A `sekisho.core.lifecycle.Event` by its word; empty while nothing is decided."""
    decided: datetime | None = None
    decided_by: str = ""
    role: str = ""
    reason: str = ""
    fixes: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    """What was changed in the first message, and is to be changed in each."""


def add(unit: Unit, row: CampaignRow) -> None:
    """Open a campaign."""
    values = {name: getattr(row, name) for name in _NAMES if name not in ("due", "owner", "leased_until", "fixes")}
    unit.add(campaigns, {**values, "fixes": list(row.fixes), "due": None, "owner": "", "leased_until": None})


def running(view: View, key: str, now: datetime) -> list[CampaignRow]:
    """The campaigns with this key whose window is not over, the newest first."""
    connection = view.reading(campaigns, "key", key)
    return [_row(dict(zip(_NAMES, found, strict=True))) for found in ask(connection, _OPEN, {"key": key, "now": now})]


def load(unit: Unit, campaign: str) -> CampaignRow | None:
    """A campaign, locked until the transaction ends where the database locks rows."""
    query = select(campaigns).where(campaigns.c.id == campaign).with_for_update()
    found = unit.connection.execute(query).mappings().one_or_none()
    return _row(found) if found is not None else None


def widen(unit: Unit, campaign: str, widest: Mapping[str, int]) -> None:
    """More is known of it; a decision is never widened."""
    query = update(campaigns).where(campaigns.c.id == campaign, campaigns.c.decided.is_(None))
    unit.connection.execute(query.values(widest=dict(widest)))


def decide(unit: Unit, row: CampaignRow) -> bool:
    """Keep its decision; whether it was the first. The members follow from now on."""
    query = update(campaigns).where(campaigns.c.id == row.id, campaigns.c.decided.is_(None))
    values = {
        "event": row.event,
        "decided": row.decided,
        "decided_by": row.decided_by,
        "role": row.role,
        "reason": row.reason,
        "fixes": [dict(fix) for fix in row.fixes],
        "due": row.decided,
    }
    return unit.connection.execute(query.values(values)).rowcount == 1


def close(unit: Unit, campaign: str, now: datetime) -> None:
    """Nobody joins it any more."""
    unit.connection.execute(update(campaigns).where(campaigns.c.id == campaign).values(until=now))


def is_due(view: View, now: datetime) -> bool:
    """Whether a decided campaign is to be looked at."""
    return leases.is_due(view, campaigns, now)


def claim(unit: Unit, owner: str, now: datetime, lasts: timedelta) -> CampaignRow | None:
    """Take one decided campaign; nobody else has it until the lease ends or it is put off."""
    rows = leases.claim(unit, campaigns, "id", owner, now, lasts, 1)
    return _row(rows[0]) if rows else None


def put_off(unit: Unit, campaign: str, due: datetime | None) -> None:
    """Look at it again then; None: all have followed."""
    query = update(campaigns).where(campaigns.c.id == campaign)
    unit.connection.execute(query.values(due=due, owner="", leased_until=None))


def waiting(view: View, campaign: str, limit: int) -> list[str]:
    """Members that have not followed yet."""
    query = select(holds.c.id).where(holds.c.campaign == campaign, holds.c.state == State.HELD).limit(limit)
    return list(view.connection.scalars(query))


def members(view: View, ids: Collection[str]) -> dict[str, int]:
    """How many holds follow each of these."""
    if not ids:
        return {}
    following = and_(holds.c.state.in_(WHOLE), holds.c.campaign.in_(ids))
    query = select(holds.c.campaign, func.count()).where(following).group_by(holds.c.campaign)
    return {row[0]: row[1] for row in view.connection.execute(query)}


def may_lead(hold: Found, locks: Iterable[Found]) -> bool:
    """Whether others may follow a hold: rows of its own and of its locks."""
    return not hold["campaign"] and any("campaign" in lock["terms"] for lock in locks)


def show(unit: Unit, hold: str, evidence: Evidence) -> None:
    """What is shown of the first to whoever decides."""
    unit.connection.execute(update(holds).where(holds.c.id == hold).values(evidence=evidence_to_json(evidence)))


def detach(unit: Unit, hold: str) -> None:
    """A hold stands for itself from now on."""
    unit.connection.execute(update(holds).where(holds.c.id == hold).values(campaign=None))


def _row(row: RowMapping | Mapping[str, Any]) -> CampaignRow:
    return CampaignRow(**{name: row[name] for name in _NAMES if name not in ("due", "owner", "leased_until")})
