"""header-anomaly: a header or structure that receivers may read in different ways.

Several From, To or Subject fields, addresses that two readers see differently, and whatever the reader of the structure
could not settle. Kind is what is wrong. Concerns all recipients.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.parts import Anomaly
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import masked

CODES = ("header-anomaly",)

SINGLE = {
    "from": "From",
    "sender": "Sender",
    "reply-to": "Reply-To",
    "to": "To",
    "cc": "Cc",
    "subject": "Subject",
    "date": "Date",
    "message-id": "Message-ID",
    "content-type": "Content-Type",
    "content-transfer-encoding": "Content-Transfer-Encoding",
    "mime-version": "MIME-Version",
}
"""Fields that may stand once in a header (RFC 5322 3.6, RFC 2045 3)."""
KINDS = 50
"""Findings from one message's structure; more tell nobody more."""


class Settings(base.Settings):
    score: float = Field(default=0.4, ge=0, le=100, description="What one finding adds to a message's score")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each thing wrong; values: ``field`` and ``fields`` (how many), or in how many other places of the
    structure the same is wrong (``more``): the first is named."""
    for key, name in SINGLE.items():
        instances = len(facts.named(key))
        if instances > 1:
            values: dict[str, str | int] = {"field": name, "fields": instances}
            yield _finding(facts, settings, "repeated-field", f"header:{name}", values=values, count=instances)
    for key, addresses in facts.addresses.items():
        if addresses.ambiguous:
            name = SINGLE.get(key, key.title())
            yield _finding(facts, settings, "ambiguous-address", f"header:{name}", values={"field": name})
    of_kind: dict[str, list[Anomaly]] = {}
    for anomaly in dict.fromkeys(facts.structure.anomalies):
        of_kind.setdefault(anomaly.kind, []).append(anomaly)
    for kind, alike in list(of_kind.items())[:KINDS]:
        yield _finding(
            facts,
            settings,
            one_line(kind, 60),
            one_line(alike[0].where),
            values={"more": len(alike) - 1} if len(alike) > 1 else {},
            count=len(alike),
            evidence=masked(one_line(alike[0].evidence, 80)),
        )


def _finding(
    facts: Facts,
    settings: Settings,
    kind: str,
    where: str,
    *,
    values: dict[str, str | int] | None = None,
    count: int = 1,
    evidence: str = "",
) -> Finding:
    return Finding(
        CODES[0],
        where,
        facts.everyone,
        kind=kind,
        count=count,
        score=settings.score,
        evidence=evidence,
        values=values or {},
    )
