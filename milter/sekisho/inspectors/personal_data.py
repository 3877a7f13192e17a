"""personal-data: My Numbers, payment cards, telephone numbers, addresses, bank accounts and names of persons, counted.

Looked for in subjects, texts and attached files; a signature is one's own business, a quotation known to its
reader. Kinds: ``my-number``, ``payment-card``, ``phone``, ``email-address``, ``postal-address``, ``bank-account``,
``person-name`` (family and given name); each counts different values, once a message. Mail addresses of the site, and
addresses and names of who writes, receives or is addressed do not count. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.folding import fold
from sekisho.core.prose import EVERYTHING, SENT
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import Passage, nowhere, passages
from sekisho.inspectors.parties import Parties
from sekisho.inspectors.person_names import has_shape, may_be_chinese, person_names
from sekisho.inspectors.personal_addresses import postal_addresses
from sekisho.inspectors.personal_contacts import mail_addresses, phones
from sekisho.inspectors.personal_numbers import bank_accounts, my_numbers, payment_cards
from sekisho.inspectors.persons import NAME, Seen, people
from sekisho.inspectors.sighting import Sighting

CODES = ("personal-data",)

Kind = Literal["my-number", "payment-card", "phone", "email-address", "postal-address", "bank-account", "person-name"]
_RECOGNISERS: dict[Kind, Callable[[str], Iterator[Sighting]]] = {
    "my-number": my_numbers,
    "payment-card": payment_cards,
    "phone": phones,
    "email-address": mail_addresses,
    "postal-address": postal_addresses,
    "bank-account": bank_accounts,
}
_SIGNS = ("@", *"0123456789", "丁目", "番地")
"""What every value of the kinds but names holds one of."""
_WEIGHTS = {"my-number": 0.9, "payment-card": 0.9, "bank-account": 0.4, "postal-address": 0.2, NAME: 0.05}


class Settings(base.Settings):
    score: float = Field(
        default=1.0,
        ge=0,
        le=100,
        description="Factor of the scores: 0.9 a My Number or card, 0.4 an account, 0.2 or less else",
    )
    kinds: frozenset[Kind] = Field(default=frozenset({*_RECOGNISERS, "person-name"}), description="What is looked for")
    quoted: bool = Field(default=False, description="Look at quoted text, signatures and disclaimers too")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each kind and place; values: ``people`` (over all kinds and places), ``total`` (of the kind)."""
    if _is_nobodys(facts):
        return
    found, persons = _found(facts, settings)
    totals: dict[str, int] = {}
    for (_, kind), sightings in found.items():
        totals[kind] = totals.get(kind, 0) + len(sightings)
    for (_, kind), sightings in found.items():
        passage, offset, sighting = next(iter(sightings.values()))
        yield Finding(
            CODES[0],
            passage.where(offset),
            facts.everyone,
            kind=kind,
            count=len(sightings),
            score=settings.score * _WEIGHTS.get(kind, 0.1),
            evidence=sighting.shown,
            values={"people": persons, "total": totals[kind]},
        )


_Found = dict[tuple[str, str], dict[str, tuple[Passage, int, Sighting]]]


def _found(facts: Facts, settings: Settings) -> tuple[_Found, int]:
    """By place and kind, each value once in the message, where it first stands; and how many persons that makes."""
    voices = EVERYTHING if settings.quoted else SENT
    parties = Parties(facts)
    known: set[tuple[str, str]] = set()
    found: _Found = {}
    seen: list[Seen] = []
    for passage in passages(facts):
        counted = [
            (offset, sighting)
            for offset, sighting in _sightings(passage, settings)
            if passage.counts(offset, voices) and not parties.have(sighting, passage, offset)
        ]
        seen += _rows(passage, counted)
        for offset, sighting in counted:
            value = (sighting.kind, sighting.key)
            if value not in known:
                known.add(value)
                found.setdefault((passage.place, sighting.kind), {})[sighting.key] = (passage, offset, sighting)
    return found, people(seen)


def _is_nobodys(facts: Facts) -> bool:
    """Whether one look says that there is nothing personal."""
    if facts.has_texts_in_files or not nowhere(facts, _may_hold_any):
        return False
    return not any(may_be_chinese(passage.text) for passage in passages(facts))


def _may_hold_any(text: str) -> bool:
    return _has_signs(fold(text).text) or has_shape(text)


def _has_signs(folded: str) -> bool:
    """Whether any of the kinds but names may be in a text."""
    return any(sign in folded for sign in _SIGNS)


def _sightings(passage: Passage, settings: Settings) -> Iterator[tuple[int, Sighting]]:
    """With their offsets in the text as it was written."""
    folded = fold(passage.text)
    if _has_signs(folded.text):
        for kind, recognise in _RECOGNISERS.items():
            if kind in settings.kinds:
                yield from ((folded.origin(one.start), one) for one in recognise(folded.text))
    if NAME in settings.kinds:
        yield from ((one.start, one) for one in person_names(passage.text))


def _rows(passage: Passage, counted: list[tuple[int, Sighting]]) -> list[Seen]:
    """The values by line, as they follow each other in the text."""
    rows: list[Seen] = []
    line, reached = 1, 0
    for offset, sighting in sorted(counted, key=lambda pair: pair[0]):
        line += passage.text.count("\n", reached, offset)
        reached = max(reached, offset)
        rows.append(Seen(passage.place, line, sighting.kind, sighting.key))
    return rows
