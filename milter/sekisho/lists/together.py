"""Many lists asked at once: which of them may hold an address, for the price of asking one.

The entries of small lists stand together in one index, each with the numbers of its lists, kept as `Table` keeps its
entries. Lists that are large, hold patterns or live elsewhere are asked one by one, and so is one that has changed
until the index has been made anew beside the traffic. What is found here may be on a list: the list itself decides.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping

from sekisho.core.addresses import NULL
from sekisho.core.ports import Unavailable
from sekisho.lists.entries import Book, above
from sekisho.lists.table import Table
from sekisho.lists.watched import INTERVAL, Asked, Clocks, Watched

FEW = 10_000
"""Entries up to which a list is in the index."""
_RUN = 512
"""Octets of a run, on average."""


class Together:
    """Lists by name, asked together."""

    def __init__(self, lists: Mapping[str, Asked], clocks: Clocks) -> None:
        self._lists = lists
        self._clocks = clocks
        self._busy = threading.Lock()
        self._next = clocks.steady() + INTERVAL
        self._index = _Index(_indexable(lists))
        self._apart = self._not_in(self._index)

    def holding(self, names: Collection[str], local: str, domain: str) -> Iterator[str]:
        """Those of these lists on which the address is, and perhaps others; also one that is away."""
        if self._clocks.steady() >= self._next:
            self._look()
        apart = self._apart  # before the index: a new index is there before its lists are asked no more
        yield from self._index.holding(local, domain)
        for name in apart:
            if name in names and self._may_hold(name, local, domain):
                yield name

    def _may_hold(self, name: str, local: str, domain: str) -> bool:
        try:
            return self._lists[name].contains(local, domain)
        except Unavailable:
            return True

    def _look(self) -> None:
        """Which lists have changed since they were put into the index; where one has, begin to make another."""
        self._next = self._clocks.steady() + INTERVAL
        self._apart = self._not_in(self._index)
        changed = any(name in self._index.tables for name in self._apart)
        if changed and self._busy.acquire(blocking=False):
            try:
                self._clocks.start(self._renew)
            except RuntimeError:  # no thread to be had now; the next look tries again
                self._busy.release()

    def _renew(self) -> None:
        try:
            self._index = _Index(_indexable(self._lists))
            self._apart = self._not_in(self._index)
        finally:
            self._busy.release()

    def _not_in(self, index: _Index) -> tuple[str, ...]:
        present = {name: _current(found) for name, found in self._lists.items()}
        return tuple(name for name, one in present.items() if one is None or one is not index.tables.get(name))


def _indexable(lists: Mapping[str, Asked]) -> dict[str, Asked]:
    """The present contents of the lists that can stand in an index."""
    found = {name: _current(one) for name, one in lists.items()}
    return {
        name: one for name, one in found.items() if one is not None and len(one) <= FEW and _entries(one) is not None
    }


def _current(found: Asked) -> Asked | None:
    """What a list is made of now; None where it is elsewhere."""
    if isinstance(found, Watched):
        current: Asked = found.latest()
        return current
    return found if isinstance(found, Table) else None


def _entries(found: Asked) -> Iterable[str] | None:
    """All by which an address may be on it; None where there are patterns."""
    if isinstance(found, Book):
        own = _entries(found.table)
        return None if own is None else (*own, *found.contacts)
    return found.entries() if isinstance(found, Table) and not found.has_patterns else None


class _Index:
    """Entries with the numbers of their lists, in runs chosen by hash."""

    def __init__(self, tables: dict[str, Asked]) -> None:
        self.tables = tables
        self._names = tuple(tables)
        self._mask = (1 << (sum(map(len, tables.values())) * 32 // _RUN).bit_length()) - 1
        runs = [bytearray() for _ in range(self._mask + 1)]
        for number, table in enumerate(tables.values()):
            for entry in _entries(table) or ():
                key = _key(entry)
                runs[hash(key) & self._mask] += b"%b%d" % (key, number)
        self._runs = tuple(bytes(run) + b"\n" for run in runs)

    def holding(self, local: str, domain: str) -> Iterator[str]:
        """The lists that hold the address, its domain or one above."""
        for key in map(_key, _entries_for(local, domain)):
            run = self._runs[hash(key) & self._mask]
            at = run.find(key)
            while at >= 0:
                end = run.index(b"\n", at + len(key))
                yield self._names[int(run[at + len(key) : end])]
                at = run.find(key, end)


def _entries_for(local: str, domain: str) -> tuple[str, ...]:
    """Every entry by which an address is on a list; one without a domain is found by patterns only."""
    if domain:
        return (f"{local.lower()}@{domain}", *above(domain))
    return () if local else (NULL,)


def _key(entry: str) -> bytes:
    """An entry between two octets that no other entry contains; line ends, which none may hold, are taken out."""
    octets = entry.encode("utf-8", "surrogateescape")
    return b"\n%b\r" % octets.replace(b"\n", b"\0").replace(b"\r", b"\0")
