"""Entries made ready to be asked: exact, small, and quick to let go of, up to millions of them.

Entries are those of `sekisho.core.addresses.normal_entry`. They are kept as text in many short runs, chosen by hash: a
question searches one run of about a kilobyte for each way to match. A million addresses take some 35 MB, are not copied
by forking (nothing in them is counted), and neither building nor dropping them keeps other threads waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sekisho.core.addresses import NULL, is_pattern, normal_entry
from sekisho.core.patterns import PatternSet

_RUN = 1024
"""Octets of a run, on average."""
NORMAL = re.compile(r"(?:[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@)?[a-z0-9-]+(?:\.[a-z0-9-]+)+")
"""The usual entry, which is its own normal spelling."""


class Table:
    """A set of entries that cannot change."""

    __slots__ = ("_count", "_mask", "_patterns", "_runs", "_subdomains")

    def __init__(self, entries: Iterable[str], octets: int = 0) -> None:
        """``octets``: about how long they are together. Raises `BadEntry`, `BadPattern` for the first bad one."""
        self._mask = (1 << max(octets // _RUN, 0).bit_length()) - 1
        runs = [bytearray() for _ in range(self._mask + 1)]
        patterns: list[str] = []
        self._subdomains = False
        self._count = 0
        for entry in entries:
            normal = entry if NORMAL.fullmatch(entry) else normal_entry(entry)
            self._count += 1
            if is_pattern(normal):
                patterns.append(normal[1:-1])
                continue
            self._subdomains = self._subdomains or normal.startswith(".")
            key = _octets(normal)
            run = runs[hash(key) & self._mask]
            run += key
        self._patterns = PatternSet(patterns).checked()
        self._runs = tuple(map(bytes, runs))

    def contains(self, local: str, domain: str) -> bool:
        """Whether the address is among them; the domain spelled by `normal_domain`, both empty for ``<>``."""
        if not domain:
            return self._has(NULL) if not local else self._patterns.found(local)
        address = f"{local.lower()}@{domain}"
        if self._has(address) or self._has(domain) or (self._subdomains and self._has_parent(domain)):
            return True
        return bool(self._patterns) and self._patterns.found(address)

    def _has(self, entry: str) -> bool:
        key = _octets(entry)
        if b"\n" in key[1:] or b"\r" in key[:-1]:  # would read as two entries, neither of which was asked for
            return False
        return key in self._runs[hash(key) & self._mask]

    def _has_parent(self, domain: str) -> bool:
        dot = domain.find(".")
        while dot >= 0:
            if self._has(domain[dot:]):
                return True
            dot = domain.find(".", dot + 1)
        return False

    @property
    def has_patterns(self) -> bool:
        """Whether the entries alone do not say all."""
        return bool(self._patterns)

    def entries(self) -> Iterator[str]:
        """All entries but patterns, in no order."""
        for run in filter(None, self._runs):
            yield from run[1:-1].decode("utf-8", "surrogateescape").split("\r\n")

    def __len__(self) -> int:
        """How many entries were given; one that was given twice counts twice."""
        return self._count


def _octets(entry: str) -> bytes:
    """An entry between two octets that none contains, so that no other entry can be part of it."""
    return b"\n%b\r" % entry.encode("utf-8", "surrogateescape")
