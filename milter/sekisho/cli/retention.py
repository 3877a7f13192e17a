"""``sekisho quarantine purge`` and ``legal-hold``: what nobody needs any more goes, and what must stay stays."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from sekisho.cli import shown
from sekisho.cli.common import actor_of, common
from sekisho.cli.deciding import or_refused
from sekisho.cli.output import EX_OK, EX_USAGE, CommandError, print_json, say
from sekisho.config.load import Configuration
from sekisho.quarantine.purge import Purged, legal_hold, lift_legal_hold, purge
from sekisho.serve.roles import retention_of
from sekisho.store import Store


def purge_arguments(parser: argparse.ArgumentParser) -> None:
    """What would go, or away with it."""
    common(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    parser.add_argument("--as", dest="person", default="", metavar="USER", help="record this person")


def legal_hold_arguments(parser: argparse.ArgumentParser) -> None:
    """Why it must be kept, or that it need not."""
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; needed unless it is lifted; kept on record")
    parser.add_argument("--lift", action="store_true", help="it may be purged again")
    parser.add_argument("--as", dest="person", default="", metavar="USER", help="record this person")


def run_purge(configuration: Configuration, store: Store, options: argparse.Namespace) -> int:
    """Purge as ``store.retention`` says, and say what went."""
    retention, now = retention_of(configuration.settings), datetime.now(UTC)
    parts = purge(store, retention, actor_of(options), now, dry_run=options.dry_run)
    total = sum(parts, Purged())
    if options.json:
        print_json({**asdict(total), "dry_run": options.dry_run})
        return EX_OK
    verb = "would go" if options.dry_run else "purged"
    say(f"{verb}: the content of {total.bodies} messages ({total.octets} octets), the records of {total.records} holds")
    if total.notices:
        say(f"and {total.notices} notices about no hold")
    if total.kept:
        say(f"kept because of a legal hold: {total.kept} holds")
    return EX_OK


def run_legal_hold(_: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    """Keep a hold, or no longer."""
    actor, now, reason = actor_of(options), datetime.now(UTC), options.reason
    if not options.lift and not reason.strip():
        raise CommandError(EX_USAGE, "a legal hold needs a reason: --reason TEXT")
    mark = lift_legal_hold if options.lift else legal_hold
    hold = or_refused(lambda: mark(store, hold_id, actor, now, reason))
    if options.json:
        print_json(shown.as_json(hold))
    else:
        say(f"{hold.id}  {'no longer under legal hold' if options.lift else f'under legal hold: {hold.legal_hold}'}")
    return EX_OK
