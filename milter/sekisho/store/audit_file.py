"""The audit outside the database: JSON lines that prove by themselves that nothing of them was changed.

One line an entry, as ``audit list --json`` prints it, after a first line that says where the chain was taken up and
before a last one that says where it ended. Whoever keeps the last hash elsewhere (on paper, in a mail) can prove that
the whole file was not made anew either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sekisho.store import audit
from sekisho.store.audit import START, Verified
from sekisho.store.rows import AuditRow
from sekisho.store.store import Store
from sekisho.store.types import dumps, micros


def as_record(row: AuditRow) -> dict[str, Any]:
    """An entry as one JSON object."""
    return {
        "sequence": row.sequence,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "role": row.role,
        "action": row.action,
        "hold_id": row.hold,
        "reason": row.reason,
        "details": dict(row.details),
        "hash": row.hash,
    }


def export(store: Store) -> Iterator[dict[str, Any]]:
    """The whole record, page by page; what is added meanwhile may be in it or not."""
    yield {"chain": "sekisho-audit-1", "previous": START}
    last, sequence = START, 0
    while page := store.read(partial(audit.entries, after=sequence)):
        yield from map(as_record, page)
        last, sequence = page[-1].hash, page[-1].sequence
    yield {"end": sequence, "hash": last}


def verify_lines(lines: Iterable[str]) -> Verified:
    """What `sekisho.store.audit.verify` says of a database, of a file. Never raises for what the file holds."""
    count, last, ended = 0, START, False
    for number, line in enumerate(lines):
        record = _object(line)
        if number == 0:
            if record.get("previous") != START:
                return Verified(0, 1, "this is no exported record, or its beginning is missing")
        elif ended:
            return Verified(count, count + 1, "something follows the end")
        elif "end" in record:
            ended = (record["end"], record.get("hash")) == (count, last)
            if not ended:
                return Verified(count, count + 1, "the end of the chain is missing")
        else:
            expected = _hash(record, last)
            if record.get("sequence") != count + 1:
                return Verified(count, count + 1, "a row is missing or out of order")
            if expected is None or record.get("hash") != expected:
                return Verified(count, count + 1, "the row does not fit the one before it")
            count, last = count + 1, expected
    return Verified(count) if ended else Verified(count, count + 1, "the end of the chain is missing")


def _object(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _hash(record: Mapping[str, Any], previous: str) -> str | None:
    """The hash that the entry should have; None for what is no entry."""
    try:
        values = {
            "sequence": record["sequence"],
            "at": micros(datetime.fromisoformat(record["at"])),
            "actor": record["actor"],
            "role": record["role"],
            "action": record["action"],
            "hold": record["hold_id"],
            "reason": record["reason"],
            "details": dumps(record["details"]),
        }
    except (KeyError, TypeError, ValueError):
        return None
    return audit.link(previous, values)
