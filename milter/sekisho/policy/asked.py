"""Compiled conditions: asked once a message, never raising because a source is away.

A condition is one object for all rules that say the same (`sekisho.policy.compiler.Compiler.share`), so its truth is
kept with the facts by identity. A source that is away makes it unknown, for everybody or for the recipients concerned.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from sekisho.core.facts import Facts
from sekisho.core.message import Path
from sekisho.core.ports import Unavailable
from sekisho.core.reason import Reason, Value
from sekisho.core.truth import NOBODY, Mask, Truth, members

T = TypeVar("T")

SHOWN = 5
"""So many addresses or names stand in a reason."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a message must have for a condition to be true: a sender or a recipient that one of these finds."""

    of: str
    """``sender`` or ``recipient``."""
    keys: frozenset[str]
    """``user@example.com``, ``example.com``, ``.example.com`` or ``<>``, as `normal_entry` spells them."""
    lists: frozenset[str] = frozenset()
    """Names of lists."""

    @property
    def cost(self) -> tuple[int, int]:
        """For choosing the better one of two: lists are asked, keys are only looked up."""
        return len(self.lists), len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Asked(ABC):
    """Base of compiled conditions. Two that are equal are the same object."""

    CODE: ClassVar[str]
    """The code of its reasons: see `sekisho.policy.reasons`."""
    COST: ClassVar[int] = 1
    """Rough microseconds; cheap conditions are asked first."""

    @abstractmethod
    def ask(self, facts: Facts) -> Truth:
        """For whom it is true; may raise `Unavailable`."""

    @abstractmethod
    def values(self, facts: Facts) -> Mapping[str, Value]:
        """What the sentence about it needs; may raise `Unavailable`."""

    @property
    def cost(self) -> int:
        """What asking it costs at most."""
        return self.COST

    def inner_conditions(self) -> tuple[Asked, ...]:
        """The conditions that it is made of."""
        return ()

    def guard(self) -> Guard | None:
        """What it cannot be true or unknown without, where that can be looked up."""
        return None

    def truth(self, facts: Facts) -> Truth:
        """For whom it is true; the first question is answered by `ask`, later ones from memory."""
        known = facts.truths.get(self)
        if known is None:
            try:
                known = self.ask(facts)
            except Unavailable as error:
                facts.away[error.source] = error.why
                known = Truth(0, facts.everyone)
            facts.truths[self] = known
        return known

    def reason(self, facts: Facts) -> Reason:
        """Why it is, or is not, true."""
        truth, inner = self.truth(facts), self.inner_conditions()
        values = self._values(facts)
        if truth.unknown and not truth.yes and not inner:
            values |= {"source": listed(list(facts.away)), "why": listed(list(facts.away.values()))}
        told = {"holds": holds(truth, facts.everyone), **matching(facts, truth), **values}
        return Reason(self.CODE, told, tuple(part.reason(facts) for part in inner))

    def _values(self, facts: Facts) -> dict[str, Value]:
        try:
            return dict(self.values(facts))
        except Unavailable:
            return {}


def holds(truth: Truth, everyone: Mask) -> str:
    """``yes`` for all recipients, ``some``, ``no``, or ``unknown`` where nobody is sure and somebody may be."""
    if truth.yes:
        return "yes" if truth.yes == everyone else "some"
    return "unknown" if truth.unknown else "no"


def matching(facts: Facts, truth: Truth) -> Mapping[str, Value]:
    """For whom it is true, where that is some of them."""
    if not truth.yes or truth.yes == facts.everyone:
        return {}
    return {"matching": addresses(facts, truth.yes)}


def addresses(facts: Facts, mask: Mask) -> str:
    """The first recipients of a mask, and how many more there are: ``a@b.jp, c@d.jp, … (+3)``."""
    names = [facts.transaction.recipients[index].address for index in members(mask)]
    return listed(names)


def listed(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown}, … (+{len(names) - SHOWN})"


def any_true(test: Callable[[T], bool], items: Iterable[T]) -> bool:
    """Whether the test is true of any item; `Unavailable` only if it is true of none and a source was away for one."""
    away: Unavailable | None = None
    for item in items:
        try:
            if test(item):
                return True
        except Unavailable as error:
            away = error
    if away is not None:
        raise away
    return False


def whole(facts: Facts, *, true: bool) -> Truth:
    """The truth of a condition on the message."""
    return Truth(facts.everyone) if true else NOBODY


def each(facts: Facts, test: Callable[[Path], bool], candidates: Mask) -> Truth:
    """The truth of a test of each candidate; where a source is away for one of them, it is unknown for that one."""
    yes = unknown = 0
    recipients = facts.transaction.recipients
    for index in members(candidates):
        try:
            if test(recipients[index]):
                yes |= 1 << index
        except Unavailable as error:
            facts.away[error.source] = error.why
            unknown |= 1 << index
    return Truth(yes, unknown)
