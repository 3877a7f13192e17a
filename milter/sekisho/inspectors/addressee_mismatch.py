"""addressee-mismatch: the salutation names a person or a company that none of the recipients is.

Only the first lines of what was written now count. Nothing is said where a single recipient could be meant: an address
without a name, a reading nobody knows, a list. Companies are compared with display names, and with domains where the
site's ``companies`` say which are whose. Concerns the outside recipients, or all where there are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pydantic import Field

from sekisho.core.domains import DomainSet
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.folding import fold
from sekisho.core.oneline import one_line
from sekisho.core.parts import Mailbox
from sekisho.core.prose import NEW_ONLY
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import Passage, nowhere, own_texts
from sekisho.inspectors.people import Identity, same
from sekisho.inspectors.salutation import Addressee, addressees, companies, may_address

CODES = ("addressee-mismatch",)

_LINES = 30
"""Lines at the top that are looked at, blank ones included."""


class Settings(base.Settings):
    score: float = Field(default=0.5, ge=0, le=100, description="What one finding adds to a message's score")
    recipients: int = Field(
        default=20, ge=1, le=1000, description="More recipients than that are a list, and nobody is compared"
    )
    companies: dict[str, tuple[str, ...]] = Field(
        default={}, description="Domains of companies by name, without the legal form: {サンプル: [sample.co.jp]}"
    )


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each name, once; values: ``name``."""
    boxes = _boxes(facts)
    if not boxes or len(boxes) > settings.recipients or nowhere(facts, may_address):
        return
    seen: set[str] = set()
    for passage in own_texts(facts):
        for addressee, offset in _missing(passage, boxes, settings):
            if addressee.name not in seen:
                seen.add(addressee.name)
                yield _finding(facts, settings, passage.where(offset), addressee)


def _finding(facts: Facts, settings: Settings, where: str, addressee: Addressee) -> Finding:
    name = one_line(addressee.name, 60)
    concerned = facts.external or facts.everyone
    return Finding(
        CODES[0],
        where,
        concerned,
        kind=addressee.kind,
        score=settings.score,
        evidence=name,
        values={"name": name},
    )


def _missing(passage: Passage, boxes: list[Mailbox], settings: Settings) -> Iterator[tuple[Addressee, int]]:
    """Those addressed who are certainly no recipients; persons only where no other person addressed is one."""
    lines = list(islice(passage.lines(NEW_ONLY), _LINES))
    found = list(addressees(fold(line[:200]).text for _, line in lines))
    if not found:
        return
    identities = [Identity.of(box) for box in boxes]
    persons = {one: [same(one, identity) for identity in identities] for one in found if one.kind == "person"}
    if not any(True in answers for answers in persons.values()):
        for one, answers in persons.items():
            if None not in answers:
                yield one, lines[one.line][0]
    for one in found:
        if one.kind == "company" and _is_elsewhere(one.name, boxes, settings):
            yield one, lines[one.line][0]


def _is_elsewhere(company: str, boxes: list[Mailbox], settings: Settings) -> bool:
    """Whether every recipient certainly belongs to another company."""
    known = {fold(name).text: domains for name, domains in settings.companies.items()}
    name = next((name for name in known if name in company or company in name), None)
    if name is not None:
        entries = [entry for domain in known[name] for entry in (domain, f".{domain.lstrip('.')}")]
        domains = DomainSet(entries)
        return not any(box.domain in domains for box in boxes)
    return all(_names_another(company, fold(box.name[:200]).text) for box in boxes)


def _names_another(company: str, display: str) -> bool:
    others = list(companies(display))
    return bool(others) and not any(other in company or company in other for other in others)


def _boxes(facts: Facts) -> list[Mailbox]:
    """The recipients: as the header shows them, and those of the envelope that it does not show."""
    shown = list(facts.visible)
    known = {(box.local.lower(), box.domain) for box in shown}
    hidden = (path for path in facts.transaction.recipients if (path.local.lower(), path.domain) not in known)
    return shown + [Mailbox("", path.local, path.domain) for path in islice(hidden, 1000)]
