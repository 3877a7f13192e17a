"""A list fetched from a directory: the values of an attribute of all entries that a filter finds (RFC 4511, 4515).

Needs bonsai. ``smtp:`` before a value, as in Active Directory's proxyAddresses, is taken off.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sekisho.core.ports import Unavailable
from sekisho.lists.entries import BadList, Flaw
from sekisho.lists.table import Table

TIMEOUT = 30.0
_SUBTREE = 2
_PAGE = 500
_SMTP = re.compile(r"smtp:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directory:
    """Where to look, and for what."""

    url: str
    base: str
    filter: str
    attribute: str
    bind_dn: str = ""
    starttls: bool = False


def check_directory(url: str) -> None:
    """``ValueError`` where nothing here can read such a directory."""
    if not re.fullmatch(r"ldap[si]?://[^\s/]*", url):
        raise ValueError(f"{url!r} is not a directory's address; write ldaps://ldap.example.com")
    if importlib.util.find_spec("bonsai") is None:
        raise ValueError("lists in LDAP need bonsai; install sekisho[ldap]")


def fetch(directory: Directory, password: str | None) -> Table:
    """The values. Raises `Unavailable`, or `BadList` for what is no entry."""
    entries = [
        value
        for _, values in search(directory, [directory.attribute], password)
        for value in values[directory.attribute]
    ]
    try:
        return Table(entries, sum(map(len, entries)))
    except ValueError as error:
        raise BadList([Flaw(directory.url, 1, 1, str(error))]) from None


def search(
    directory: Directory, attributes: Sequence[str], password: str | None
) -> list[tuple[str, dict[str, list[str]]]]:
    """The entries that the filter finds: their names, and the texts of these attributes. Raises `Unavailable`."""
    bonsai = importlib.import_module("bonsai")
    try:
        return list(_entries(bonsai, directory, attributes, password))
    except (bonsai.LDAPError, OSError, ValueError, TypeError) as error:
        raise Unavailable(directory.url, str(error) or type(error).__name__) from error


def _entries(
    bonsai: Any, directory: Directory, attributes: Sequence[str], password: str | None
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    client = bonsai.LDAPClient(directory.url, directory.starttls)
    if directory.bind_dn:
        client.set_credentials("SIMPLE", user=directory.bind_dn, password=password or "")
    with client.connect(timeout=TIMEOUT) as connection:
        found = connection.paged_search(
            directory.base, _SUBTREE, directory.filter, list(attributes), timeout=TIMEOUT, page_size=_PAGE
        )
        for entry in found:
            yield str(entry.dn), {name: list(map(_plain, _texts(entry.get(name, [])))) for name in attributes}


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (value.strip() for value in values if isinstance(value, str) and value.strip())


def _plain(value: str) -> str:
    return _SMTP.sub("", value, count=1) if _SMTP.match(value) else value
