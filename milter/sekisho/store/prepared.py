"""Statements that every message needs: compiled once, then handed to the driver as they are.

SQLAlchemy builds the text and knows what its types do to values on their way in and out; executing through it costs ten
times what SQLite needs for a row. What the driver raises is raised as SQLAlchemy would raise it. Statements are
constants of their modules, made from the tables, with `bindparam` for what varies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Select, Table, Update, UpdateBase, bindparam, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from sekisho.store.types import Kept, stored

Statement = Select[Any] | UpdateBase
Values = Mapping[str, Any]
_NEW = "new_"
_Change = Callable[[Any], Any]


def rewriting(table: Table, *never: str) -> Update:
    """Writes a row anew, found by its primary key, but for columns that ``never`` change, and their indexes.

    Takes the values that `renamed` gives.
    """
    found = [column == bindparam(f"{_NEW}{column.name}") for column in table.primary_key]
    rest: dict[str, ColumnElement[Any]] = {
        column.name: bindparam(f"{_NEW}{column.name}")
        for column in table.c
        if not column.primary_key and column.name not in never
    }
    return update(table).where(*found).values(rest)


def renamed(values: Values) -> Values:
    """Values by the names of parameters that no column has, as SQLAlchemy wants it."""
    return {f"{_NEW}{name}": value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as one driver takes it."""

    text: str
    positional: bool
    incoming: tuple[tuple[str, _Change | None], ...]
    """The parameters, in their order, and what is done to each."""
    outgoing: tuple[_Change | None, ...]
    names: tuple[str, ...]
    """Of the columns that come out."""
    constants: Values
    """Parameters that the statement itself gives."""

    def arguments(self, values: Values) -> Any:
        if self.constants:
            values = {**self.constants, **values}
        if self.positional:
            return [change(values[name]) if change else values[name] for name, change in self.incoming]
        return {name: change(values[name]) if change else values[name] for name, change in self.incoming}

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(change(value) if change else value for value, change in zip(found, self.outgoing, strict=True))


def find(connection: Connection, statement: Select[Any], values: Values) -> list[dict[str, Any]]:
    """All rows that the statement finds, by the names of its columns."""
    names = _prepared(statement, connection.dialect).names
    return [dict(zip(names, row, strict=True)) for row in ask(connection, statement, values)]


def ask(connection: Connection, statement: Select[Any], values: Values) -> list[tuple[Any, ...]]:
    """All rows that the statement finds."""
    prepared = _prepared(statement, connection.dialect)
    with failures(connection, prepared.text), closing(connection.connection.cursor()) as cursor:
        cursor.execute(prepared.text, prepared.arguments(values))
        return [prepared.row(found) for found in cursor.fetchall()]


def change(connection: Connection, statement: UpdateBase, rows: Sequence[Values]) -> int:
    """Execute once for each of the rows; gives how many rows of the database were changed."""
    prepared = _prepared(statement, connection.dialect)
    with failures(connection, prepared.text), closing(connection.connection.cursor()) as cursor:
        if len(rows) == 1:
            cursor.execute(prepared.text, prepared.arguments(rows[0]))
        else:
            cursor.executemany(prepared.text, [prepared.arguments(values) for values in rows])
        return cursor.rowcount


@contextmanager
def failures(connection: Connection, text: str) -> Iterator[None]:
    """What the driver raises is raised as SQLAlchemy does; ``text`` is what was executed."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(text, None, error) from error


@lru_cache(maxsize=256)
def _prepared(statement: Statement, dialect: Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect)
    names = compiled.positiontup or list(compiled.binds)
    incoming = tuple((name, _on_the_way_in(compiled.binds[name].type, dialect)) for name in names)
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    outgoing = tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    labels = tuple(statement.selected_columns.keys()) if isinstance(statement, Select) else ()
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return _Prepared(str(compiled), bool(compiled.positional), incoming, outgoing, labels, constants)


def _on_the_way_in(kind: TypeEngine[Any], dialect: Dialect) -> _Change | None:
    """What is done to a value; a type of ours does it in one call where the driver takes what it gives."""
    if isinstance(kind, Kept) and stored(kind).dialect_impl(dialect).bind_processor(dialect) is None:
        return kind.incoming
    return kind.dialect_impl(dialect).bind_processor(dialect)
