"""Messages offered again: which forward-paths earlier holds of the same message have, and how often it came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from sekisho.core.message import Path
from sekisho.store.codec import path_from_row
from sekisho.store.prepared import ask
from sekisho.store.tables import holds, messages, recipients
from sekisho.store.unit import Unit, View

_COVERED = (
    select(recipients.c.hold, recipients.c.raw, recipients.c.params)
    .join(holds, recipients.c.hold == holds.c.id)
    .join(messages, holds.c.message == messages.c.id)
    .where(messages.c.offer_key == bindparam("offer_key"), messages.c.received > bindparam("since"))
    .order_by(holds.c.created, holds.c.id, recipients.c.ordinal)
)


@dataclass(frozen=True, slots=True)
class Covered:
    """A forward-path that a hold of the same message already has."""

    hold: str
    path: Path


def covered(view: View, offer_key: str, since: datetime) -> list[Covered]:
    """The forward-paths of all holds of messages with this key that came since then.

    Who may add to them keeps all others away until the commit: two offers of one message make one hold.
    """
    if isinstance(view, Unit):
        view.keep_alone(offer_key)
    connection = view.reading(messages, "offer_key", offer_key)
    rows = ask(connection, _COVERED, {"offer_key": offer_key, "since": since})
    return [Covered(hold, path_from_row(raw, params)) for hold, raw, params in rows]


def count_offer(unit: Unit, hold_ids: Iterable[str]) -> None:
    """The message of these holds came once more."""
    wanted = list(hold_ids)
    if wanted:
        query = update(holds).where(holds.c.id.in_(wanted))
        unit.connection.execute(query.values(offered=holds.c.offered + 1))
