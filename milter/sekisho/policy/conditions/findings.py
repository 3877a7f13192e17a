"""The condition on findings: `finding: CODE`, the one condition with neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from sekisho.core.amounts import Comparison
from sekisho.core.facts import Facts
from sekisho.core.fields import ComparisonField
from sekisho.core.finding import Finding as Found
from sekisho.core.reason import Value
from sekisho.core.truth import NOBODY, Mask, Truth, members
from sekisho.policy.asked import Asked, listed
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.word import Scope, Texts


class Finding(ConditionWord):
    """An inspector has noticed something; true for the recipients whom it concerns."""

    SCOPE = Scope.RECIPIENT
    finding: str = Field(description="The code of the finding")
    kinds: Texts | None = Field(default=None, description="Only findings of these kinds")
    count: ComparisonField | None = Field(default=None, description="So many distinct occurrences, all kinds together")
    people: ComparisonField | None = Field(default=None, description="They concern so many distinct persons")
    dictionary: Texts | None = Field(default=None, description="Only words of these dictionaries")
    score: ComparisonField | None = Field(default=None, description="The highest score of these findings")

    def compiled(self, compiler: Compiler) -> Asked:
        kinds = frozenset((*(self.kinds or ()), *(self.dictionary or ())))
        return compiler.share(FindingIs(self.finding, kinds, self.count, self.people, self.score, self._written()))

    def _written(self) -> str:
        given = {"kinds": self.kinds, "dictionary": self.dictionary}
        parts = [f"{key}: {', '.join(value)}" for key, value in given.items() if value]
        amounts = {"count": self.count, "people": self.people, "score": self.score}
        return ", ".join([*parts, *(f"{key}: {value}" for key, value in amounts.items() if value)])


@dataclass(frozen=True, slots=True, eq=False)
class FindingIs(Asked):
    CODE: ClassVar[str] = "finding"
    COST: ClassVar[int] = 1_000
    code: str
    kinds: frozenset[str]
    count: Comparison | None
    people: Comparison | None
    score: Comparison | None
    test: str

    def ask(self, facts: Facts) -> Truth:
        found = self._those(facts)
        if self.count is self.people is self.score is None:
            return Truth(_union(found)) if found else NOBODY
        yes = 0
        for concerned, group in _groups(found, facts.everyone):
            if self._enough(group):
                yes |= concerned
        return Truth(yes)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        found = self._those(facts)
        return {
            "finding": self.code,
            "test": self.test,
            "count": sum(one.count for one in found),
            "where": listed(list(dict.fromkeys(one.where for one in found))),
        }

    def _those(self, facts: Facts) -> tuple[Found, ...]:
        found = facts.findings(self.code)
        return tuple(one for one in found if one.kind in self.kinds) if found and self.kinds else found

    def _enough(self, found: list[Found]) -> bool:
        return (
            (self.count is None or self.count.matches(sum(one.count for one in found)))
            and (self.people is None or self.people.matches(max((_people(one) for one in found), default=0)))
            and (self.score is None or self.score.matches(max((one.score for one in found), default=0.0)))
        )


def _people(finding: Found) -> int:
    """Inspectors give the number over all kinds with each finding."""
    return int(finding.values.get("people", 0))


def _union(found: Iterable[Found]) -> Mask:
    mask = 0
    for one in found:
        mask |= one.recipients
    return mask


def _groups(found: tuple[Found, ...], everyone: Mask) -> Iterable[tuple[Mask, list[Found]]]:
    """The recipients, those together whom the same findings concern."""
    if all(one.recipients == everyone for one in found):
        return [(everyone, list(found))]
    groups: dict[tuple[int, ...], Mask] = {}
    for index in members(everyone):
        concerned = tuple(number for number, one in enumerate(found) if one.recipients >> index & 1)
        groups[concerned] = groups.get(concerned, 0) | 1 << index
    return [(mask, [found[number] for number in numbers]) for numbers, mask in groups.items()]
