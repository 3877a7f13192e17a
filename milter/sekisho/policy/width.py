"""Whether a changed condition is true of more messages than before, or of fewer.

Compares two conditions as they are written. What it says is certain; where it cannot be sure it says different.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum

from sekisho.core.amounts import Comparison
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.quantifiers import NoRecipient
from sekisho.policy.conditions.tree import All, Any_, Not
from sekisho.policy.word import Word

INVERTED = {"not_in"}
"""Settings of which more means that fewer fit."""


class Width(Enum):
    """How a condition has changed."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    DIFFERENT = "different"

    @property
    def inverse(self) -> Width:
        """Of the negation."""
        return {Width.WIDER: Width.NARROWER, Width.NARROWER: Width.WIDER}.get(self, self)


def together(widths: Iterable[Width]) -> Width:
    """Of a condition of which several parts have changed."""
    changed = {width for width in widths if width is not Width.SAME}
    if len(changed) > 1:
        return Width.DIFFERENT
    return changed.pop() if changed else Width.SAME


def compared(old: ConditionWord, new: ConditionWord) -> Width:
    """How ``new`` differs from ``old``."""
    if old == new:
        return Width.SAME
    if isinstance(old, Not) and isinstance(new, Not):
        return compared(old.not_, new.not_).inverse
    if isinstance(old, Any_) and isinstance(new, Any_):
        return _children(old.any, new.any).inverse
    if isinstance(old, All) or isinstance(new, All):
        return _children(_conjuncts(old), _conjuncts(new))
    if type(old) is not type(new):
        return Width.DIFFERENT
    width = _settings(old, new)
    return width.inverse if isinstance(new, NoRecipient) else width


def exceptions(old: tuple[ConditionWord, ...], new: tuple[ConditionWord, ...]) -> Width:
    """How the rule differs whose exceptions have changed."""
    return _children(old, new)


def _conjuncts(word: ConditionWord) -> tuple[ConditionWord, ...]:
    return word.all if isinstance(word, All) else (word,)


def _children(old: tuple[ConditionWord, ...], new: tuple[ConditionWord, ...]) -> Width:
    """Of conditions all of which must be true: one more is narrower; one of the same word is compared with it."""
    gone, come = list((Counter(old) - Counter(new)).elements()), list((Counter(new) - Counter(old)).elements())
    widths = []
    for word in list(come):
        partner = next((one for one in gone if type(one) is type(word)), None)
        if partner is not None:
            gone.remove(partner)
            come.remove(word)
            widths.append(compared(partner, word))
    widths += [Width.WIDER] * len(gone) + [Width.NARROWER] * len(come)
    return together(widths)


def _settings(old: Word, new: Word) -> Width:
    return together(_setting(name, getattr(old, name), getattr(new, name)) for name in type(new).model_fields)


def _setting(name: str, old: object, new: object) -> Width:
    if old == new:
        width = Width.SAME
    elif old is None or new is None:
        return Width.WIDER if new is None else Width.NARROWER
    elif isinstance(old, Comparison) and isinstance(new, Comparison):
        width = _comparison(old, new)
    elif isinstance(old, Word) and isinstance(new, Word):
        width = _settings(old, new)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        width = _members(set(old), set(new))
    else:
        width = Width.DIFFERENT
    return width.inverse if name in INVERTED else width


def _members(old: set[object], new: set[object]) -> Width:
    if old == new:
        return Width.SAME
    if old < new:
        return Width.WIDER
    return Width.NARROWER if new < old else Width.DIFFERENT


def _comparison(old: Comparison, new: Comparison) -> Width:
    # A comparison changes its answer only at its amount: these numbers stand for all.
    edges = sorted({old.amount, new.amount})
    tried = [edges[0] - 1, *edges, sum(edges) / len(edges), edges[-1] + 1]
    return _members({one for one in tried if old.matches(one)}, {one for one in tried if new.matches(one)})
