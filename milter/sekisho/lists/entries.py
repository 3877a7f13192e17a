"""List files read into entries: one entry a line, or CSV with named columns.

Text is UTF-8 (a byte-order mark is taken off), lines end in LF or CRLF. In a plain list ``#`` begins a comment at the
start of a line or after a blank. What cannot be used raises `BadList` with every bad line of the file, up to ten.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from sekisho.core.addresses import NULL, normal_entry
from sekisho.lists.table import NORMAL, Table

LIMIT = 256_000_000
"""Octets of a list file."""
COLUMNS = (
    "address",
    "name",
    "company",
    "section",
    "label",
    "owner",
    "manager",
    "deputy",
    "language",
    "aliases",
    "valid-until",
)
"""Columns of an address book; the first must be there."""
_MOST_FLAWS = 10
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a list, and where; line and column from 1."""

    file: str
    line: int
    column: int
    message: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class BadList(Exception):
    """A list that cannot be used as it is."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(map(str, self.flaws)))


def read_lines(path: Path) -> Iterator[bytes]:
    """A file's lines, one after the other: a long file takes no memory. Raises OSError, or `BadList` if too long."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        left = LIMIT
        for line in file:
            left -= len(line)
            if left < 0:
                raise BadList([Flaw(str(path), 1, 1, f"larger than {LIMIT // 1_000_000} MB")])
            yield line


def decoded(path: Path, lines: Iterable[bytes]) -> Iterator[str]:
    """The lines as text; `BadList` at the first that is not UTF-8."""
    for number, line in enumerate(lines, 1):
        try:
            yield (line.removeprefix(_BOM) if number == 1 else line).decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8"
            raise BadList([Flaw(str(path), number, error.start + 1, message)]) from None


def plain_table(files: Iterable[tuple[Path, Iterable[bytes]]], octets: int = 0) -> Table:
    """A table of the lines of some files, about so many ``octets`` together."""
    flaws: list[Flaw] = []
    table = Table(_checked(files, flaws), octets)
    if flaws:
        raise BadList(flaws)
    return table


def words(path: Path, lines: Iterable[bytes]) -> Iterator[str]:
    """The words of a dictionary file; a word may hold blanks."""
    for line, _, word in _rows(path, lines):
        if "\0" in word:
            raise BadList([Flaw(str(path), line, 1, "a NUL cannot be part of a word")])
        yield word


Row = tuple[int, str, str]
"""Line number, the line as it stands, what it says."""


def _rows(path: Path, lines: Iterable[bytes]) -> Iterator[Row]:
    for number, line in enumerate(decoded(path, lines), 1):
        entry = line.strip()
        if "#" in entry:
            entry = _without_comment(entry)
        if entry:
            yield number, line, entry


def _without_comment(line: str) -> str:
    if line.startswith("#"):
        return ""
    start = line.rfind("/ #") + 1 if line.startswith("/") and "/ #" in line else 0
    for sign in (" #", "\t#"):
        at = line.find(sign, start)
        if at >= 0 and not (line.startswith("/") and line.endswith("/")):
            line = line[:at].rstrip()
    return line


