"""One store transaction, as the use-cases see it.

A `View` reads. A `Unit` also writes; what it puts on record is chained into the audit when the transaction commits.
Work on a unit may be done twice before it is committed: it must have no other effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, Table, UpdateBase, insert

from sekisho.store import prepared
from sekisho.store.postgresql import in_one_parcel, keep_alone
from sekisho.store.tables import metadata

ORDER = tuple(metadata.sorted_tables)
INSERTS = {table: insert(table) for table in ORDER}

Row = dict[str, Any]
Found = RowMapping | Row
"""A row that was read, by the names of its columns."""


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


Locked = TypeVar("Locked", bound=Select[Any])


class View:
    """A consistent view of the store."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """For reading anything."""
        return self._connection

    def locking(self, query: Locked, *tables: Table) -> Locked:  # noqa: ARG002
        """The query; for a unit, what it finds in the tables is locked until the commit, where rows can be."""
        return query

    def reading(self, table: Table, column: str, value: object) -> Connection:  # noqa: ARG002
        """For reading what concerns rows of a table with this value, and nothing else."""
        return self._connection

    def ask(self, statement: Select[Any], **values: object) -> list[tuple[Any, ...]]:
        """All rows that a constant statement finds with these values for its parameters."""
        return prepared.ask(self.connection, statement, values)

    def find(self, statement: Select[Any], **values: object) -> list[Row]:
        """The same, each row by the names of its columns."""
        return prepared.find(self.connection, statement, values)


class Unit(View):
    """Changes that are committed together or not at all.

    New rows are written as late as can be, many at once: when something that may see them is read, and at the end.
    """

    __slots__ = ("_rows", "entries", "new_id")

    def __init__(self, connection: Connection, new_id: Callable[[], str]) -> None:
        super().__init__(connection)
        self.new_id = new_id
        self.entries: list[Entry] = []
        self._rows: dict[Table, list[Row]] = {}

    @property
    def connection(self) -> Connection:
        """For reading and changing anything."""
        self.flush()
        return self._connection

    def reading(self, table: Table, column: str, value: object) -> Connection:
        if any(row[column] == value for row in self._rows.get(table, ())):
            self.flush()
        return self._connection

    def locking(self, query: Locked, *tables: Table) -> Locked:
        locked: Locked = _locking(query, tables)
        return locked

    def keep_alone(self, key: str) -> None:
        """Until the commit no other transaction that asks for the same key goes on (SQLite has one at a time)."""
        keep_alone(self._connection, key)

    def add(self, table: Table, *rows: Row) -> None:
        """New rows."""
        self._rows.setdefault(table, []).extend(rows)

    def change(self, statement: UpdateBase, *rows: prepared.Values) -> int:
        """Execute a constant statement once for each row of parameters; gives how many rows it changed."""
        return prepared.change(self.connection, statement, rows)

    def record(self, entry: Entry) -> None:
        """Put on record what is being done."""
        self.entries.append(entry)

    def forget(self, recorded: int) -> None:
        """Drop new rows that were not written, and everything put on record but the first ``recorded`` entries."""
        self._rows.clear()
        del self.entries[recorded:]

    def flush(self) -> None:
        """Write the new rows, those first that others refer to."""
        if not self._rows:
            return
        with in_one_parcel(self._connection):
            for table in ORDER:
                rows = self._rows.pop(table, None)
                if rows:
                    prepared.change(self._connection, INSERTS[table], rows)


@lru_cache(maxsize=64)
def _locking(query: Locked, tables: tuple[Table, ...]) -> Locked:
    """Always the same statement for the same query: it is compiled once."""
    locked: Locked = query.with_for_update(of=tables)
    return locked
