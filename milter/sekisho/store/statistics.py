"""What became of holds since a moment, and of how many messages they were held. A campaign is one hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import func, select

from sekisho.core.actions import OnExpiry
from sekisho.core.alarms import Alarm, alarm_of, dearest
from sekisho.store.tables import holds, outbox, recipients, traffic, waits
from sekisho.store.terms import terms_from_json
from sekisho.store.unit import Unit, View

_NOBODY = frozenset({"", "timer"})
_ZERO = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold, as far as it counts."""

    id: str
    rules: frozenset[str]
    state: str
    outcome: str
    alarm: Alarm
    waited: float | None
    """Seconds until a person decided; None where nobody did."""


def kept_since(view: View, since: datetime) -> Iterator[Kept]:
    """Every hold that was made since then, in no order."""
    decided = _decisions(view, since)
    query = (
        select(holds.c.id, holds.c.state, holds.c.outcome, holds.c.created)
        .add_columns(waits.c.rule, waits.c.on_expiry, waits.c.expires, waits.c.terms)
        .join(waits, waits.c.hold == holds.c.id)
        .where(holds.c.created >= since, holds.c.campaign.is_(None))
        .order_by(holds.c.created, holds.c.id)
    )
    rows = view.connection.execute(query)
    for hold, group in groupby(rows, key=lambda row: row.id):
        locks = list(group)
        first = locks[0]
        alarms = (
            alarm_of(terms_from_json(lock.terms), OnExpiry(lock.on_expiry), lock.expires, lock.created)
            for lock in locks
        )
        when = decided.get(hold)
        waited = (when - first.created).total_seconds() if when else None
        rules = frozenset(lock.rule for lock in locks)
        yield Kept(hold, rules, first.state.value, first.outcome, dearest(alarms), waited)


def warnings_since(view: View, since: datetime) -> int:
    """Senders who were told of a rule on trial since then."""
    query = select(func.count()).select_from(outbox).where(outbox.c.kind == "warned", outbox.c.created >= since)
    return view.connection.scalar(query) or 0


def add_traffic(unit: Unit, day: date, instance: str, messages: int, outbound: int) -> None:
    """So many messages more came on a day, so many of them from us to the outside."""
    number = (day - _ZERO).days
    query = traffic.update().where(traffic.c.day == number, traffic.c.instance == instance)
    more = query.values(messages=traffic.c.messages + messages, outbound=traffic.c.outbound + outbound)
    if unit.connection.execute(more).rowcount == 0:
        unit.add(traffic, {"day": number, "instance": instance, "messages": messages, "outbound": outbound})


def outbound_since(view: View, since: datetime) -> int:
    """Messages from us to the outside, of all gateways, since the day of that moment."""
    query = select(func.sum(traffic.c.outbound)).where(traffic.c.day >= (since.date() - _ZERO).days)
    return int(view.connection.scalar(query) or 0)


def _decisions(view: View, since: datetime) -> dict[str, datetime]:
    """When a person first decided about each hold."""
    query = (
        select(recipients.c.hold, func.min(recipients.c.decided))
        .join(holds, recipients.c.hold == holds.c.id)
        .where(holds.c.created >= since, holds.c.campaign.is_(None))
        .where(recipients.c.decided.is_not(None), recipients.c.decided_by.not_in(_NOBODY))
        .group_by(recipients.c.hold)
    )
    return {row[0]: row[1] for row in view.connection.execute(query)}
