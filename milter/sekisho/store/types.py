"""Column types that mean the same in SQLite and PostgreSQL.

Moments are integers (microseconds since 1970, UTC): they compare everywhere and no time zone can creep in. JSON is
ASCII text, so that octets which are not UTF-8 (surrogate escapes) and NUL survive; prose for people is made storable.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from sekisho.core.lifecycle import State

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ENCODER = json.JSONEncoder(separators=(",", ":"), sort_keys=True)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // _MICROSECOND


def dumps(value: object) -> str:
    """JSON in one spelling: ASCII, keys sorted, no blanks."""
    return _ENCODER.encode(value)


def prose(text: str) -> str:
    """Text that any database takes: lone surrogates and NUL replaced."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of values as the database has them, for those that are in that form already."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


class Kept(TypeDecorator[T]):
    """A type of ours: what it does to a value on its way in is the same for every database."""

    @staticmethod
    def incoming(value: Any) -> Any:
        """What the database is given for a value or None."""
        raise NotImplementedError

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return self.incoming(value)


class Moment(Kept[datetime]):
    """An aware datetime."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def incoming(value: datetime | None) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Json(Kept[Any]):
    """Plain values as JSON text."""

    impl = Text
    cache_ok = True
    incoming = staticmethod(dumps)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


class Prose(Kept[str]):
    """Text that came from outside, for people and for searching."""

    impl = Text
    cache_ok = True

    @staticmethod
    def incoming(value: str | None) -> str | None:
        return None if value is None else prose(value)


class InState(Kept[State]):
    """A state of `sekisho.core.lifecycle`, by its word."""

    impl = Text
    cache_ok = True

    @staticmethod
    def incoming(value: State | None) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> State | None:  # noqa: ARG002
        return None if value is None else State(value)
