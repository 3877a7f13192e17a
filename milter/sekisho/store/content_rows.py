"""Content that is too big for a row of its message, in the database: where gateways share one, all of them can send it.

As with files, the octets are durable before the message's row is written, in a transaction of their own: a big message
delays nobody else's commit. What a crash leaves without a message is found by the reconciler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from sekisho.store.engine import FAILURES, unavailable
from sekisho.store.errors import ContentDamaged
from sekisho.store.keys import Keys
from sekisho.store.tables import pieces as table

SIZE = 1 << 18
"""Octets in a row."""
_AT_ONCE = 4


class ContentRows:
    """The table of big content; a `sekisho.store.content.LargeContent`. Raises as the files do."""

    def __init__(self, engine: Engine, readers: Engine, keys: Keys, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._readers = readers
        self.keys = keys
        self._clock = clock

    def create(self) -> None:
        """The table is made by the migrations."""

    def check(self) -> None:
        """That it is there is checked with the schema."""

    def write(self, message: str, pieces: Iterable[bytes]) -> None:
        """Keep the octets; durable on return, gone on any error."""
        try:
            with self._engine.begin() as connection:
                self._insert(connection, message, pieces)
        except FAILURES as error:
            raise unavailable(error, undone=False) from error

    def replace(self, message: str, pieces: Iterable[bytes]) -> None:
        """Keep these octets instead of those that are kept; durable on return, on any error nothing has changed."""
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(table).where(table.c.message == message))
                self._insert(connection, message, pieces)
        except FAILURES as error:
            raise unavailable(error, undone=False) from error

    def pieces(self, message: str) -> Iterator[bytes]:
        """The octets as they are, all of one moment, a few in memory at a time."""
        query = select(table.c.octets).where(table.c.message == message).order_by(table.c.ordinal)
        found = False
        try:
            with self._readers.begin() as connection:
                for octets in connection.execution_options(yield_per=_AT_ONCE).scalars(query):
                    found = True
                    yield octets
        except FAILURES as error:
            raise unavailable(error) from error
        if not found:
            raise ContentDamaged(message, "its rows are missing")

    def discard(self, message: str) -> None:
        """Remove them; what cannot be removed is for the reconciler to find."""
        with suppress(*FAILURES), self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.message == message))

    def discard_unfinished(self, message: str) -> None:
        """A transaction leaves nothing unfinished."""

    def listing(self) -> Iterator[tuple[str, float, bool]]:
        """Every message: id, when it was written (seconds since 1970), false. Raises `StoreUnavailable`."""
        query = select(table.c.message, table.c.written).where(table.c.ordinal == 0)
        try:
            with self._readers.begin() as connection:
                for row in connection.execute(query):
                    yield row.message, row.written.timestamp(), False
        except FAILURES as error:
            raise unavailable(error) from error

    def _insert(self, connection: Connection, message: str, pieces: Iterable[bytes]) -> None:
        written = self._clock()
        for ordinal, octets in enumerate(_joined(pieces, SIZE)):
            row = {"message": message, "ordinal": ordinal, "written": written, "octets": octets}
            connection.execute(insert(table), row)


def _joined(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same octets in pieces of ``size``; the last may be shorter, and there is at least one."""
    waiting = bytearray()
    given = False
    for piece in pieces:
        waiting += piece
        while len(waiting) > size:
            yield bytes(waiting[:size])
            given = True
            del waiting[:size]
    if waiting or not given:
        yield bytes(waiting)
