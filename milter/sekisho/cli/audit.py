"""``sekisho audit list|verify|export``: who saw, decided or changed what, and whether the record is whole."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from sekisho.cli.common import common, configuration_of, moment_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_CANNOT_CREATE, EX_DATA, EX_NO_INPUT, EX_OK, CommandError, print_json, say
from sekisho.config.load import Configuration
from sekisho.store import Store, audit
from sekisho.store.audit import Verified, Wanted
from sekisho.store.audit_file import as_record, export, verify_lines
from sekisho.store.ids import read_id
from sekisho.store.rows import AuditRow
from sekisho.store.types import dumps


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``audit``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = verbs.add_parser("list", help="entries, the oldest first")
    common(listing)
    listing.add_argument("--hold", default="", metavar="HOLD-ID", help="of this hold only")
    listing.add_argument(
        "--since", default="", metavar="TIME", help="from then on: 2026-11-24, 2026-11-24T09:00, or 7d"
    )
    listing.add_argument("--until", default="", metavar="TIME", help="before that")
    listing.add_argument("--actor", default="", metavar="USER", help="what this person did")
    listing.add_argument("--action", dest="kind", default="", metavar="WORD", help="such as release, view, extend")
    verifying = verbs.add_parser("verify", help="find one changed octet, one missing or exchanged entry")
    common(verifying)
    verifying.add_argument(
        "file", nargs="?", metavar="FILE", help="an exported record instead of the store's; - is stdin"
    )
    exporting = verbs.add_parser("export", help="the whole record as JSON lines that `audit verify FILE` can prove")
    common(exporting)
    exporting.add_argument("-o", "--output", metavar="FILE", help="write to this file instead of standard output")


def run(options: argparse.Namespace) -> int:
    """Do it; 65 where the record is damaged."""
    if options.action == "verify" and options.file:
        return _report(_verified_file(options.file), options)
    configuration = configuration_of(options)
    with opened_store(configuration) as store:
        if options.action == "verify":
            return _report(store.read(audit.verify), options)
        return _export(store, options) if options.action == "export" else _list(configuration, store, options)


def _list(configuration: Configuration, store: Store, options: argparse.Namespace) -> int:
    zone = configuration.site.zone
    since, until = moment_of(options.since, zone, "--since"), moment_of(options.until, zone, "--until")
    wanted = Wanted(since, until, options.actor, options.kind)
    for row in _rows(store, read_id(options.hold), wanted):
        if options.json:
            print_json(as_record(row))
        else:
            when, who = row.at.isoformat(timespec="seconds"), row.actor or row.role
            say(f"{row.sequence:>6}  {when}  {row.action:<13} {row.hold or '-':<26}  {who}  {row.reason}")
    return EX_OK


def _export(store: Store, options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        try:
            file = (
                stack.enter_context(Path(options.output).open("w", encoding="ascii")) if options.output else sys.stdout
            )
            for record in export(store):
                print(dumps(record), file=file)
        except OSError as error:
            raise CommandError(EX_CANNOT_CREATE, f"{options.output or 'standard output'}: {error.strerror}") from error
    return EX_OK


def _verified_file(name: str) -> Verified:
    try:
        if name == "-":
            return verify_lines(sys.stdin)
        with Path(name).open(encoding="utf-8", errors="replace") as file:
            return verify_lines(file)
    except OSError as error:
        raise CommandError(EX_NO_INPUT, f"{name}: {error.strerror}") from error


def _report(found: Verified, options: argparse.Namespace) -> int:
    whole = found.broken_at is None
    if options.json:
        print_json({"whole": whole, "entries": found.rows, "broken_at": found.broken_at, "why": found.why})
    elif whole:
        say(f"the record is whole: {found.rows} entries")
    else:
        say(f"the record is damaged at entry {found.broken_at}: {found.why}; the {found.rows} before it are good")
    return EX_OK if whole else EX_DATA


def _rows(store: Store, hold: str, wanted: Wanted) -> Iterator[AuditRow]:
    after = 0
    while page := _page(store, hold, after, wanted):
        yield from page
        after = page[-1].sequence


def _page(store: Store, hold: str, after: int, wanted: Wanted) -> list[AuditRow]:
    return store.read(lambda view: audit.entries(view, hold=hold, after=after, wanted=wanted))
