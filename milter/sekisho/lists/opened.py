"""The lists of a site, opened: each asked by its name, wherever it is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeGuard

from sekisho.core.ports import Unavailable
from sekisho.lists import ldap, sql
from sekisho.lists.entries import BadList, Book, plain_table, read_book, read_lines, words
from sekisho.lists.models import (
    CsvPlace,
    DictionaryModel,
    DirectoryPlace,
    FilePlace,
    LdapPlace,
    ListModel,
    PostfixPlace,
    SqlPlace,
)
from sekisho.lists.postfix import TableAsker
from sekisho.lists.remote import Fetched, Remembered
from sekisho.lists.secret import read_secret
from sekisho.lists.table import Table
from sekisho.lists.together import Together
from sekisho.lists.watched import Asked, Clocks, Watched


class NamedLists:
    """Implements `sekisho.core.ports.Lists`; may be asked by any thread."""

    def __init__(self, lists: Mapping[str, Asked], clocks: Clocks) -> None:
        self._lists = lists
        self._together = Together(lists, clocks)
        self._books = tuple(one for one in lists.values() if _is_book(one))

    def contains(self, name: str, local: str, domain: str) -> bool:
        """Whether the address is on the list; `Unavailable` where nobody can say."""
        found = self._lists.get(name)
        if found is None:
            raise Unavailable(f"list {name}", "there is no list of that name")
        return found.contains(local, domain)

    def holding(self, names: Collection[str], local: str, domain: str) -> Iterator[str]:
        """Those of these lists on which the address may be: all on which it is, and perhaps others. Never raises."""
        return self._together.holding(names, local, domain)

    def labels(self, local: str, domain: str) -> frozenset[str]:
        """The labels that any address book gives the address or its domain."""
        return frozenset().union(*(book.latest().labels(local, domain) for book in self._books))

    def all_labels(self) -> frozenset[str]:
        """Every label of every address book."""
        return frozenset().union(*(book.latest().all_labels() for book in self._books))

    def ages(self) -> dict[str, float]:
        """How old the copy in use is of each list that has a source, in seconds since it was surely what that says."""
        aged = (Watched, Fetched, Remembered)
        return {name: found.age() for name, found in self._lists.items() if isinstance(found, aged)}

    def names(self) -> frozenset[str]:
        return frozenset(self._lists)

    def __getitem__(self, name: str) -> Asked:
        return self._lists[name]


def _is_book(found: Asked) -> TypeGuard[Watched[Book]]:
    return isinstance(found, Watched) and isinstance(found.current, Book)


def open_list(name: str, model: ListModel, clocks: Clocks, today: Callable[[], date], log: logging.Logger) -> Asked:
    """One list. Raises OSError or `BadList` where its files cannot be used."""
    match model:
        case FilePlace(file=path):
            return Watched(name, lambda: (path,), lambda: _plain((path,)), clocks, log)
        case DirectoryPlace(directory=folder):
            return Watched(name, lambda: files_in(folder), lambda: _plain(files_in(folder)), clocks, log)
        case CsvPlace(csv=path):
            return _watched_book(name, path, clocks, today, log)
        case PostfixPlace(postfix=table, remember=fresh):
            return Remembered(name, TableAsker(table), fresh.seconds, clocks)
        case SqlPlace() | LdapPlace():
            return Fetched(name, _fetcher(model), model.every.seconds, clocks, log)
        case entries:
            return Table(entries, sum(map(len, entries)))


def _fetcher(place: SqlPlace | LdapPlace) -> Callable[[], Table]:
    """Fetches it, with the password as it is then."""
    if isinstance(place, SqlPlace):
        return lambda: sql.fetch(place.sql, place.query, password_of(place.password_file))
    directory = ldap.Directory(
        place.ldap, place.base, place.filter, place.attribute, place.bind_dn, starttls=place.starttls
    )
    return lambda: ldap.fetch(directory, password_of(place.password_file))


def password_of(file: Path | None) -> str | None:
    try:
        return read_secret(file) if file else None
    except ValueError as error:
        raise Unavailable(str(file), str(error)) from None


def _watched_book(
    name: str, path: Path, clocks: Clocks, today: Callable[[], date], log: logging.Logger
) -> Watched[Book]:
    return Watched(name, lambda: (path,), lambda: read_book(path, read_lines(path), today), clocks, log)


def _plain(paths: tuple[Path, ...]) -> Table:
    return plain_table(((path, read_lines(path)) for path in paths), sum(path.stat().st_size for path in paths))


def files_in(folder: Path) -> tuple[Path, ...]:
    """The files of a folder, by name; hidden ones and editors' copies are left out."""
    found = sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.name.endswith("~"))
    return tuple(path for path in found if path.is_file())


def dictionary_words(model: DictionaryModel) -> tuple[str, ...]:
    """A dictionary's words. Raises OSError or `BadList` where its files cannot be used."""
    match model:
        case FilePlace(file=path):
            return tuple(words(path, read_lines(path)))
        case DirectoryPlace(directory=folder):
            return tuple(word for path in files_in(folder) for word in words(path, read_lines(path)))
        case entries:
            return entries


__all__ = ["BadList", "NamedLists", "dictionary_words", "files_in", "open_list"]
