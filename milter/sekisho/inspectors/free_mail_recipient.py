"""free-mail-recipient: a recipient at a provider of mail for consumers.

Concerns these recipients. The site may name further providers, and exempt some.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pydantic import Field

from sekisho.core.domains import DomainSet, normal_domain
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.truth import members
from sekisho.inspectors import settings as base
from sekisho.inspectors.providers import FREE_MAIL, FREE_MAIL_WITHIN

CODES = ("free-mail-recipient",)


class Settings(base.Settings):
    score: float = Field(default=0.2, ge=0, le=100, description="What one finding adds to a message's score")
    more: tuple[str, ...] = Field(default=(), description="Further domains of free mail")
    exempt: tuple[str, ...] = Field(default=(), description="Domains that are none here")


def providers(settings: Settings) -> DomainSet:
    """The domains of free mail, as the site sees them; below some, customers have sub-domains."""
    return _providers(settings.more, settings.exempt)


@lru_cache(maxsize=16)
def _providers(more: tuple[str, ...], exempt: tuple[str, ...]) -> DomainSet:
    none_here = frozenset(map(normal_domain, exempt))
    within = (f".{domain}" for domain in FREE_MAIL_WITHIN - none_here)
    return DomainSet((*(FREE_MAIL | FREE_MAIL_WITHIN | set(map(normal_domain, more))) - none_here, *within))


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding; values: ``address`` (the first), ``addresses`` (how many), ``domain``."""
    domains = providers(settings)
    concerned = facts.external & facts.those(lambda path: path.domain in domains)
    if not concerned:
        return
    paths = [facts.transaction.recipients[index] for index in members(concerned)]
    distinct = len({path.address.lower() for path in paths})
    address = one_line(paths[0].address, 100)
    yield Finding(
        CODES[0],
        "envelope",
        concerned,
        count=distinct,
        score=settings.score,
        evidence=address,
        values={"address": address, "addresses": distinct, "domain": one_line(paths[0].domain, 80)},
    )
