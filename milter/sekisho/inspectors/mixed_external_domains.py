"""mixed-external-domains: visible outside recipients belong to so many organisations.

An organisation is a registered domain; those that own several are named in ``same-organization``. Concerns the outside
recipients, who would learn of each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.domains import normal_domain
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.registered import registered_domain
from sekisho.inspectors import settings as base
from sekisho.inspectors.mass_visible_recipients import first_visible_field

CODES = ("mixed-external-domains",)
NAMED = 5
"""Organisations named in a finding; the others are counted."""


class Settings(base.Settings):
    score: float = Field(default=0.3, ge=0, le=100, description="What one finding adds to a message's score")
    domains: int = Field(
        default=2, ge=2, le=1_000_000, description="Outside organisations in To and Cc from which on there is a finding"
    )
    same_organization: tuple[tuple[str, ...], ...] = Field(
        default=(), description="Groups of domains that belong to one organisation each: [[a.example, b.example]]"
    )


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding; values: ``domains`` (how many), ``names`` (the first of them), ``addresses``."""
    outside = facts.visible_external
    if len(outside) < settings.domains or not facts.external:
        return
    owner = {normal_domain(name): group[0] for group in settings.same_organization for name in group}
    organizations = dict.fromkeys(_organization(box.domain, owner) for box in outside)
    if len(organizations) < settings.domains:
        return
    yield Finding(
        CODES[0],
        f"header:{first_visible_field(facts)}",
        facts.external,
        count=len(organizations),
        score=settings.score,
        values={
            "domains": len(organizations),
            "names": ", ".join(list(organizations)[:NAMED]),
            "addresses": len(outside),
        },
    )


def _organization(domain: str, owner: dict[str, str]) -> str:
    registered = registered_domain(domain)
    return owner.get(domain) or owner.get(registered) or registered
