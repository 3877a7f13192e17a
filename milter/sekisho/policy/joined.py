"""Conditions made of conditions: all, any and not, as sets of recipients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sekisho.core.facts import Facts
from sekisho.core.reason import Value
from sekisho.core.truth import NOBODY, Truth
from sekisho.policy.asked import Asked, Guard
from sekisho.policy.compiler import Compiler


@dataclass(frozen=True, slots=True, eq=False)
class Composite(Asked):
    """Conditions joined by all or any; ``order`` is ``parts`` with the cheap ones first."""

    parts: tuple[Asked, ...]
    order: tuple[Asked, ...]

    @property
    def cost(self) -> int:
        return sum(part.cost for part in self.parts)

    def values(self, facts: Facts) -> Mapping[str, Value]:  # noqa: ARG002  (the parts say all)
        return {}

    def inner_conditions(self) -> tuple[Asked, ...]:
        return self.parts


@dataclass(frozen=True, slots=True, eq=False)
class Every(Composite):
    CODE: ClassVar[str] = "all"

    def ask(self, facts: Facts) -> Truth:
        yes = possible = facts.everyone
        for part in self.order:
            truth = part.truth(facts)
            yes &= truth.yes
            possible &= truth.yes | truth.unknown
            if not possible:
                return NOBODY
        return Truth(yes, possible & ~yes)

    def guard(self) -> Guard | None:
        found = [guard for guard in (part.guard() for part in self.parts) if guard is not None]
        return min(found, key=lambda guard: guard.cost, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Either(Composite):
    CODE: ClassVar[str] = "any"

    def ask(self, facts: Facts) -> Truth:
        truth = NOBODY
        for part in self.order:
            truth |= part.truth(facts)
            if truth.yes == facts.everyone:
                return truth
        return truth

    def guard(self) -> Guard | None:
        found = [part.guard() for part in self.parts]
        guards = [guard for guard in found if guard is not None]
        if len(guards) < len(found) or len({guard.of for guard in guards}) != 1:
            return None
        keys = frozenset().union(*(guard.keys for guard in guards))
        return Guard(guards[0].of, keys, frozenset().union(*(guard.lists for guard in guards)))


@dataclass(frozen=True, slots=True, eq=False)
class Neither(Asked):
    CODE: ClassVar[str] = "not"
    inner: Asked

    @property
    def cost(self) -> int:
        return self.inner.cost

    def ask(self, facts: Facts) -> Truth:
        return self.inner.truth(facts).complement(facts.everyone)

    def values(self, facts: Facts) -> Mapping[str, Value]:  # noqa: ARG002  (the parts say all)
        return {}

    def inner_conditions(self) -> tuple[Asked, ...]:
        return (self.inner,)


def every(compiler: Compiler, parts: tuple[Asked, ...]) -> Asked:
    """All of them; one alone is itself."""
    return parts[0] if len(parts) == 1 else compiler.share(Every(parts, _cheap_first(parts)))


def either(compiler: Compiler, parts: tuple[Asked, ...]) -> Asked:
    """Any of them; one alone is itself."""
    return parts[0] if len(parts) == 1 else compiler.share(Either(parts, _cheap_first(parts)))


def _cheap_first(parts: tuple[Asked, ...]) -> tuple[Asked, ...]:
    return tuple(sorted(parts, key=lambda part: part.cost))
