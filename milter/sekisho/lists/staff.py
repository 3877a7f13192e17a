"""The site's people, opened: each source read again when it changes, or fetched from time to time."""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

from sekisho.core.people import Absence
from sekisho.core.ports import Unavailable
from sekisho.lists import ldap, sql
from sekisho.lists.entries import BadList, Book, Contact, Flaw, decoded, read_lines
from sekisho.lists.models import CsvPlace, FilePlace, ListModel
from sekisho.lists.opened import NamedLists, open_list, password_of
from sekisho.lists.people import Managers, NoStaff, Source, Sourced, Staff, staff_of
from sekisho.lists.people_models import (
    AbsenceModel,
    Attributes,
    ManagersPlace,
    PeopleLdapPlace,
    PeopleModel,
    PeopleSqlPlace,
    moment,
)
from sekisho.lists.postfix import TableAsker
from sekisho.lists.remote import Fetched
from sekisho.lists.table import Table
from sekisho.lists.watched import Asked, Clocks, Watched

_COLUMNS = ("address", "from", "until", "deputy")
_NAME = "approvals.people"
_NO_STAFF = NoStaff()
_AGED = (Watched, Fetched)
_AROUND = re.compile(r"\s*(?<!\\)([,=+])\s*")
"""What stands between the parts of a DN (RFC 4514 2, and 4 for the blanks of older spellings)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What every source is opened with."""

    clocks: Clocks
    zone: tzinfo
    today: Callable[[], date]
    log: logging.Logger


