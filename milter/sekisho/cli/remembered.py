"""``sekisho quarantine remembered list|forget``: what people agreed to and are not asked again, and to ask again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any

from sekisho.cli.common import actor_of, common
from sekisho.cli.output import EX_NO_INPUT, EX_OK, EX_USAGE, CommandError, fail, print_json, say
from sekisho.config.load import Configuration
from sekisho.quarantine.memory import forget
from sekisho.store import Store, remembered
from sekisho.store.ids import read_id
from sekisho.store.remembered import RememberedRow


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is remembered: to list, or to forget."""
    common(parser)
    parser.add_argument("what", choices=["list", "forget"], help="what is not asked again; ask again from now on")
    parser.add_argument("id", nargs="*", metavar="ID", help="what to forget, as `list` shows it")
    parser.add_argument("--sender", default="", metavar="A", help="list only what concerns this sender")
    parser.add_argument("--recipient", default="", metavar="R", help="list only what concerns this recipient")
    parser.add_argument("--rule", default="", metavar="RULE-ID", help="list only what this rule does not ask")
    parser.add_argument("--as", dest="person", default="", metavar="USER", help="record this person's decision")


def run(configuration: Configuration, store: Store, options: argparse.Namespace) -> int:
    """List, or forget one by one; the exit code is the worst."""
    if options.what == "forget":
        if not options.id:
            raise CommandError(EX_USAGE, "forget what? `remembered list` shows the ids")
        return max(_forget(store, options, read_id(row)) for row in options.id)
    for row in _all(store, options):
        if options.json:
            print_json(_as_json(row))
        else:
            say(_line(row, configuration.site.zone))
    return EX_OK


def _forget(store: Store, options: argparse.Namespace, row_id: str) -> int:
    actor = actor_of(options)
    row = forget(store, row_id, actor.name, actor.role, datetime.now(UTC))
    if row is None:
        error = CommandError(EX_NO_INPUT, f"nothing is remembered as {row_id}; `remembered list` shows what is")
        return fail(error, as_json=options.json)
    if options.json:
        print_json(_as_json(row))
    else:
        say(f"{row.id}  forgotten: {row.rule} asks again when {row.sender} writes to {row.recipient}")
    return EX_OK


def _all(store: Store, options: argparse.Namespace) -> Iterator[RememberedRow]:
    now, after = datetime.now(UTC), ""
    wanted = {"sender": options.sender, "recipient": options.recipient, "rule": options.rule}
    while page := store.read(partial(remembered.listing, now=now, after=after, **wanted)):
        yield from page
        after = page[-1].id


def _as_json(row: RememberedRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "rule": row.rule,
        "sender": row.sender,
        "recipient": row.recipient,
        "findings": list(row.codes),
        "hold": row.hold,
        "person": row.person,
        "created": row.created.isoformat(),
        "until": row.until.isoformat(),
    }


def _line(row: RememberedRow, zone: tzinfo) -> str:
    until = row.until.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return f"{row.id}  {row.kind:<6}  until {until}  {row.sender} -> {row.recipient}  [{row.rule}]  by {row.person}"
