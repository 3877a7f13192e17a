"""What compiling needs to know of the site, and the one copy of everything that two rules have in common."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, cast

from sekisho.core.addresses import AddressSet
from sekisho.core.domains import DomainSet
from sekisho.core.patterns import Pattern

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """Names that a policy may refer to."""

    lists: frozenset[str] = frozenset()
    dictionaries: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    """Codes of all inspectors."""
    labels: frozenset[str] = frozenset()
    """Labels of address books, in small letters."""
    free_mail: DomainSet = field(default_factory=lambda: DomainSet(()))
    """Domains of free mail for consumers."""
    holidays: bool = False
    """Whether the site has said which days are holidays."""
    groups: frozenset[str] = frozenset()
    """Groups of approvers."""
    knows_people: bool = False
    """Whether the site has said where its people are kept."""


class Compiler:
    """Turns models into conditions; used for one policy and then dropped."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._shared: dict[tuple[Any, ...], Any] = {}

    def share(self, condition: T) -> T:
        """The one object for all that are equal to this dataclass, field by field."""
        values = tuple(getattr(condition, one.name) for one in fields(cast(Any, condition)))
        return cast(T, self._shared.setdefault((type(condition), *values), condition))

    def addresses(self, entries: tuple[str, ...]) -> AddressSet:
        """A matcher for inline entries; equal lists are one object."""
        key = ("addresses", frozenset(entries))
        if key not in self._shared:
            self._shared[key] = AddressSet(entries)
        return cast(AddressSet, self._shared[key])

    def domains(self, entries: tuple[str, ...]) -> DomainSet:
        """A set of domains; equal ones are one object."""
        key = ("domains", frozenset(entries))
        if key not in self._shared:
            self._shared[key] = DomainSet(entries)
        return cast(DomainSet, self._shared[key])

    def pattern(self, text: str) -> Pattern:
        """A pattern; equal ones are one object."""
        return cast(Pattern, self._shared.setdefault(("pattern", text), Pattern(text).checked()))
