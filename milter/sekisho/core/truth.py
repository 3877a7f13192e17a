"""For which recipients something is true: the value of every condition.

A ``Mask`` is a set of recipients as an int: bit i stands for ``transaction.recipients[i]``. A ``Truth`` holds two of
them, disjoint: those for whom the condition is true, and those for whom a source was away and nobody can say.
Combination follows Kleene's strong three-valued logic, recipient by recipient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sekisho.core.values import value

Mask = int


@value(frozen=True, slots=True)
class Truth:
    """The recipients for whom a condition is true (``yes``) and those for whom it is ``unknown``; never both."""

    yes: Mask
    unknown: Mask = 0

    def __and__(self, other: Truth) -> Truth:
        yes = self.yes & other.yes
        possible = (self.yes | self.unknown) & (other.yes | other.unknown)
        return Truth(yes, possible & ~yes)

    def __or__(self, other: Truth) -> Truth:
        yes = self.yes | other.yes
        return Truth(yes, (self.unknown | other.unknown) & ~yes)

    def complement(self, everyone: Mask) -> Truth:
        """Not: true where this is false, unknown where it is unknown."""
        return Truth(everyone & ~(self.yes | self.unknown), self.unknown)

    def __bool__(self) -> bool:
        return bool(self.yes or self.unknown)


NOBODY = Truth(0)


def mask_of_all(count: int) -> Mask:
    """The mask of ``count`` recipients, all of them."""
    return (1 << count) - 1


def members(mask: Mask) -> Iterator[int]:
    """The indexes in a mask, in rising order; costs as much as there are members, not as the mask is wide."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def renumbered(mask: Mask, indexes: Sequence[int | None]) -> Mask:
    """The mask with bit n for the recipient whose old bit was ``indexes[n]``; None is one that has no old bit."""
    return sum(1 << place for place, index in enumerate(indexes) if index is not None and mask >> index & 1)
