"""What is wrong with a site's approvers before anybody has to be asked: nobody to stand in, nobody to lead, rings.

Given what a site knows of its people; gives problems as codes and addresses. Raises what `People` raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sekisho.core.people import People, Person

NO_FALLBACK = "no-fallback"
EMPTY_GROUP = "empty-group"
EXTERNAL = "external"
NO_DEPUTY = "no-deputy"
DEPUTY_LOOP = "deputy-loop"
NO_MANAGER = "no-manager"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that will make somebody else be asked some day."""

    code: str
    who: str
    """An address, or the name of a group."""


def problems(
    people: People,
    everybody: Sequence[Person],
    groups: Mapping[str, Sequence[str]],
    fallback: Sequence[str],
    is_external: Callable[[str], bool],
) -> Iterator[Problem]:
    """Everything that is wrong, each once. ``everybody``: empty where people are known one by one only."""
    if not fallback:
        yield Problem(NO_FALLBACK, "")
    yield from (Problem(EMPTY_GROUP, name) for name, members in groups.items() if not members)
    approvers = _approvers(people, everybody, groups, fallback)
    yield from (Problem(EXTERNAL, address) for address in approvers if is_external(address))
    for address in approvers:
        yield from _deputies(people, address)
    leaders = {person.manager for person in everybody if person.manager}
    for person in everybody:
        if not person.manager and not person.owner and person.address not in leaders:
            yield Problem(NO_MANAGER, person.address)


def _approvers(
    people: People, everybody: Iterable[Person], groups: Mapping[str, Sequence[str]], fallback: Iterable[str]
) -> list[str]:
    """Everybody who may be asked, by the address by which the person is known."""
    named = [*(member for members in groups.values() for member in members), *fallback]
    named += [person.manager for person in everybody if person.manager]
    known = (people.find(address) for address in named)
    found = (person.address if person else address for address, person in zip(named, known, strict=True))
    return list(dict.fromkeys(found))


def _deputies(people: People, address: str) -> Iterator[Problem]:
    """Whether somebody decides when this one is away, and the deputies of deputies come to an end."""
    person = people.find(address)
    if person is None or not person.deputy:
        yield Problem(NO_DEPUTY, address)
        return
    seen = {address}
    while person is not None and person.deputy:
        if person.deputy in seen:
            yield Problem(DEPUTY_LOOP, address)
            return
        seen.add(person.deputy)
        person = people.find(person.deputy)
