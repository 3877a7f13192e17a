"""``sekisho stats [rules|alarms]``: how many holds there are; what each rule's holds came to in 30 days; whether people
are asked too often.

With ``--json`` ``rules`` prints one object a line. Durations are seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sekisho.cli.common import common, configuration_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_OK, heading, print_json, say
from sekisho.config.load import Configuration
from sekisho.core.alarms import BUDGET, FEWEST, LEAST_USEFUL
from sekisho.records.stats import HASTY, WINDOW, Budget, RuleUse, budget, by_rule
from sekisho.serve.metrics import rule_matches
from sekisho.serve.roles import metrics_folder
from sekisho.store import Store, statistics
from sekisho.store.listing import counts, oldest


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which statistics."""
    common(parser)
    what = ["holds", "rules", "alarms"]
    parser.add_argument(
        "what", nargs="?", choices=what, default="holds", help="holds; rule by rule; against the budget"
    )


def run(options: argparse.Namespace) -> int:
    """Print them; by rule one JSON object a line."""
    configuration = configuration_of(options)
    with opened_store(configuration) as store:
        if options.what == "rules":
            _rules(configuration, store, as_json=options.json)
        elif options.what == "alarms":
            _alarms(store, as_json=options.json)
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
        else:
            _say_rule(row)
    if not as_json:
        _alarms(store, as_json=False)


def _rows(configuration: Configuration, store: Store) -> Iterator[dict[str, Any]]:
    """Every rule of the policy in its order, then those that are gone and still have holds."""
    since = datetime.now(UTC) - WINDOW
    uses = store.read(lambda view: by_rule(statistics.kept_since(view, since), statistics.outbound_since(view, since)))
    held = {use.rule: use for use in uses}
    matches = rule_matches(metrics_folder(configuration.settings))
    modes = {rule.id: rule.mode.value for rule in configuration.policy.rules}
    for rule in (*modes, *(rule for rule in held if rule not in modes)):
        yield {
            "rule": rule,
            "mode": modes.get(rule, ""),
            "matches": {mode: number for mode, number in matches.get(rule, {}).items() if number},
            **_figures(held.get(rule) or RuleUse(rule, 0, {}, {}, None)),
        }


def _figures(use: RuleUse) -> dict[str, Any]:
    return {
        "holds": use.holds,
        "states": dict(use.states),
        "outcomes": dict(use.outcomes),
        "useful": use.useful,
        "decision_seconds": {"median": use.median, "p95": use.p95, "under_5s": use.hasty},
        "alarms_per_thousand": use.per_thousand,
        "for_monitor": use.for_monitor,
    }


def _say_rule(row: dict[str, Any]) -> None:
    matched = ", ".join(f"{number} in {mode}" for mode, number in row["matches"].items()) or "0"
    heading(f"{row['rule']} ({row['mode'] or 'gone'})")
    say(f"  matched {matched} since the daemon started; {row['holds']} holds in {WINDOW.days} days")
    if row["holds"]:
        say(f"  now      {_listed(row['states'])}")
    if row["outcomes"]:
        say(f"  outcome  {_listed(row['outcomes'])}; {row['useful']:.0%} changed, cancelled or rejected")
    times = row["decision_seconds"]
    if times["median"] is not None:
        hasty = f"; {times['under_5s']} within {HASTY:.0f} s" if times["under_5s"] else ""
        say(f"  decided  after {times['median']:.0f} s (median), {times['p95']:.0f} s (p95){hasty}")
    if row["for_monitor"]:
        say(f"  for monitor: {FEWEST} holds or more, fewer than {LEAST_USEFUL:.0%} of use")


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in numbers.items())


def _alarms(store: Store, *, as_json: bool) -> None:
    found = _budget(store)
    rows = {
        alarm.word: {
            "alarms": found.alarms.get(alarm, 0),
            "per_thousand": found.per_thousand(alarm),
            "budget": BUDGET[alarm],
            "kept": found.is_kept(alarm),
        }
        for alarm in BUDGET
    }
    if as_json:
        print_json({"days": WINDOW.days, "external_messages": found.messages, "alarms": rows})
        return
    heading(f"alarms on clean mail in {WINDOW.days} days, for 1,000 of {found.messages} external messages")
    for word, row in rows.items():
        share = "unknown" if row["per_thousand"] is None else f"{row['per_thousand']:.1f}"
        over = "" if row["kept"] else "  MORE THAN ALLOWED"
        say(f"  {_CONCERNED[word]:<24} {share} of {row['budget']:.0f}{over}")


def _budget(store: Store) -> Budget:
    since = datetime.now(UTC) - WINDOW
    return store.read(
        lambda view: budget(
            statistics.kept_since(view, since),
            statistics.warnings_since(view, since),
            statistics.outbound_since(view, since),
        )
    )


_CONCERNED = {"other": "another person must act", "sender": "the sender must act", "notice": "somebody is told"}
