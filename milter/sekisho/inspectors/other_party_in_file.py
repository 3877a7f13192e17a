"""other-party-in-file: an attached file names a customer to whom none of the recipients belongs.

The customers and their domains are told by the settings; without them nothing is looked for. A name within a longer
name (アルファ in アルファベータ) does not count. Concerns the recipients outside the organisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from pydantic import Field

from sekisho.core.domains import DomainSet
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.ports import Hit
from sekisho.inspectors import settings as base
from sekisho.inspectors.dictionaries import WordDictionary
from sekisho.inspectors.evidence import OCCURRENCES, Passage, file_passages, snippet, text_file_passages

CODES = ("other-party-in-file",)


class Settings(base.Settings):
    score: float = Field(default=0.8, ge=0, le=100, description="What one finding adds to a message's score")
    customers: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Names of customers as they are written in files, each with the domains of its people: "
        "`株式会社アルファ: [alpha.example, .alpha.example]`",
    )

    @cached_property
    def names(self) -> WordDictionary:
        """All customers' names."""
        return WordDictionary("customers", self.customers)

    @cached_property
    def domains(self) -> Mapping[str, DomainSet]:
        """Each customer's domains."""
        return {name: DomainSet(domains) for name, domains in self.customers.items()}

    def hits(self, text: str) -> Sequence[Hit]:
        """Every customer's name in a text."""
        return list(islice(self.names.hits(text), OCCURRENCES))

    def belongs(self, customer: str, domain: str) -> bool:
        """Whether people of this domain are the customer's."""
        return domain in self.domains[customer]


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each customer and file; values: ``customer``."""
    if not (settings.customers and facts.external):
        return
    found: dict[tuple[str, str], tuple[Passage, Hit, int]] = {}
    for passage in (*text_file_passages(facts), *file_passages(facts)):
        for hit in _longest(settings.hits(passage.text)):
            if not _is_party(facts, settings, hit.word):
                key = (hit.word, passage.place)
                first, at, count = found.get(key, (passage, hit, 0))
                found[key] = (first, at, count + 1)
    for (customer, _), (passage, hit, count) in found.items():
        yield Finding(
            CODES[0],
            passage.where(hit.start),
            facts.external,
            count=count,
            score=settings.score,
            evidence=snippet(passage.text, hit.start, hit.end),
            values={"customer": one_line(customer, 80)},
        )


def _longest(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The hits that do not stand within a longer one; they come by where they end."""
    end = start = -1
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if hit.start >= start and hit.end <= end:
            continue
        start, end = hit.start, hit.end
        yield hit


def _is_party(facts: Facts, settings: Settings, customer: str) -> bool:
    """Whether any recipient belongs to the customer."""
    return any(settings.belongs(customer, path.domain) for path in facts.transaction.recipients)