def open_people(
    people: PeopleModel | None,
    groups: Mapping[str, ListModel],
    absences: Sequence[AbsenceModel] | FilePlace,
    lists: NamedLists,
    how: Opening,
) -> Sourced:
    """All of it. Raises OSError or `BadList` where files cannot be used."""
    opened = {name: open_list(name, model, how.clocks, how.today, how.log) for name, model in groups.items()}
    known = _known(people, lists, how)
    ages = {f"approvals.groups.{name}": found.age for name, found in opened.items() if isinstance(found, _AGED)}
    return Sourced(
        known.latest,
        {name: _members(name, found) for name, found in opened.items()},
        _absences(absences, how),
        known.at_hand,
        {**ages, **({_NAME: known.age} if known.age is not None else {})},
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """Who knows the people."""

    latest: Callable[[], Source]
    at_hand: Callable[[], Source | None] = lambda: None
    """What is known without asking anybody."""
    age: Callable[[], float] | None = None
    """Of the copy in use; None where there is none, or another list tells."""


def _known(people: PeopleModel | None, lists: NamedLists, how: Opening) -> _Known:
    match people:
        case None:
            return _Known(lambda: _NO_STAFF)
        case str():
            book = _OfBook(lists[people])
            return _Known(book.latest, book.latest)
        case CsvPlace():
            book = _OfBook(open_list(_NAME, people, how.clocks, how.today, how.log))
            return _Known(book.latest, book.latest, book.age)
        case ManagersPlace(postfix=table):
            managers = Managers(TableAsker(table).value)
            return _Known(lambda: managers)
        case PeopleSqlPlace():
            return _fetched(lambda: _of_query(people), people.every.seconds, how)
        case PeopleLdapPlace():
            return _fetched(lambda: _of_directory(people), people.every.seconds, how)
    raise TypeError(f"no place for people: {type(people).__name__}")


def _fetched(fetch: Callable[[], Staff], every: float, how: Opening) -> _Known:
    fetched = Fetched(_NAME, fetch, every, how.clocks, how.log)
    return _Known(fetched.latest, fetched.at_hand, fetched.age)


class _OfBook:
    """An address book's people; made anew when the book is."""

    def __init__(self, book: Asked) -> None:
        if not isinstance(book, Watched) or not isinstance(book.current, Book):
            raise BadList([Flaw(_NAME, 1, 1, "the list is no address book: it has to be `{csv: FILE}`")])
        self._book: Watched[Book] = book
        self._of: Book | None = None
        self._staff = Staff(())
        self.age = book.age

    def latest(self) -> Staff:
        book = self._book.latest()
        if book is not self._of:
            self._staff, self._of = staff_of(map(_row, _addresses(book)), _NAME), book
        return self._staff


def _addresses(book: Book) -> Iterator[Contact]:
    """Those of a book's people who have an address of their own; domains are nobody."""
    return (contact for contact in book.people() if "@" in contact.address)


def _row(contact: Contact) -> Mapping[str, str]:
    columns = ("address", "name", "section", "manager", "deputy", "language", "aliases", "owner")
    return {name: getattr(contact, name) for name in columns}


def _of_query(place: PeopleSqlPlace) -> Staff:
    rows = sql.rows(place.sql, place.query, password_of(place.password_file))
    return staff_of(({name: "" if value is None else str(value) for name, value in row.items()} for row in rows), _NAME)


def _of_directory(place: PeopleLdapPlace) -> Staff:
    names = place.attributes
    directory = ldap.Directory(
        place.ldap, place.base, place.filter, names.address, place.bind_dn, starttls=place.starttls
    )
    wanted = sorted(set(names.model_dump().values()))
    entries = ldap.search(directory, wanted, password_of(place.password_file))
    known = {_same_name(dn): found[names.address][0] for dn, found in entries if found[names.address]}
    return staff_of((_entry(found, names, known) for _, found in entries), _NAME)


def _same_name(dn: str) -> str:
    """A DN as another may be spelled that names the same entry: letter case and blanks around , and = do not count."""
    return _AROUND.sub(r"\1", dn.strip()).casefold()


def _entry(found: Mapping[str, Sequence[str]], names: Attributes, known: Mapping[str, str]) -> Mapping[str, str]:
    """An entry as a row; who is named by DN is looked up among the entries."""

    def first(attribute: str) -> str:
        return next(iter(found[attribute]), "")

    def somebody(attribute: str) -> str:
        value = first(attribute)
        return known.get(_same_name(value), value if "@" in value and "=" not in value else "")

    return {
        "address": first(names.address),
        "name": first(names.name),
        "section": first(names.section),
        "manager": somebody(names.manager),
        "deputy": somebody(names.deputy),
        "language": first(names.language)[:2],
        "owner": somebody(names.owner),
        "aliases": " ".join((*found[names.address][1:], *found[names.aliases])),
    }


def _members(name: str, found: Asked) -> Callable[[], Iterable[str]]:
    if isinstance(found, Table):
        return found.entries
    if isinstance(found, Watched | Fetched):
        return lambda: _entries(found.latest(), name)
    raise BadList([Flaw(f"approvals.groups.{name}", 1, 1, "the members of such a table cannot be counted up")])


def _entries(latest: Any, name: str) -> Iterable[str]:
    if isinstance(latest, Table | Book):
        return latest.entries()
    raise Unavailable(f"group {name}", "it has no entries")


class _Away(tuple[Absence, ...]):
    """Absences as a list that can be watched."""

    def contains(self, local: str, domain: str) -> bool:
        return any(one.address == f"{local}@{domain}" for one in self)


def _absences(model: Sequence[AbsenceModel] | FilePlace, how: Opening) -> Callable[[], Sequence[Absence]]:
    if isinstance(model, FilePlace):
        path = model.file
        watched = Watched(
            "approvals.absences", lambda: (path,), lambda: _Away(_read(path, how.zone)), how.clocks, how.log
        )
        return watched.latest
    written = tuple(_absence(one.address, one.from_, one.until, one.deputy or "", how.zone) for one in model)
    return lambda: written


def _read(path: Path, zone: tzinfo) -> Iterator[Absence]:
    """A CSV file whose first row names the columns; `BadList` for what cannot be used."""
    rows = csv.DictReader(io.StringIO("".join(decoded(path, read_lines(path))), newline=""), strict=True)
    header = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    if not {"address", "from", "until"} <= set(header) <= set(_COLUMNS):
        raise BadList([Flaw(str(path), 1, 1, f"the first row must name the columns {', '.join(_COLUMNS)}")])
    rows.fieldnames = header
    try:
        for row in rows:
            values = {name: (value or "").strip() for name, value in row.items() if name and isinstance(value, str)}
            if any(values.values()):
                yield _absence(values["address"], values["from"], values["until"], values.get("deputy", ""), zone)
    except (csv.Error, ValueError, KeyError) as error:
        raise BadList([Flaw(str(path), rows.line_num, 1, str(error) or "not CSV")]) from None


def _absence(address: str, since: str, until: str, deputy: str, zone: tzinfo) -> Absence:
    begin, end = moment(since, zone), moment(until, zone, end=True)
    if "@" not in address:
        raise ValueError(f"{address!r} is not a person's address")
    if end <= begin:
        raise ValueError(f"this absence ends before it begins: {since} – {until}")
    return Absence(address.lower(), begin, end, deputy.lower())
