"""personal-data: My Numbers, payment cards, telephone numbers, mail and postal addresses, bank accounts, counted.

Looked for in subjects, texts and attached files; a signature is one's own business, a quotation known to its
reader. Kinds: ``my-number``, ``payment-card``, ``phone``, ``email-address``, ``postal-address``, ``bank-account``; each
counts different values, once a message. Mail addresses of the site, of the sender and of the recipients do not count.
Concerns all recipients.
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
from sekisho.inspectors.evidence import Passage, passages
from sekisho.inspectors.personal_addresses import postal_addresses
from sekisho.inspectors.personal_contacts import mail_addresses, phones
from sekisho.inspectors.personal_numbers import bank_accounts, my_numbers, payment_cards
from sekisho.inspectors.sighting import Sighting

CODES = ("personal-data",)

Kind = Literal["my-number", "payment-card", "phone", "email-address", "postal-address", "bank-account"]
_RECOGNISERS: dict[Kind, Callable[[str], Iterator[Sighting]]] = {
    "my-number": my_numbers,
    "payment-card": payment_cards,
    "phone": phones,
    "email-address": mail_addresses,
    "postal-address": postal_addresses,
    "bank-account": bank_accounts,
}
_SIGNS = ("@", *"0123456789", "丁目", "番地")
"""A text without any of these holds none of the kinds."""
_WEIGHTS = {"my-number": 0.9, "payment-card": 0.9, "bank-account": 0.4, "postal-address": 0.2}


class Settings(base.Settings):
    score: float = Field(
        default=1.0,
        ge=0,
        le=100,
        description="Factor of the scores: 0.9 a My Number or card, 0.4 an account, 0.2 or less else",
    )
    kinds: frozenset[Kind] = Field(default=frozenset(_RECOGNISERS), description="What is looked for")
    quoted: bool = Field(default=False, description="Look at quoted text, signatures and disclaimers too")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each kind and place; values: ``people`` (over all kinds and places), ``total`` (of the kind)."""
    found = _found(facts, settings)
    totals: dict[str, int] = {}
    for (_, kind), sightings in found.items():
        totals[kind] = totals.get(kind, 0) + len(sightings)
    # Nobody can tell which number belongs to whom: as many people as there are values of the commonest kind.
    people = max(totals.values(), default=0)
    for (_, kind), sightings in found.items():
        passage, sighting = next(iter(sightings.values()))
        yield Finding(
            CODES[0],
            passage.where(fold(passage.text).origin(sighting.start)),
            facts.everyone,
            kind=kind,
            count=len(sightings),
            score=settings.score * _WEIGHTS.get(kind, 0.1),
            evidence=sighting.shown,
            values={"people": people, "total": totals[kind]},
        )


_Found = dict[tuple[str, str], dict[str, tuple[Passage, Sighting]]]


def _found(facts: Facts, settings: Settings) -> _Found:
    """By place and kind, each value once in the message, where it first stands."""
    voices = EVERYTHING if settings.quoted else SENT
    ours = _our_addresses(facts)
    seen: set[tuple[str, str]] = set()
    found: _Found = {}
    for passage in passages(facts):
        for sighting in _sightings(passage, settings):
            known = (sighting.kind, sighting.key)
            if known in seen or not passage.counts(fold(passage.text).origin(sighting.start), voices):
                continue
            if sighting.kind == "email-address" and _is_ours(sighting.key, ours, facts):
                continue
            seen.add(known)
            found.setdefault((passage.place, sighting.kind), {})[sighting.key] = (passage, sighting)
    return found


def _sightings(passage: Passage, settings: Settings) -> Iterator[Sighting]:
    text = fold(passage.text).text
    if not any(sign in text for sign in _SIGNS):
        return
    for kind, recognise in _RECOGNISERS.items():
        if kind in settings.kinds:
            yield from recognise(text)


def _our_addresses(facts: Facts) -> frozenset[str]:
    """Everybody who takes part in this message."""
    boxes = [box.address for addresses in facts.addresses.values() for box in addresses.mailboxes]
    paths = [path.address for path in (facts.transaction.sender, *facts.transaction.recipients)]
    return frozenset(address.lower() for address in (*boxes, *paths))


def _is_ours(address: str, ours: frozenset[str], facts: Facts) -> bool:
    return address in ours or address.rpartition("@")[2] in facts.site.domains
