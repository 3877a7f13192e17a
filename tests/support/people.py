"""A small organisation: who leads whom, who is away, which groups approve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from sekisho.core.people import Absence, Nobody, Person
from sekisho.core.ports import Unavailable
from sekisho.lists.people import Sourced, Staff

SATO, SUZUKI, TAKAHASHI, ITO, KATO = (
    f"{name}@example.co.jp" for name in ("sato", "suzuki", "takahashi", "ito", "kato")
)
STAFF = (
    Person(SATO, "佐藤", "sales", manager=SUZUKI, aliases=("t.sato@example.co.jp",)),
    Person(SUZUKI, "鈴木", "sales", manager=KATO, deputy=TAKAHASHI),
    Person(TAKAHASHI, "高橋", "sales", manager=SUZUKI, deputy=ITO),
    Person(ITO, "伊藤", "sales", manager="nobody@else.example"),
    Person(KATO, "加藤", "board"),
)
GROUPS = {"legal": (ITO, KATO), "mine": ("T.Sato@example.co.jp",), "empty": (), "outside": ("x@law.example",)}


def people(
    staff: Sequence[Person] = STAFF, groups: Mapping[str, Sequence[str]] = GROUPS, absences: Sequence[Absence] = ()
) -> Sourced:
    """They, with whoever is away."""
    known = Staff(staff)
    return Sourced(lambda: known, {name: _given(members) for name, members in groups.items()}, lambda: absences)


def _given(members: Sequence[str]) -> Callable[[], Sequence[str]]:
    return lambda: members


class Silent(Nobody):
    """A directory that is away."""

    def find(self, address: str) -> NoReturn:
        raise Unavailable("directory", "no answer")

    def absence(self, address: str, at: datetime) -> NoReturn:
        raise Unavailable("directory", "no answer")
