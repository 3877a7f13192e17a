"""Which rules can match a message at all: a look-up instead of a walk over every rule.

A rule is filed under something that it cannot match without: a sender's or a recipient's address, domain or list, where
its condition names them. What is left is thinned out by the conditions that several rules share: where one of these is
true of nobody, none of its rules is asked. Sets of rules are ints, bit i for the rule of number i.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sekisho.core.addresses import NULL
from sekisho.core.facts import Facts
from sekisho.core.message import Path
from sekisho.core.rule import Policy, Rule
from sekisho.core.truth import members
from sekisho.policy.asked import Asked, Guard
from sekisho.policy.joined import Every
from sekisho.policy.steps import rests

SHARED = 100
"""Up to this cost a shared condition is asked in order to skip rules: no part of a message is opened for it."""

SELECTIONS = 1_000
"""Sets of rules that are remembered."""

Rules = int


@dataclass(frozen=True, slots=True)
class Table:
    """Rules, by what a sender or a recipient must be found by."""

    keys: dict[str, Rules]
    lists: dict[str, Rules]

    def look_up(self, facts: Facts, paths: tuple[Path, ...]) -> Rules:
        """The rules for any of these paths."""
        found = 0
        if self.keys:
            for key in {key for path in paths for key in _keys(path)}:
                found |= self.keys.get(key, 0)
        if self.lists:
            addresses = {(path.local, domain) for path in paths for domain in (path.domain, *path.routes)}
            for local, domain in addresses:
                for name in facts.lists.holding(self.lists, local, domain):
                    found |= self.lists.get(name, 0)
        return found


@dataclass(frozen=True, slots=True)
class Index:
    """Rules, by what they cannot match without."""

    always: Rules
    """Those that are filed under nothing."""
    senders: Table
    recipients: Table
    shared: tuple[tuple[Asked, Rules], ...]
    """Conditions that several rules need, the cheapest first."""

    def candidates(self, facts: Facts) -> Rules:
        """The rules that may match."""
        found = self.always
        found |= self.senders.look_up(facts, (facts.transaction.sender,))
        found |= self.recipients.look_up(facts, facts.transaction.recipients)
        for condition, rules in self.shared:
            if found & rules and not condition.truth(facts):
                found &= ~rules
        return found


@dataclass(frozen=True, slots=True)
class IndexedPolicy(Policy):
    """A policy with the index of its rules."""

    index: Index
    selections: dict[Rules, tuple[Rule, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Sets of rules as they were last looked up: most mail meets the same ones."""

    def candidates(self, facts: Facts) -> Iterable[Rule]:
        """The rules that may match, in their order."""
        numbers = self.index.candidates(facts)
        found = self.selections.get(numbers)
        if found is None:
            if len(self.selections) >= SELECTIONS:
                self.selections.clear()
            found = self.selections[numbers] = tuple(self.rules[number] for number in members(numbers))
        return found


def indexed(rules: tuple[Rule, ...]) -> IndexedPolicy:
    """The policy of these rules; those that are off for everybody are never candidates."""
    always = 0
    tables = {"sender": Table({}, {}), "recipient": Table({}, {})}
    needed: dict[Asked, Rules] = {}
    for number, rule in enumerate(rules):
        if rests(rule):
            continue
        bit = 1 << number
        guard = rule.when.guard() if isinstance(rule.when, Asked) else None
        if guard is None:
            always |= bit
        else:
            _file(tables[guard.of], guard, bit)
        for condition in _conjuncts(rule):
            needed[condition] = needed.get(condition, 0) | bit
    shared = [(condition, rules) for condition, rules in needed.items() if rules.bit_count() > 1]
    shared.sort(key=lambda pair: pair[0].cost)
    return IndexedPolicy(rules, Index(always, tables["sender"], tables["recipient"], tuple(shared)))


def _file(table: Table, guard: Guard, bit: Rules) -> None:
    for names, filed in ((guard.keys, table.keys), (guard.lists, table.lists)):
        for name in names:
            filed[name] = filed.get(name, 0) | bit


def _conjuncts(rule: Rule) -> list[Asked]:
    """Conditions without which the rule cannot match, those that cost little to ask."""
    if not isinstance(rule.when, Asked):
        return []
    parts = rule.when.parts if isinstance(rule.when, Every) else (rule.when,)
    return [part for part in parts if part.cost <= SHARED]


def _keys(path: Path) -> Iterator[str]:
    """Every entry by which an address may be on a list: itself, its domain, the domains above; for each reading."""
    if path.is_null:
        yield NULL
    local = path.local.lower()
    for domain in (path.domain, *path.routes):
        yield f"{local}@{domain}"
        yield domain
        dot = domain.find(".")
        while dot >= 0:
            yield domain[dot:]
            dot = domain.find(".", dot + 1)
