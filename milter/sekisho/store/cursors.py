"""How far each segment of a gateway's journal has been counted."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select, update

from sekisho.store.tables import journal_cursors
from sekisho.store.unit import Unit, View


def positions(view: View, instance: str) -> dict[str, int]:
    """The first octet that is not counted yet, by segment."""
    query = select(journal_cursors.c.segment, journal_cursors.c.position)
    found = view.connection.execute(query.where(journal_cursors.c.instance == instance))
    return {row[0]: row[1] for row in found}


def move(unit: Unit, instance: str, segment: str, before: int, after: int) -> bool:
    """Count on; whether nobody else has counted from the same position."""
    mine = (journal_cursors.c.instance == instance) & (journal_cursors.c.segment == segment)
    query = update(journal_cursors).where(mine, journal_cursors.c.position == before).values(position=after)
    if unit.connection.execute(query).rowcount == 1:
        return True
    known = unit.connection.execute(select(journal_cursors.c.position).where(mine)).first()
    if known is not None or before != 0:
        return False
    unit.add(journal_cursors, {"instance": instance, "segment": segment, "position": after})
    return True


def forget(unit: Unit, instance: str, segments: Collection[str]) -> None:
    """The segments are gone."""
    mine = (journal_cursors.c.instance == instance) & journal_cursors.c.segment.in_(list(segments))
    unit.connection.execute(delete(journal_cursors).where(mine))
