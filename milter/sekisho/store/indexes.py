"""What indexes stand on: addresses as they are found, and a part of a table's rows only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Index, Table, func, literal_column


def address_key(address: ColumnElement[Any]) -> ColumnElement[str]:
    """By what addresses are found: without letter case, and never longer than an entry of an index may be."""
    return func.lower(func.substr(address, literal_column("1"), literal_column("320")))


def has_other_owner(table: Table) -> ColumnElement[bool]:
    """Whether a message's sender of record is found by another address than its sender."""
    return address_key(table.c.sender_of_record) != address_key(table.c.sender)


def some(name: str, which: ColumnElement[bool], *columns: ColumnElement[Any]) -> Index:
    """An index of those rows only for which something is so."""
    return Index(name, *columns, sqlite_where=which, postgresql_where=which)