def _checked(files: Iterable[tuple[Path, Iterable[bytes]]], flaws: list[Flaw]) -> Iterator[str]:
    """The entries that are good; the others are noted."""
    for path, lines in files:
        for number, line, entry in _rows(path, lines):
            try:
                yield entry if NORMAL.fullmatch(entry) else normal_entry(entry)
            except ValueError as error:
                column = line.find(entry) + 1 or 1
                flaws.append(Flaw(str(path), number, column, str(error), line.rstrip("\r\n")))
                if len(flaws) >= _MOST_FLAWS:
                    return


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of an address book."""

    address: str
    name: str = ""
    company: str = ""
    section: str = ""
    label: str = ""
    owner: str = ""
    manager: str = ""
    deputy: str = ""
    language: str = ""
    aliases: str = ""
    """Other addresses of the same person, with blanks between them."""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """An address book: who is in it, and until when; an entry whose last day is over is not."""

    table: Table
    contacts: dict[str, Contact]
    """By normal entry: those of which more than the address is known."""
    today: Callable[[], date]

    def contains(self, local: str, domain: str) -> bool:
        """As `Table.contains`; an entry of its own with a last day decides about its address or domain."""
        own = self.contacts.get(f"{local.lower()}@{domain}") or self.contacts.get(domain)
        if own is not None and own.valid_until is not None:
            return self._is_valid(own)
        return self.table.contains(local, domain)

    def labels(self, local: str, domain: str) -> frozenset[str]:
        """Those of the address, its domain and the domains above, as far as their last day is not over."""
        names = (f"{local.lower()}@{domain}", *above(domain)) if domain else (NULL,)
        found = (self.contacts.get(name) for name in names)
        return frozenset(one.label.casefold() for one in found if one and one.label and self._is_valid(one))

    def all_labels(self) -> frozenset[str]:
        """Every label that there is."""
        return frozenset(one.label.casefold() for one in self.contacts.values() if one.label)

    def entries(self) -> Iterator[str]:
        """All entries whose last day is not over, but for patterns."""
        yield from self.table.entries()
        yield from (key for key, one in self.contacts.items() if one.valid_until is not None and self._is_valid(one))

    def people(self) -> Iterator[Contact]:
        """Those of whom more than an address is known, and whose last day is not over."""
        return (one for one in self.contacts.values() if self._is_valid(one))

    def _is_valid(self, contact: Contact) -> bool:
        return contact.valid_until is None or contact.valid_until >= self.today()

    def __len__(self) -> int:
        return len(self.table)


def above(domain: str) -> Iterator[str]:
    """The entries that name a domain: itself, and ``.parent`` of each domain above."""
    yield domain
    dot = domain.find(".")
    while dot >= 0:
        yield domain[dot:]
        dot = domain.find(".", dot + 1)


def read_book(path: Path, lines: Iterable[bytes], today: Callable[[], date]) -> Book:
    """A CSV file with a header row, as an address book."""
    text = "".join(decoded(path, lines))
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [_column(name) for name in next(rows, [])]
        _check_header(path, header, text)
        contacts, flaws = _contacts(path, rows, header)
    except csv.Error as error:
        raise BadList([Flaw(str(path), rows.line_num, 1, f"not CSV: {error}")]) from None
    if flaws:
        raise BadList(flaws)
    lasting = [key for key, contact in contacts.items() if contact.valid_until is None]
    known = {key: contact for key, contact in contacts.items() if contact != Contact(contact.address)}
    return Book(Table(lasting, len(text)), known, today)


def _column(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _check_header(path: Path, header: list[str], text: str) -> None:
    flaws = []
    line = text.partition("\n")[0].rstrip("\r")
    if COLUMNS[0] not in header:
        flaws.append(Flaw(str(path), 1, 1, "the first row must name the columns, `address` among them", line))
    flaws += [
        Flaw(str(path), 1, 1, f"unknown column `{name}`; known: {', '.join(COLUMNS)}", line)
        for name in header
        if name and name not in COLUMNS
    ]
    flaws += [
        Flaw(str(path), 1, 1, f"the column `{one}` is here twice", line) for one in COLUMNS if header.count(one) > 1
    ]
    if flaws:
        raise BadList(flaws)


class Rows(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def _contacts(path: Path, rows: Rows, header: list[str]) -> tuple[dict[str, Contact], list[Flaw]]:
    contacts: dict[str, Contact] = {}
    flaws: list[Flaw] = []
    for row in rows:
        values = {name: value.strip() for name, value in zip(header, row, strict=False) if value.strip()}
        if not values:
            continue
        try:
            contact = _contact(values)
            contacts[normal_entry(contact.address)] = contact
        except ValueError as error:
            flaws.append(Flaw(str(path), rows.line_num, 1, str(error), ",".join(row)))
            if len(flaws) >= _MOST_FLAWS:
                break
    return contacts, flaws


def _contact(values: dict[str, str]) -> Contact:
    if "address" not in values:
        raise ValueError("this row has no address")
    until = values.pop("valid-until", "")
    return Contact(**values, valid_until=_day(until) if until else None)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it as 2026-03-31") from None
