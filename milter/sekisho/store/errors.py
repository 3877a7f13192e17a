"""What can go wrong with the store, as types: callers tempfail, retry or tell somebody; nobody sees a traceback."""

from __future__ import annotations

from datetime import datetime


class StoreError(Exception):
    """Any failure of the store that its callers are expected to handle."""


class StoreUnavailable(StoreError):
    """Nothing can be kept or read now: disk full, locked, read-only, away, or an unknown outcome of a commit.

    ``undone`` is true where it is certain that nothing was committed.
    """

    def __init__(self, why: str, *, undone: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.undone = undone


class SchemaOutdated(StoreUnavailable):
    """The database is not at the version that this program needs."""


class ContentDamaged(StoreError):
    """Stored octets are missing or are not those that were stored: they are never sent."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(f"content of message {message}: {why}")
        self.message = message
        self.why = why


class KeyMissing(ContentDamaged):
    """Content was encrypted with a key that is not among the site's (``store.keys``)."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message, f"it is encrypted with key {key}, which is not in store.keys")
        self.key = key


class ContentPurged(ContentDamaged):
    """Content was removed when its time was over (``store.retention.content``)."""

    def __init__(self, message: str, when: datetime) -> None:
        super().__init__(message, f"purged at {when.isoformat(timespec='seconds')}; only the record is kept")


class Conflict(StoreError):
    """A row changed between reading it and writing it."""
