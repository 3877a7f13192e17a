"""Holds, recipients, releases, outbox, audit and content: what must survive, on SQLite (later PostgreSQL) and files."""

from __future__ import annotations

from sekisho.store.errors import StoreError, StoreUnavailable
from sekisho.store.store import Store, open_store

__all__ = ["Store", "StoreError", "StoreUnavailable", "open_store"]
