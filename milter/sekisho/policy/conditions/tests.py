"""Tests of one address, as `sender`, `from` and `recipient` share them.

An address may have several readings (source routes, ``user%domain``): a test is true if any of them passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import Field

from sekisho.core.addresses import AddressSet
from sekisho.core.domains import DomainSet
from sekisho.core.facts import Facts
from sekisho.core.message import Path
from sekisho.core.patterns import Pattern
from sekisho.core.ports import Unavailable
from sekisho.policy.asked import Guard, any_true
from sekisho.policy.compiler import Compiler
from sekisho.policy.word import Domains, Members, Patterns, Word, is_list_name

INDEXED = 1_000
"""Sets with more entries than this are asked, not put into the index of rules."""


class AddressTest(Word):
    """All that is given must be true of the address."""

    EMPTY = False
    in_: Members | None = Field(
        default=None, description="On one of these lists: a list's name, several, or addresses, domains and /patterns/"
    )
    not_in: Members | None = Field(default=None, description="On none of these lists")
    domain: Domains | None = Field(
        default=None, description="In one of these domains; .example.com is the sub-domains of example.com only"
    )
    matches: Patterns | None = Field(default=None, description="One of these RE2 patterns is found in the address")

    def checks(self, compiler: Compiler) -> tuple[Check, ...]:
        """The checks to make, cheap ones first."""
        found: list[Check] = []
        if self.domain is not None:
            found.append(compiler.share(InDomain(compiler.domains(self.domain), frozenset(self.domain))))
        if self.in_ is not None:
            found.append(membership(compiler, self.in_, wanted=True))
        if self.not_in is not None:
            found.append(membership(compiler, self.not_in, wanted=False))
        if self.matches is not None:
            found.append(compiler.share(Matches(tuple(map(compiler.pattern, self.matches)))))
        return tuple(found)


class Check(Protocol):
    """One thing that must be true of an address."""

    def holds(self, facts: Facts, local: str, domain: str) -> bool:
        """Whether it is; may raise `Unavailable`."""

    def guard(self, of: str) -> Guard | None:
        """What the address must be found by, where that can be told."""


@dataclass(frozen=True, slots=True)
class InDomain:
    """In one of the domains."""

    domains: DomainSet
    entries: frozenset[str]

    def holds(self, facts: Facts, local: str, domain: str) -> bool:  # noqa: ARG002
        return bool(domain) and domain in self.domains

    def guard(self, of: str) -> Guard | None:
        return Guard(of, self.entries) if len(self.entries) <= INDEXED else None


@dataclass(frozen=True, slots=True)
class Membership:
    """On any of the lists (``wanted``), or on none."""

    names: tuple[str, ...]
    entries: AddressSet | None
    wanted: bool

    def holds(self, facts: Facts, local: str, domain: str) -> bool:
        if self.entries is not None and self.entries.contains(local, domain):
            return self.wanted
        return any_true(lambda name: facts.lists.contains(name, local, domain), self.names) is self.wanted

    def guard(self, of: str) -> Guard | None:
        if not self.wanted:
            return None
        if self.entries is None:
            return Guard(of, frozenset(), frozenset(self.names))
        indexed = self.entries.indexable and len(self.entries) <= INDEXED
        return Guard(of, self.entries.entries, frozenset(self.names)) if indexed else None


@dataclass(frozen=True, slots=True)
class Matches:
    """One of the patterns is found in the address."""

    patterns: tuple[Pattern, ...]

    def holds(self, facts: Facts, local: str, domain: str) -> bool:  # noqa: ARG002
        address = f"{local}@{domain}" if domain else local
        return any(pattern.found(address) for pattern in self.patterns)

    def guard(self, of: str) -> Guard | None:  # noqa: ARG002
        return None


@dataclass(frozen=True, slots=True)
class Labelled:
    """An address book gives it one of the labels."""

    labels: frozenset[str]

    def holds(self, facts: Facts, local: str, domain: str) -> bool:
        return not self.labels.isdisjoint(facts.lists.labels(local, domain))

    def guard(self, of: str) -> Guard | None:  # noqa: ARG002
        return None


@dataclass(frozen=True, slots=True)
class AtProvider:
    """At a provider of free mail outside the organisation (``wanted``), or not."""

    providers: DomainSet
    wanted: bool

    def holds(self, facts: Facts, local: str, domain: str) -> bool:  # noqa: ARG002
        return (domain in self.providers and domain not in facts.site.domains) is self.wanted

    def guard(self, of: str) -> Guard | None:  # noqa: ARG002
        return None


def membership(compiler: Compiler, members: tuple[str, ...], *, wanted: bool) -> Membership:
    """Whether an address is among members of which some are names of lists."""
    names = tuple(member for member in members if is_list_name(member))
    entries = tuple(member for member in members if not is_list_name(member))
    return compiler.share(Membership(names, compiler.addresses(entries) if entries else None, wanted))


def passes(checks: tuple[Check, ...], facts: Facts, local: str, domain: str) -> bool:
    """Whether all checks hold; may raise `Unavailable`."""
    if len(checks) == 1:
        return checks[0].holds(facts, local, domain)
    return not any_true(lambda check: not check.holds(facts, local, domain), checks)


def passes_path(checks: tuple[Check, ...], facts: Facts, path: Path) -> bool:
    """Whether an envelope path passes; `Unavailable` where its readings differ or a source is away.

    What holds mail must not be evaded by a second reading, and what exempts must not be met by one: `evaluate` takes
    the stricter side.
    """
    if not path.routes:
        return passes(checks, facts, path.local, path.domain)
    answers = {passes(checks, facts, path.local, domain) for domain in (path.domain, *path.routes)}
    if len(answers) > 1:
        raise Unavailable("address", f"{path.address} can be read in several ways")
    return answers.pop()


def guard_of(checks: tuple[Check, ...], of: str) -> Guard | None:
    """The cheapest way in which any check can be looked up."""
    found = [guard for guard in (check.guard(of) for check in checks) if guard is not None]
    return min(found, key=lambda guard: guard.cost, default=None)
