"""Whether files and rows fit each other, looked at when the daemon starts; what does not is named, never fatal.

A crash can leave exactly what `LEGAL` says. A file without a row was never acknowledged: it is kept some days, for
people, and then removed. A row that still waits for a file that is not there is an alarm: its hold cannot be released.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sekisho.core.lifecycle import OPEN
from sekisho.store import Store, holds
from sekisho.store.content import LargeContent

KEPT = timedelta(days=7)
"""How long files are kept that no row refers to."""


class Verdict(Enum):
    """What a pair of file and row means."""

    FINE = "fine"
    ORPHAN = "orphan"
    MISSING = "missing"


LEGAL: dict[tuple[bool, bool, bool], Verdict] = {
    # file, row, open hold
    (True, True, True): Verdict.FINE,
    (True, True, False): Verdict.FINE,
    (False, True, False): Verdict.FINE,
    (True, False, False): Verdict.ORPHAN,
    (False, True, True): Verdict.MISSING,
}
"""By whether there is a file, a row, and a hold of it that still needs the content."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found: messages by id."""

    orphans: tuple[str, ...] = ()
    """Files without a row, kept for now."""
    removed: tuple[str, ...] = ()
    """Files without a row, and unfinished ones, that were old enough to go."""
    missing: tuple[str, ...] = ()
    """Messages whose file is gone though a hold needs it."""


def reconcile(store: Store, now: datetime) -> Reconciled:
    """Compare the content folder with the rows. Raises `StoreUnavailable`."""
    found = _Found([], [], [])
    # Rows first: a message that is just being held has its file before its row.
    rows = store.read(holds.in_files)
    files = {}
    for message, changed, unfinished in store.files.listing():
        if unfinished:
            _retire(store.files, message, changed, now, found, unfinished=True)
        else:
            files[message] = changed
    for message in files.keys() | rows.keys():
        verdict = LEGAL[message in files, message in rows, bool(rows.get(message, frozenset()) & OPEN)]
        if verdict is Verdict.ORPHAN:
            _retire(store.files, message, files[message], now, found, unfinished=False)
        elif verdict is Verdict.MISSING:
            found.missing.append(message)
    return Reconciled(tuple(sorted(found.orphans)), tuple(sorted(found.removed)), tuple(sorted(found.missing)))


@dataclass(frozen=True, slots=True)
class _Found:
    orphans: list[str]
    removed: list[str]
    missing: list[str]


def _retire(
    files: LargeContent, message: str, changed: float, now: datetime, found: _Found, *, unfinished: bool
) -> None:
    """Remove a file that nobody refers to, once it is old."""
    if now.timestamp() - changed < KEPT.total_seconds():
        found.orphans.append(message)
        return
    if unfinished:
        files.discard_unfinished(message)
    else:
        files.discard(message)
    found.removed.append(message)
