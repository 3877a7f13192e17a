"""Tokens of links, kept by their fingerprints, and what was chosen by them and can still be taken back.

A token is good for one decision: `use` is a compare-and-set within the transaction of that decision. Whoever reads the
database has fingerprints only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from sekisho.store.tables import choices, tokens
from sekisho.store.unit import Unit, View

PENDING, DONE, UNDONE, REFUSED = "pending", "done", "undone", "refused"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """What is known of a token that was issued."""

    fingerprint: str
    """SHA-256 of the token, hexadecimal."""
    hold: str
    action: str
    person: str
    notice: str
    """The outbox row whose mail carried it; empty where no mail did."""
    choice: str
    """The choice that it can take back; empty for one that decides."""
    expires: datetime
    used: datetime | None = None
    wrong: int = 0
    """How often a wrong code was typed."""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """What somebody chose, until it takes effect and afterwards."""

    id: str
    hold: str
    person: str
    choice: str
    recipients: tuple[str, ...]
    """Addresses."""
    reason: str
    made: datetime
    due: datetime
    outcome: str = PENDING


def add(unit: Unit, row: TokenRow) -> None:
    """Keep a token that is about to be given to somebody."""
    names = ("fingerprint", "hold", "action", "person", "notice", "choice", "expires", "used", "wrong")
    unit.add(tokens, {name: getattr(row, name) for name in names})


def find(view: View, fingerprint: str) -> TokenRow | None:
    """The token with this fingerprint."""
    query = view.locking(select(tokens).where(tokens.c.fingerprint == fingerprint), tokens)
    found = view.connection.execute(query).mappings().one_or_none()
    return TokenRow(**found) if found is not None else None


def use(unit: Unit, fingerprint: str, now: datetime) -> bool:
    """Use a token up; False where somebody was first."""
    query = update(tokens).where(tokens.c.fingerprint == fingerprint, tokens.c.used.is_(None))
    return unit.connection.execute(query.values(used=now)).rowcount == 1


def count_wrong(unit: Unit, fingerprint: str) -> None:
    """Somebody typed a wrong code."""
    query = update(tokens).where(tokens.c.fingerprint == fingerprint)
    unit.connection.execute(query.values(wrong=tokens.c.wrong + 1))


def put(unit: Unit, row: ChoiceRow) -> None:
    """Keep a choice until it is due."""
    unit.connection.execute(insert(choices).values(_values(row)))


def chosen(view: View, choice: str) -> ChoiceRow | None:
    """A choice."""
    query = view.locking(select(choices).where(choices.c.id == choice), choices)
    found = view.connection.execute(query).mappings().one_or_none()
    return _choice(found) if found is not None else None


def pending(view: View, hold: str) -> list[ChoiceRow]:
    """What was chosen for a hold and has not taken effect."""
    query = select(choices).where(choices.c.hold == hold, choices.c.outcome == PENDING).order_by(choices.c.made)
    return [_choice(row) for row in view.connection.execute(query).mappings()]


def due(view: View, now: datetime, limit: int) -> list[str]:
    """Choices that take effect about now, the longest overdue first."""
    query = select(choices.c.id).where(choices.c.due <= now).order_by(choices.c.due).limit(limit)
    return list(view.connection.scalars(query))


def finish(unit: Unit, choice: str, outcome: str) -> bool:
    """A choice took effect, or never will; False where that was settled before."""
    query = update(choices).where(choices.c.id == choice, choices.c.outcome == PENDING)
    return unit.connection.execute(query.values(outcome=outcome, due=None)).rowcount == 1


def _values(row: ChoiceRow) -> dict[str, Any]:
    names = ("id", "hold", "person", "choice", "reason", "made", "due", "outcome")
    return {name: getattr(row, name) for name in names} | {"recipients": list(row.recipients)}


def _choice(row: RowMapping) -> ChoiceRow:
    recipients: Sequence[str] = row["recipients"]
    return ChoiceRow(**{**row, "recipients": tuple(recipients), "due": row["due"] or row["made"]})
