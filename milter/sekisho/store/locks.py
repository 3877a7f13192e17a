"""The locks of holds and the people who were asked to open them, as rows. What is due is worked out here, in one place.

A lock's timer is due once it runs and its time is not over yet; people are to be found while it is shut and something
can still be decided: the hold waits, or what has gone already is to be checked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import Lock, State
from sekisho.store.prepared import renamed, rewriting
from sekisho.store.rows import AskRow, HoldRow, WaitRow
from sekisho.store.tables import asks, holds, waits
from sekisho.store.terms import terms_from_json, terms_to_json
from sekisho.store.unit import Found, Unit, View

_NEVER_SENT = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED})
_REWRITE = rewriting(waits, "rule", "created", "approval", "on_expiry", "terms", "among")
_ASKED = select(asks).where(asks.c.hold == bindparam("of")).order_by(asks.c.asked, asks.c.lock, asks.c.person)


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody was asked about a hold."""

    hold: str
    person: str
    asked: datetime


def add(unit: Unit, hold: HoldRow) -> None:
    """Put in the locks of a new hold, and whom was asked already."""
    unit.add(waits, *(_wait_values(hold, n) for n in range(len(hold.waits))))
    unit.add(asks, *(_ask_values(hold, ask) for ask in hold.asks))


def update_waits(unit: Unit, hold: HoldRow) -> None:
    """Write how far all locks of a hold are."""
    if hold.waits:
        unit.change(_REWRITE, *(renamed(_wait_values(hold, n)) for n in range(len(hold.waits))))


def update_asks(unit: Unit, before: HoldRow, now: HoldRow) -> None:
    """Write whom was asked since, and what they said."""
    known = {ask.id: _ask_values(before, ask) for ask in before.asks}
    for ask in now.asks:
        values = _ask_values(now, ask)
        if ask.id not in known:
            unit.add(asks, values)
        elif values != known[ask.id]:
            unit.connection.execute(update(asks).where(asks.c.id == ask.id).values(values))


def due_waits(view: View, now: datetime, limit: int) -> list[str]:
    """Holds with a lock whose time is over about now; the longest overdue first."""
    query = select(waits.c.hold).where(waits.c.due <= now).order_by(waits.c.due).limit(limit)
    return list(dict.fromkeys(view.connection.scalars(query)))


def due_questions(view: View, now: datetime, limit: int) -> list[str]:
    """Holds for which somebody is to be found and asked; the longest overdue first."""
    query = select(waits.c.hold).where(waits.c.ask <= now).order_by(waits.c.ask).limit(limit)
    return list(dict.fromkeys(view.connection.scalars(query)))


def due_asks(view: View, now: datetime, limit: int) -> list[str]:
    """Holds with somebody who has not answered in time; the longest overdue first."""
    query = select(asks.c.hold).where(asks.c.due <= now).order_by(asks.c.due).limit(limit)
    return list(dict.fromkeys(view.connection.scalars(query)))


def wait_of(row: Found) -> WaitRow:
    return WaitRow(
        rule=row["rule"],
        expires=row["expires"],
        on_expiry=OnExpiry(row["on_expiry"]),
        opened=row["opened"],
        opened_by=row["opened_by"],
        terms=terms_from_json(row["terms"]),
        step=row["step"],
        started=row["started"],
        ran_out=row["ran_out"],
        ask=row["ask"],
        attempts=row["attempts"],
        among=tuple(row["among"]),
    )


def may_ask(row: Found) -> bool:
    """Whether anybody but the operator can have been asked about a lock."""
    return bool(row["terms"] or row["on_expiry"] == OnExpiry.ESCALATE.value)


def unanswered(view: View, limit: int) -> list[Question]:
    """Questions about holds that wait which nobody has answered, the oldest first."""
    query = (
        select(asks.c.hold, asks.c.person, asks.c.asked)
        .join(holds, asks.c.hold == holds.c.id)
        .where(asks.c.answered.is_(None), holds.c.state == State.HELD)
        .order_by(asks.c.asked, asks.c.hold)
        .limit(limit)
    )
    return [Question(*row) for row in view.connection.execute(query)]


def open_questions(view: View) -> tuple[int, int]:
    """How many questions nobody has answered, and how many locks nobody opened in time."""
    waits_for = asks.join(holds, asks.c.hold == holds.c.id)
    asked = select(func.count()).select_from(waits_for).where(asks.c.answered.is_(None), holds.c.state == State.HELD)
    shut = waits.join(holds, waits.c.hold == holds.c.id)
    late = (waits.c.ran_out.is_not(None), waits.c.opened.is_(None), holds.c.state == State.HELD)
    overdue = select(func.count()).select_from(shut).where(*late)
    return view.connection.scalar(asked) or 0, view.connection.scalar(overdue) or 0


def asks_of(view: View, hold_ids: Collection[str]) -> Mapping[str, tuple[AskRow, ...]]:
    """Whom was asked, by hold, in the order of asking."""
    found: dict[str, tuple[AskRow, ...]] = {}
    query = select(asks).where(asks.c.hold.in_(hold_ids)).order_by(asks.c.asked, asks.c.lock, asks.c.person)
    for row in view.connection.execute(query).mappings() if hold_ids else ():
        found[row["hold"]] = (*found.get(row["hold"], ()), _ask(row))
    return found


def asks_of_one(view: View, hold_id: str) -> tuple[AskRow, ...]:
    """The same of one hold."""
    return tuple(map(_ask, view.find(_ASKED, of=hold_id)))


def _ask(row: Found) -> AskRow:
    values = {name: row[name] for name in row if name != "hold"}
    return AskRow(**{**values, "covers": frozenset(row["covers"])})


def _matters(hold: HoldRow, lock: WaitRow) -> bool:
    """Whether a lock is still to be opened by somebody."""
    to_check = lock.terms.review is not None and hold.state not in _NEVER_SENT
    return lock.opened is None and (hold.state is State.HELD or to_check)


def _wait_values(hold: HoldRow, ordinal: int) -> dict[str, Any]:
    lock = hold.waits[ordinal]
    matters = _matters(hold, lock)
    return {
        "hold": hold.id,
        "ordinal": ordinal,
        "rule": lock.rule,
        "created": hold.created,
        "approval": str(lock.terms.approval),
        "expires": lock.expires,
        "on_expiry": lock.on_expiry.value,
        "opened": lock.opened,
        "opened_by": lock.opened_by,
        "due": lock.expires if matters and lock.started is not None and lock.state is Lock.SHUT else None,
        "terms": terms_to_json(lock.terms),
        "step": lock.step,
        "started": lock.started,
        "ran_out": lock.ran_out,
        "ask": lock.ask if matters else None,
        "attempts": lock.attempts,
        "among": list(lock.among),
        "checking": hold.created if matters and lock.terms.review is not None else None,
    }


def _ask_values(hold: HoldRow, ask: AskRow) -> dict[str, Any]:
    waits_for = hold.is_pending(ask) and _matters(hold, hold.waits[ask.lock])
    return {
        "id": ask.id,
        "hold": hold.id,
        "lock": ask.lock,
        "step": ask.step,
        "role": ask.role,
        "person": ask.person,
        "principal": ask.principal,
        "why": ask.why,
        "asked": ask.asked,
        "told": ask.told,
        "unreached": ask.unreached,
        "due": ask.due if waits_for else None,
        "answered": ask.answered,
        "answer": ask.answer,
        "covers": sorted(ask.covers),
        "reason": ask.reason,
    }
