"""Which rules can match a message at all: a look-up instead of a walk over every rule.

Each rule is filed under something that it cannot match without: a sender's or a recipient's address, domain or list,
where its condition names them; else a cheap condition that it shares with others, which is asked once for all of them;
else it is always asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sekisho.core.addresses import NULL
from sekisho.core.facts import Facts
from sekisho.core.message import Path
from sekisho.core.ports import Unavailable
from sekisho.core.rule import Policy, Rule
from sekisho.policy.asked import CHEAP, Asked, Guard
from sekisho.policy.joined import Every
from sekisho.policy.steps import rests

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers of rules, by what a sender or a recipient must be found by."""

    keys: dict[str, Numbers]
    lists: dict[str, Numbers]

    def look_up(self, facts: Facts, paths: tuple[Path, ...], found: set[int]) -> None:
        """Add the rules for any of these paths."""
        if self.keys:
            for key in {key for path in paths for key in _keys(path)}:
                if key in self.keys:
                    found.update(self.keys[key])
        if self.lists:
            addresses = {(path.local, domain) for path in paths for domain in (path.domain, *path.routes)}
            for name, numbers in self.lists.items():
                if _on_list(facts, name, addresses):
                    found.update(numbers)


@dataclass(frozen=True, slots=True)
class Index:
    """Numbers of rules, by what they cannot match without."""

    always: Numbers
    senders: Table
    recipients: Table
    probes: tuple[tuple[Asked, Numbers], ...]

    def candidates(self, facts: Facts) -> list[int]:
        """The rules that may match, in their order."""
        found = set(self.always)
        self.senders.look_up(facts, (facts.transaction.sender,), found)
        self.recipients.look_up(facts, facts.transaction.recipients, found)
        for probe, numbers in self.probes:
            if probe.truth(facts):
                found.update(numbers)
        return sorted(found)


@dataclass(frozen=True, slots=True)
class IndexedPolicy(Policy):
    """A policy with the index of its rules."""

    index: Index

    def candidates(self, facts: Facts) -> Iterable[Rule]:
        """The rules that may match, in their order."""
        rules = self.rules
        return [rules[number] for number in self.index.candidates(facts)]


def indexed(rules: tuple[Rule, ...]) -> IndexedPolicy:
    """The policy of these rules; those with mode off are in none of the index's parts."""
    always: list[int] = []
    filed: dict[str, _Filed] = {"sender": ({}, {}), "recipient": ({}, {})}
    probes: dict[Asked, list[int]] = {}
    for number, rule in enumerate(rules):
        if rests(rule):
            continue
        place = _place(rule)
        if isinstance(place, Guard):
            for names, table in zip((place.keys, place.lists), filed[place.of], strict=True):
                for name in names:
                    table.setdefault(name, []).append(number)
        elif place is not None:
            probes.setdefault(place, []).append(number)
        else:
            always.append(number)
    asked = tuple((probe, tuple(numbers)) for probe, numbers in probes.items())
    return IndexedPolicy(rules, Index(tuple(always), _table(filed["sender"]), _table(filed["recipient"]), asked))


_Filed = tuple[dict[str, list[int]], dict[str, list[int]]]


def _table(filed: _Filed) -> Table:
    keys, lists = ({name: tuple(numbers) for name, numbers in table.items()} for table in filed)
    return Table(keys, lists)


def _place(rule: Rule) -> Guard | Asked | None:
    """Where a rule is filed: by key, by a cheap condition of its own, or nowhere."""
    condition = rule.when
    if not isinstance(condition, Asked):
        return None
    guard = condition.guard()
    if guard is not None:
        return guard
    conjuncts = condition.order if isinstance(condition, Every) else (condition,)
    return conjuncts[0] if conjuncts[0].cost <= CHEAP else None


def _on_list(facts: Facts, name: str, addresses: Iterable[tuple[str, str]]) -> bool:
    """Whether any of the addresses is on the list, or nobody can say."""
    try:
        return any(facts.lists.contains(name, local, domain) for local, domain in addresses)
    except Unavailable:
        return True


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
