"""What a sound process finds after another was killed or met an error, and whether everything can go on.

Each function gives remarks: one that begins with ``window`` is an allowed outcome worth counting, any other is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from integration.sink import Sink
from integration.torture import step
from sekisho.core.lifecycle import State
from sekisho.core.message import message_octets
from sekisho.quarantine.reconcile import reconcile
from sekisho.store import Store, audit, holds
from sekisho.store.listing import listing
from sekisho.store.rows import HoldRow
from sekisho.store.search import Filter

_AFTER = 3
"""Seed of the store of the process that looks."""


def of_hold(folder: Path, size: int, acknowledged: bool) -> Iterator[str]:
    """An acknowledged message is held; another is absent or held; offered again it is held once."""
    with closing(_started(folder)) as store:
        rows = _all(store)
        if acknowledged and len(rows) != 1:
            yield f"LOST: acknowledged, and {len(rows)} holds"
        if not acknowledged and rows:
            yield "window A: committed, not acknowledged"
        yield from _missing(store)
        again = step.hold(store, size)
        rows = _all(store)
        if [row.id for row in rows] != list(again):
            yield f"offered again it has {len(rows)} holds"
        yield from _damage(store, rows, size)


def of_decision(folder: Path, size: int, acknowledged: bool, sink: Sink) -> Iterator[str]:
    """An acknowledged decision is carried out once; another can be taken again."""
    with closing(_started(folder)) as store:
        states = [row.state for row in _all(store)]
        if states != [State.RELEASING] and (acknowledged or states != [State.HELD]):
            yield f"the hold is {states}"
        if not acknowledged and states == [State.RELEASING]:
            yield "window A: committed, not acknowledged"
        step.let_go(store)
        yield from _sent(store, size, sink, 1)


def of_release(folder: Path, size: int, sink: Sink) -> Iterator[str]:
    """The message arrives, at most twice, and is sent once on record."""
    with closing(_started(folder)) as store:
        yield from _sent(store, size, sink, 2)


def _started(folder: Path) -> Store:
    """The store as the daemon opens it when it starts."""
    store = step.opened(folder, _AFTER)
    store.upgrade()
    store.check()
    return store


def _all(store: Store) -> list[HoldRow]:
    return list(listing(store, Filter(frozenset())))


def _missing(store: Store) -> Iterator[str]:
    missing = reconcile(store, step.NOW).missing
    if missing:
        yield f"rows without their file: {missing}"


def _damage(store: Store, rows: list[HoldRow], size: int) -> Iterator[str]:
    sent = _octets(size)
    for row in rows:
        if _stored(store, row) != sent:
            yield "the stored octets differ"
    verified = store.read(audit.verify)
    if verified.broken_at is not None:
        yield f"the audit is broken at {verified.broken_at}: {verified.why}"


def _stored(store: Store, row: HoldRow) -> bytes:
    return store.read(lambda view: holds.content(view, store.files, row.message)).read()


def _sent(store: Store, size: int, sink: Sink, most: int) -> Iterator[str]:
    """Release until nothing is left, in an hour; then look at what arrived."""
    for hours in range(1, 6):
        step.release(store, sink.port, step.NOW + timedelta(hours=hours))
    rows = _all(store)
    if [row.state for row in rows] != [State.RELEASED]:
        yield f"LOST: after all the hold is {[row.state for row in rows]}"
    copies = [arrival for arrival in sink.arrivals if arrival.recipients[0].address == step.RECIPIENT]
    if not 1 <= len(copies) <= most:
        yield f"it arrived {len(copies)} times"
    if len(copies) == 2:
        yield "window B: sent twice"
    if not all(copy.data.endswith(_octets(size)) for copy in copies):
        yield "other octets arrived"
    on_record = [row.action for row in store.read(audit.entries)].count("sent")
    if on_record != 1:
        yield f"{on_record} times sent on record"
    yield from _damage(store, rows, size)


def _octets(size: int) -> bytes:
    message = step.transaction(size)
    return b"".join(message_octets(message.fields, message.body))
