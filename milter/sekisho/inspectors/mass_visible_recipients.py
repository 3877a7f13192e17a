"""mass-visible-recipients: so many outside addresses can see each other in To and Cc.

Concerns the outside recipients: a copy that stays inside shows nobody anything new. Distinct addresses are counted,
whatever fields they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.facts import VISIBLE, Facts
from sekisho.core.finding import Finding
from sekisho.core.registered import registered_domain
from sekisho.inspectors import settings as base

CODES = ("mass-visible-recipients",)


class Settings(base.Settings):
    score: float = Field(default=0.6, ge=0, le=100, description="What one finding adds to a message's score")
    addresses: int = Field(
        default=10, ge=2, le=1_000_000, description="Outside addresses in To and Cc from which on there is a finding"
    )


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding; values: ``addresses``, ``domains`` (how many organisations), ``internal``."""
    outside = facts.visible_external
    if len(outside) < settings.addresses or not facts.external:
        return
    domains = {registered_domain(box.domain) for box in outside}
    yield Finding(
        CODES[0],
        f"header:{first_visible_field(facts)}",
        facts.external,
        count=len(outside),
        score=settings.score,
        values={
            "addresses": len(outside),
            "domains": len(domains),
            "internal": len(facts.visible) - len(outside),
        },
    )


def first_visible_field(facts: Facts) -> str:
    """The name, as it is usually written, of the field that shows most recipients."""
    shown = {key: len(facts.addresses[key].mailboxes) for key in VISIBLE if key in facts.addresses}
    return max(shown, key=lambda key: shown[key], default="to").title()
