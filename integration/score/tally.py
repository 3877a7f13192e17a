"""Counts of hits, misses and false alarms by code, and the two figures that follow from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integration.score.judged import Judged


@dataclass(frozen=True)
class Row:
    """One code over a set of messages."""

    code: str
    hits: int
    missed: int
    false: int
    negatives: int
    """Messages that were made to look like it and are not."""

    @property
    def recall(self) -> float:
        """Of the messages that have it, the share in which it was found; 1 if there are none."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Of the messages in which it was found, the share that have it; 1 if there are none."""
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0


def tally(judged: Iterable[Judged]) -> Mapping[str, Row]:
    """A row for every code that was to be found or was found, in alphabetical order."""
    hits: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    false: Counter[str] = Counter()
    negatives: Counter[str] = Counter()
    for one in judged:
        right = one.labels & one.told.found
        hits.update(right | _codes(right))
        missed.update(one.missed | (_codes(one.missed) - _codes(right)))
        false.update(one.false | (_codes(one.false) - _codes(one.told.found)))
        if one.told.about and not _has(one.told.found, one.told.about):
            negatives[one.told.about] += 1
    codes = sorted({*hits, *missed, *false, *negatives})
    return {code: Row(code, hits[code], missed[code], false[code], negatives[code]) for code in codes}


def _codes(labels: Iterable[str]) -> frozenset[str]:
    """The codes of labels that name a kind: they have a row of their own, over all kinds."""
    return frozenset(label.partition("/")[0] for label in labels if "/" in label)


def _has(found: Iterable[str], code: str) -> bool:
    return any(label == code or label.startswith(f"{code}/") for label in found)
