"""``sekisho stats [rules]``: how many holds there are, and what became of each rule's."""

from __future__ import annotations

import argparse

from sekisho.cli.common import common, configuration_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_OK, heading, print_json, say
from sekisho.store import Store
from sekisho.store.listing import by_rule, counts, oldest


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which statistics."""
    common(parser)
    parser.add_argument("what", nargs="?", choices=["holds", "rules"], default="holds", help="holds, or rule by rule")


def run(options: argparse.Namespace) -> int:
    """Print them; by rule one JSON object a line."""
    with opened_store(configuration_of(options)) as store:
        if options.what == "rules":
            _rules(store, as_json=options.json)
        else:
            _holds(store, as_json=options.json)
    return EX_OK


def _holds(store: Store, *, as_json: bool) -> None:
    states = {state.value: number for state, number in store.read(counts).items()}
    first = store.read(oldest)
    if as_json:
        print_json({"holds": states, "oldest": first.isoformat() if first else None})
        return
    heading("holds")
    for state, number in states.items():
        say(f"  {state:<10} {number}")
    if first:
        say(f"  the oldest waits since {first.isoformat(timespec='seconds')}")


def _rules(store: Store, *, as_json: bool) -> None:
    for row in store.read(by_rule):
        if as_json:
            print_json({"rule": row.rule, "holds": row.holds, "outcomes": dict(row.outcomes)})
        else:
            outcomes = ", ".join(f"{number} {state}" for state, number in row.outcomes.items())
            say(f"{row.rule}: {row.holds} holds ({outcomes})")
