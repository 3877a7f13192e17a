"""One store transaction, as the use-cases see it.

A `View` reads. A `Unit` also writes; what it puts on record is chained into the audit when the transaction commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be put on record: who (and in which role) did what to which hold, when and why."""

    at: datetime
    actor: str
    role: str
    """``person``, ``operator``, ``timer``, ``gateway`` or ``release``."""
    action: str
    hold: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """A consistent view of the store."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Unit(View):
    """Changes that are committed together or not at all."""

    new_id: Callable[[], str]
    """Gives an identifier that nobody can guess."""
    entries: list[Entry] = field(default_factory=list)

    def record(self, entry: Entry) -> None:
        """Put on record what is being done."""
        self.entries.append(entry)
