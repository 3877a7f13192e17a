"""Sets of addresses as sites write them: addresses, domains, sub-domains, patterns.

An entry is ``user@example.com``, ``example.com`` (that domain alone), ``.example.com`` (its sub-domains only, as in
Postfix tables), ``/pattern/`` (RE2, asked of the whole address) or ``<>`` (the null reverse-path). Letter case never
counts, and international domains compare by their A-labels. What is none of these raises `BadEntry`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sekisho.core.domains import DomainSet, normal_domain
from sekisho.core.path import parse_path
from sekisho.core.patterns import Pattern, PatternSet

NULL = "<>"
_DOMAIN = re.compile(r"\.?[^\s\0-\x1f\x7f@/<>,;:\"()\\*.]+(\.[^\s\0-\x1f\x7f@/<>,;:\"()\\*.]+)*\.?|\[[0-9A-Za-z.:]+\]")


class BadEntry(ValueError):
    """The text is no entry of an address list; the message says what would be."""


def normal_entry(text: str) -> str:
    """The one spelling of an entry: two entries that mean the same are equal. Raises `BadEntry`, `BadPattern`."""
    entry = text.strip()
    if entry == NULL:
        return NULL
    if is_pattern(entry):
        return f"/{Pattern(entry[1:-1]).checked().text}/"
    if entry.startswith("<") and entry.endswith(">"):
        entry = entry[1:-1]
    local, at, domain = entry.rpartition("@")
    if not _DOMAIN.fullmatch(domain) or (at and (not local or domain.startswith("."))):
        raise BadEntry(f"{text!r} is not an address, a domain, a .domain or a /pattern/{_advice(local, at, domain)}")
    if at:
        path = parse_path(entry.encode("utf-8", "surrogateescape"))
        return f"{path.local.lower()}@{path.domain}"
    sub = "." if domain.startswith(".") else ""
    return sub + normal_domain(domain.removeprefix("."))


def is_pattern(entry: str) -> bool:
    """Whether an entry is written ``/pattern/``."""
    return len(entry) > 2 and entry.startswith("/") and entry.endswith("/")


def _advice(local: str, at: str, domain: str) -> str:
    if at and not local and _DOMAIN.fullmatch(domain):
        return f"; for a whole domain write {domain}"
    if domain.startswith("*.") and not at:
        return f"; for sub-domains write {domain[1:]}"
    return ""


class AddressSet:
    """Entries made ready to be asked; a question costs a look-up or two however many entries there are."""

    __slots__ = ("_addresses", "_domains", "_null", "_patterns", "entries")

    def __init__(self, entries: Iterable[str]) -> None:
        """Raises `BadEntry` or `BadPattern` for the first bad entry."""
        self.entries = frozenset(map(normal_entry, entries))
        self._null = NULL in self.entries
        self._patterns = PatternSet(sorted(entry[1:-1] for entry in self.entries if is_pattern(entry))).checked()
        plain = [entry for entry in self.entries if entry != NULL and not is_pattern(entry)]
        self._addresses = frozenset(entry for entry in plain if "@" in entry)
        self._domains = DomainSet(entry for entry in plain if "@" not in entry)

    def contains(self, local: str, domain: str) -> bool:
        """Whether the address is in the set; the domain spelled by `normal_domain`, both empty for ``<>``."""
        if not local and not domain:
            return self._null
        address = f"{local.lower()}@{domain}"
        if address in self._addresses or (domain and domain in self._domains):
            return True
        return bool(self._patterns) and self._patterns.found(address if domain else local)

    @property
    def indexable(self) -> bool:
        """Whether the entries say all: no pattern among them."""
        return not self._patterns

    def __len__(self) -> int:
        return len(self.entries)
