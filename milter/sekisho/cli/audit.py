"""``sekisho audit list|verify``: who decided what, and whether the record is whole."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from sekisho.cli.common import common, configuration_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_DATA, EX_OK, print_json, say
from sekisho.store import Store, audit
from sekisho.store.rows import AuditRow


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``audit``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = verbs.add_parser("list", help="every entry, the oldest first")
    common(listing)
    listing.add_argument("--hold", default="", metavar="HOLD-ID", help="of this hold only")
    common(verbs.add_parser("verify", help="find one changed octet, one missing or exchanged entry"))


def run(options: argparse.Namespace) -> int:
    """List or verify; 65 where the record is damaged."""
    with opened_store(configuration_of(options)) as store:
        return _verify(store, options) if options.action == "verify" else _list(store, options)


def _list(store: Store, options: argparse.Namespace) -> int:
    for row in _rows(store, options.hold):
        if options.json:
            print_json(_record(row))
        else:
            when, who = row.at.isoformat(timespec="seconds"), row.actor or row.role
            say(f"{row.sequence:>6}  {when}  {row.action:<13} {row.hold or '-':<26}  {who}  {row.reason}")
    return EX_OK


def _verify(store: Store, options: argparse.Namespace) -> int:
    found = store.read(audit.verify)
    whole = found.broken_at is None
    if options.json:
        print_json({"whole": whole, "entries": found.rows, "broken_at": found.broken_at, "why": found.why})
    elif whole:
        say(f"the record is whole: {found.rows} entries")
    else:
        say(f"the record is damaged at entry {found.broken_at}: {found.why}; the {found.rows} before it are good")
    return EX_OK if whole else EX_DATA


def _rows(store: Store, hold: str) -> Iterator[AuditRow]:
    after = 0
    while page := _page(store, hold, after):
        yield from page
        after = page[-1].sequence


def _page(store: Store, hold: str, after: int) -> list[AuditRow]:
    return store.read(lambda view: audit.entries(view, hold=hold, after=after))


def _record(row: AuditRow) -> dict[str, object]:
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
