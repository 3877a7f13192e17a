"""Messages told in YAML with what is to be found in them: one file a code, ``must`` and ``must-not``.

`read` gives every message of a file as a `Told`; `octets.octets_of` writes it out. A key that is not known here, a
message without an id, or an id that is used twice in a file raises `ToldError` naming the file and the message.

The label is complete: a code that is neither in ``found`` nor in ``may`` is a false alarm. ``may`` names what careful
people disagree about; it counts neither way. Personal data are labelled by kind, ``personal-data/phone``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

SAMPLE = "佐藤 健 <sato@example.co.jp>"
CUSTOMER = "山田 太郎 <yamada@partner.example>"


class ToldError(Exception):
    """A file of messages cannot be used; the text names it and says why."""


@dataclass(frozen=True)
class File:
    """An attached file: ``kind`` names a small one of our making, ``source`` a real one of the folder ``files``."""

    name: str
    kind: str = ""
    source: str = ""
    type: str = ""
    """Media type that is declared; the kind's own if empty."""
    style: str = ""
    """How the name is written: rfc2231, rfc2047, raw; the first where it is not ASCII, a quoted string else."""
    inline: str = ""
    """Content-ID of a picture within the HTML."""
    size: int = 0
    """Octets up to which it is filled."""
    entries: Mapping[str, str] = field(default_factory=dict)
    """Of an archive: kinds by name."""
    cut: float = 1.0
    """The part of it that is there."""
    broken: str = ""
    """``base64``: the transfer encoding ends within an octet."""


@dataclass(frozen=True)
class Told:
    """One message, its envelope, and its label."""

    id: str
    group: str = ""
    """The file where it stands, without its ending."""
    about: str = ""
    """The code that the file of the message is for; empty for clean mail."""
    found: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    author: str = SAMPLE
    sender: str | None = None
    """Envelope sender; the author's address unless told."""
    to: str = CUSTOMER
    cc: str = ""
    rcpt: Sequence[str] = ()
    """Envelope recipients; those of To and Cc unless told."""
    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    fields: tuple[str, ...] = ()
    """Further header fields, as they stand."""
    charset: str = "utf-8"
    """A codec of Python's, or iso-2022-jp-ms."""
    declared: str | None = None
    """The label, where it is not the charset's own name; empty for none."""
    encoding: str = ""
    """Transfer encoding; base64 or quoted-printable, whichever is shorter, unless told."""
    header: str = "encoded"
    """``encoded`` words; ``raw`` octets of the charset; ``as-is``: addresses are taken as they stand."""
    header_charset: str = ""
    flowed: bool = False
    at: str = "2026-11-24T10:00+09:00"
    raw: str = ""
    """The whole message instead of all the above but the envelope."""

    @property
    def name(self) -> str:
        return f"{self.group}/{self.id}"


_ALIASES = {"from": "author", "header-charset": "header_charset"}
_KEYS = {one.name for one in fields(Told)} - {"about", "group"}


def read(path: Path) -> Iterator[Told]:
    """The messages of one file. Raises `ToldError`."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    about = given.get("about", "")
    seen: set[str] = set()
    for part, expected in (("must", frozenset([about])), ("must-not", frozenset()), ("clean", frozenset())):
        for one in given.get(part, []):
            told = _told(path, about, expected, one)
            if told.id in seen:
                raise ToldError(f"{path.name}: {told.id} is there twice")
            seen.add(told.id)
            yield told


def read_all(folder: Path) -> tuple[Told, ...]:
    """The messages of every file in the folder, by name."""
    return tuple(told for path in sorted(folder.glob("*.yaml")) for told in read(path))


def _told(path: Path, about: str, expected: frozenset[str], given: Mapping[str, Any]) -> Told:
    keys = {_ALIASES.get(key, key): value for key, value in given.items()}
    also = frozenset(keys.pop("also", ()))
    unknown = set(keys) - _KEYS
    if unknown or "id" not in keys:
        raise ToldError(f"{path.name}: {given.get('id', 'a message without an id')}: {sorted(unknown)}")
    found = frozenset(keys.pop("found", expected)) | also
    keys["files"] = tuple(_file(one) for one in keys.get("files", ()))
    keys["fields"] = tuple(keys.get("fields", ()))
    return Told(**{**keys, "group": path.stem, "about": about, "found": found, "may": frozenset(keys.get("may", ()))})


def _file(given: Mapping[str, Any]) -> File:
    return File(**{("source" if key == "from" else key): value for key, value in given.items()})
