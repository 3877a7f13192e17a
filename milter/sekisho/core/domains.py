"""Domain names: one spelling for each, and sets of them as the site writes them.

``example.com`` in a set is that domain alone; ``.example.com`` is its sub-domains only, as in Postfix tables.
International names compare by their A-labels (RFC 5891).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import idna

LONGEST = 255
"""Octets of a domain name (RFC 1035 2.3.4); what is longer is none, and is neither remembered nor looked up."""


def normal_domain(name: str) -> str:
    """Lower case, no trailing dot, A-labels where the name is international; what is no domain comes back lowered."""
    return _normal(name) if len(name) <= LONGEST else name.lower()


@lru_cache(maxsize=65_536)
def _normal(name: str) -> str:
    plain = name.rstrip(".").lower()
    if plain.isascii():
        return plain
    try:
        return idna.encode(plain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return plain


class DomainSet:
    """Domains and sub-domain suffixes; ``name in domains`` costs one look-up a label."""

    __slots__ = ("_exact", "_parents")

    def __init__(self, entries: Iterable[str]) -> None:
        exact: set[str] = set()
        parents: set[str] = set()
        for entry in entries:
            if entry.startswith("."):
                parents.add(normal_domain(entry[1:]))
            else:
                exact.add(normal_domain(entry))
        self._exact = frozenset(exact)
        self._parents = frozenset(parents)

    def __contains__(self, name: str) -> bool:
        """Whether ``name``, spelled by `normal_domain`, is one of them."""
        if name in self._exact:
            return True
        if not self._parents or len(name) > LONGEST:
            return False
        dot = name.find(".")
        while dot >= 0:
            if name[dot + 1 :] in self._parents:
                return True
            dot = name.find(".", dot + 1)
        return False

    def __bool__(self) -> bool:
        return bool(self._exact or self._parents)

    def __iter__(self) -> Iterator[str]:
        """Every domain named, whether itself or its sub-domains are meant; sorted."""
        return iter(sorted(self._exact | self._parents))
