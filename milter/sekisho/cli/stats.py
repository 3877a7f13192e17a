"""``sekisho stats [rules]``: how many holds there are; what each rule matched, and what became of its holds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from sekisho.cli.common import common, configuration_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_OK, heading, print_json, say
from sekisho.config.load import Configuration
from sekisho.serve.metrics import rule_matches
from sekisho.serve.roles import metrics_folder
from sekisho.store import Store
from sekisho.store.listing import by_rule, counts, oldest


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which statistics."""
    common(parser)
    parser.add_argument("what", nargs="?", choices=["holds", "rules"], default="holds", help="holds, or rule by rule")


def run(options: argparse.Namespace) -> int:
    """Print them; by rule one JSON object a line."""
    configuration = configuration_of(options)
    with opened_store(configuration) as store:
        if options.what == "rules":
            _rules(configuration, store, as_json=options.json)
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


def _rules(configuration: Configuration, store: Store, *, as_json: bool) -> None:
    for row in _rows(configuration, store):
        if as_json:
            print_json(row)
            continue
        outcomes = ", ".join(f"{number} {state}" for state, number in row["outcomes"].items()) or "none"
        matched = ", ".join(f"{number} in {mode}" for mode, number in row["matches"].items()) or "0"
        say(f"{row['rule']} ({row['mode'] or 'gone'}): matched {matched} since the daemon started; holds: {outcomes}")


def _rows(configuration: Configuration, store: Store) -> Iterator[dict[str, Any]]:
    """Every rule of the policy in its order, then those that are gone and still have holds."""
    held = {row.rule: row for row in store.read(by_rule)}
    matches = rule_matches(metrics_folder(configuration.settings))
    modes = {rule.id: rule.mode.value for rule in configuration.policy.rules}
    for rule in (*modes, *(rule for rule in held if rule not in modes)):
        row = held.get(rule)
        yield {
            "rule": rule,
            "mode": modes.get(rule, ""),
            "matches": {mode: number for mode, number in matches.get(rule, {}).items() if number},
            "holds": row.holds if row else 0,
            "outcomes": dict(row.outcomes) if row else {},
        }
