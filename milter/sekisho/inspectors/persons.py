"""How many persons the values found in a message belong to.

Nobody can tell for sure, but lists have an order: what stands in one line or row is one person's, unless the line has
several values of a kind; a form with a value a line (氏名, 住所, 電話) is one person's until a kind comes again; a name
seen again is the same person, and so is any other value where nothing contradicts it. Two people may share a telephone
or an address. Linear in the number of values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

NAME = "person-name"
_GAP = 2
"""Lines between two fields of one form."""

Value = tuple[str, str]
"""Kind and key."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One value where it stands."""

    place: str
    line: int
    kind: str
    key: str


@dataclass(slots=True)
class _Person:
    values: dict[str, set[str]] = field(default_factory=dict)

    def add(self, values: Iterable[Value]) -> None:
        for kind, key in values:
            self.values.setdefault(kind, set()).add(key)

    def contradicts(self, values: Iterable[Value]) -> bool:
        return any(kind in self.values and key not in self.values[kind] for kind, key in values)


def people(seen: Iterable[Seen]) -> int:
    """Distinct persons over all kinds and places; ``seen`` in the order of the message."""
    owners: dict[Value, _Person] = {}
    persons: list[_Person] = []
    place, line, form = "", 0, _Person()
    for (where, number), row in groupby(seen, key=lambda one: (one.place, one.line)):
        for values in _split(list(row)):
            goes_on = where == place and number - line <= _GAP and len(values) == 1 and values[0][0] not in form.values
            person = _owner(values, owners) or (form if goes_on and persons else _Person())
            if not person.values:
                persons.append(person)
            person.add(values)
            owners |= {value: person for value in values if value not in owners}
            place, line, form = where, number, person
    return len(persons)


def _split(row: list[Seen]) -> Iterator[list[Value]]:
    """The values of one line by person: all one's where there is one name, else the first of each kind, and so on."""
    kinds: dict[str, list[Value]] = {}
    for one in row:
        value = (one.kind, one.key)
        if value not in kinds.setdefault(one.kind, []):
            kinds[one.kind].append(value)
    if len(kinds.get(NAME, ())) == 1:
        yield [value for values in kinds.values() for value in values]
        return
    for index in range(max(map(len, kinds.values()))):
        yield [values[index] for values in kinds.values() if index < len(values)]


def _owner(values: list[Value], owners: dict[Value, _Person]) -> _Person | None:
    """The person to whom they belong: by name, else by any value that is known where no other speaks against it."""
    for value in values:
        if value[0] == NAME:
            return owners.get(value)
    known = (owners[value] for value in values if value in owners)
    return next((person for person in known if not person.contradicts(values)), None)
