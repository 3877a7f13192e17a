"""``sekisho quarantine watch``: the open holds as they come and go, on a terminal or as one JSON object a change.

The screen (`sekisho.cli.watch_loop`) looks at the store every ``--every`` and whenever something was put on record.
``--json`` prints the open holds, then each change once, in the order of the record, until it is ended.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, NoReturn

from sekisho.cli import shown
from sekisho.cli.common import common
from sekisho.cli.output import EX_OK, EX_USAGE, CommandError, print_json
from sekisho.config.load import Configuration
from sekisho.core.amounts import duration
from sekisho.store import Store, audit, holds
from sekisho.store.listing import listing
from sekisho.store.rows import AuditRow, HoldRow
from sekisho.store.search import Filter

MOST = 500
"""So many holds are shown unless somebody asks for more."""
_NO_CHANGE = frozenset({"view"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to watch."""
    common(parser)
    parser.add_argument("--due", action="store_true", help="what expires next comes first, not what came last")
    parser.add_argument("--every", default="2s", metavar="TIME", help="how often to look: 1s, 10s, 1m (default: 2s)")
    parser.add_argument("--limit", type=int, default=MOST, metavar="N", help=f"show at most so many (default: {MOST})")
    parser.add_argument("--as", dest="person", default="", metavar="USER", help="record this person's decisions")


def run(configuration: Configuration, store: Store, options: argparse.Namespace) -> int:
    """Until somebody has seen enough."""
    try:
        every = duration(options.every).seconds
    except ValueError as error:
        raise CommandError(EX_USAGE, f"--every: {error}") from error
    if options.json:
        _follow(store, every)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(EX_USAGE, "this is no terminal; use `quarantine watch --json` or `quarantine list`")
    from sekisho.cli.watch_loop import watch  # noqa: PLC0415  (terminals are for people only)

    watch(configuration, store, options, every)
    return EX_OK


def _follow(store: Store, every: float) -> NoReturn:
    """Print for ever; the caller is interrupted, or whoever reads goes away."""
    seen = store.read(audit.last)
    for hold in listing(store, Filter()):
        _print({"change": "open", "by": "", **shown.as_json(hold)})
    while True:
        for entry, found in _changes(store, seen):
            seen = entry.sequence
            if found is not None and entry.action not in _NO_CHANGE:
                _print({"change": entry.action, "by": entry.actor, **shown.as_json(found)})
        time.sleep(every)


def _changes(store: Store, seen: int) -> Iterator[tuple[AuditRow, HoldRow | None]]:
    """What was put on record since, with the hold as it is now where it is about one."""
    while page := store.read(partial(audit.entries, after=seen)):
        for entry in page:
            yield entry, store.read(partial(holds.load, hold_id=entry.hold)) if entry.hold else None
        seen = page[-1].sequence


def _print(value: dict[str, Any]) -> None:
    print_json(value)
    sys.stdout.flush()
