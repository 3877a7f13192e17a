"""The site's people, from wherever they are kept: who they are, who leads them, who is away, which groups approve.

Implements `sekisho.core.people.People`. People come whole from an address book, a directory or a query (`Staff`), or
one by one from a Postfix table of managers (`Managers`); groups are lists, absences a file, or what the configuration
says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sekisho.core.people import Absence, Person
from sekisho.core.ports import Unavailable


class Source(Protocol):
    """Who somebody is."""

    def find(self, address: str) -> Person | None: ...
    def section(self, name: str) -> Sequence[str]: ...
    def everybody(self) -> Sequence[Person]: ...


class Staff:
    """People as a table that does not change."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._known: dict[str, Person] = {}
        self._sections: dict[str, list[str]] = {}
        self._people = tuple(people)
        for person in self._people:
            self._known.update(dict.fromkeys((*person.aliases, person.address), person))
            if person.section and not person.owner:
                self._sections.setdefault(person.section.casefold(), []).append(person.address)

    def find(self, address: str) -> Person | None:
        return self._known.get(address.lower())

    def section(self, name: str) -> Sequence[str]:
        return self._sections.get(name.casefold(), ())

    def everybody(self) -> Sequence[Person]:
        return self._people

    def contains(self, local: str, domain: str) -> bool:
        return f"{local.lower()}@{domain}" in self._known

    def __len__(self) -> int:
        return len(self._people)


@dataclass(frozen=True, slots=True)
class Managers:
    """A table that knows of an address who its manager is, and nothing else."""

    ask: Callable[[str], str]
    """Gives the manager's address, or nothing; raises `Unavailable`."""

    def find(self, address: str) -> Person | None:
        manager = self.ask(address)
        return Person(address.lower(), manager=manager.lower()) if manager else None

    def section(self, name: str) -> Sequence[str]:  # noqa: ARG002
        return ()

    def everybody(self) -> Sequence[Person]:
        return ()


@dataclass(frozen=True, slots=True)
class Sourced:
    """All of it together; each source gives its latest."""

    source: Callable[[], Source]
    groups: Mapping[str, Callable[[], Iterable[str]]]
    absences: Callable[[], Sequence[Absence]]
    at_hand: Callable[[], Source | None] = lambda: None
    """What is known without asking anybody."""
    aged: Mapping[str, Callable[[], float]] = field(default_factory=dict)
    """Of each source that is no list of its own, how old its copy is, in seconds."""

    def find(self, address: str) -> Person | None:
        return self.source().find(address)

    def section(self, name: str) -> Sequence[str]:
        return self.source().section(name)

    def known_as(self, address: str) -> str:
        """The one address of a person, whichever alias was given; the address itself where nobody can say."""
        try:
            person = self.find(address)
        except Unavailable:
            return address
        return person.address if person is not None else address

    def answers_for(self, name: str) -> str:
        """The person who answers for an address or a login name, as far as that is known at once; else empty."""
        there = self.at_hand()
        person = there.find(name) if there is not None else None
        if there is None or person is None:
            return ""
        owner = there.find(person.owner) if person.owner else person
        return owner.address if owner is not None else person.owner

    def ages(self) -> dict[str, float]:
        """How old the copies in use are, in seconds since they were surely what their sources say."""
        return {name: age() for name, age in self.aged.items()}

    def everybody(self) -> Sequence[Person]:
        """Everybody who is known; nobody where people are asked one by one."""
        return self.source().everybody()

    def group(self, name: str) -> Sequence[str] | None:
        members = self.groups.get(name)
        return sorted({entry.lower() for entry in members() if "@" in entry}) if members is not None else None

    def approvers(self) -> frozenset[str]:
        return frozenset(member for name in self.groups for member in self.group(name) or ())

    def absence(self, address: str, at: datetime) -> Absence | None:
        """Also one that was entered under an alias."""
        person = self.find(address)
        names = {address.lower(), *((person.address, *person.aliases) if person else ())}
        away = (one for one in self.absences() if one.address in names and one.since <= at < one.until)
        return next(away, None)


class NoStaff:
    """Where nobody said who works here."""

    def find(self, address: str) -> Person | None:  # noqa: ARG002
        return None

    def section(self, name: str) -> Sequence[str]:  # noqa: ARG002
        return ()

    def everybody(self) -> Sequence[Person]:
        return ()


def person_of(values: Mapping[str, str]) -> Person:
    """A row by the names of its columns. ``ValueError`` where it has no address."""
    address = values.get("address", "").strip().lower()
    if "@" not in address:
        raise ValueError(f"{address!r} is not a person's address")
    return Person(
        address=address,
        name=values.get("name", "").strip(),
        section=values.get("section", "").strip(),
        manager=values.get("manager", "").strip().lower(),
        deputy=values.get("deputy", "").strip().lower(),
        language=values.get("language", "").strip().lower(),
        owner=values.get("owner", "").strip().lower(),
        aliases=tuple(alias.lower() for alias in values.get("aliases", "").replace(",", " ").split()),
    )


def staff_of(rows: Iterable[Mapping[str, str]], source: str) -> Staff:
    """Rows as people; those that are nobody's are left out, but nonsense throughout is `Unavailable`."""
    people, wrong = [], 0
    for row in rows:
        try:
            people.append(person_of(row))
        except ValueError:
            wrong += 1
    if wrong and not people:
        raise Unavailable(source, "none of its rows has an address")
    return Staff(people)
