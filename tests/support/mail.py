"""Messages told in a few words, for tests of what inspectors see; and the way to ask one inspector."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from sekisho.core.content import Octets
from sekisho.core.domains import DomainSet, normal_domain
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.opened import NOTHING, Opened
from sekisho.core.parts import Addresses, Anomaly, Mailbox, Part, Structure
from sekisho.core.path import parse_path
from sekisho.core.ports import Dictionary
from sekisho.core.site import Site
from sekisho.inspectors import registry
from sekisho.inspectors.dictionaries import WordDictionary
from tests.support.messages import NoLists

ENTRIES = registry.registered()


class ToldReader:
    """Knows the parts and what is wrong with them because it was told."""

    def __init__(self, structure: Structure, detected: Mapping[str, str], ambiguous: bool) -> None:
        self._structure = structure
        self._detected = detected
        self._ambiguous = ambiguous

    def addresses(self, value: bytes) -> Addresses:
        pairs = email.utils.getaddresses([value.decode("utf-8", "replace")])
        boxes = [
            Mailbox(name, address.rpartition("@")[0], normal_domain(address.rpartition("@")[2]))
            for name, address in pairs
            if address
        ]
        return Addresses(tuple(boxes), self._ambiguous)

    def decoded(self, value: bytes) -> str:
        return value.decode("utf-8", "surrogateescape").strip()

    def structure(self, transaction: Transaction) -> Structure:
        return self._structure

    def text(self, part: Part) -> str:
        return part.content.read().decode("utf-8", "surrogatepass")

    def detect(self, part: Part) -> str:
        return self._detected.get(part.names[0], "") if part.names else ""


class ToldFiles:
    """Knows what is in each part because it was told, by place; nothing is in the others."""

    def __init__(self, opened: Mapping[str, Opened]) -> None:
        self._opened = opened

    def open(self, part: Part) -> Opened:
        return self._opened.get(part.place, NOTHING)


def attachment(*names: str, kind: str = "application/octet-stream", data: bytes = b"") -> Part:
    return Part(f"attachment:{names[0] if names else ''}", names, kind, Octets(data), attached=True)


def mail(
    text: str = "",
    *,
    subject: str | None = "Hello",
    to: str = "a@partner.example",
    cc: str = "",
    rcpt: Sequence[str] | None = None,
    author: str = "Sato <sato@example.co.jp>",
    fields: Sequence[tuple[str, str]] = (),
    attachments: Sequence[Part] = (),
    parts: Sequence[Part] = (),
    detected: Mapping[str, str] | None = None,
    anomalies: Sequence[Anomaly] = (),
    protected: bool = False,
    ambiguous: bool = False,
    dictionaries: Mapping[str, Sequence[str]] | None = None,
    opened: Mapping[str, Opened] | None = None,
    body: bytes = b"",
    received: datetime = datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
    zone: tzinfo = UTC,
) -> Facts:
    """A message from inside example.co.jp; the envelope is what To and Cc say unless told."""
    header = [("From", author), ("To", to), ("Cc", cc), ("Subject", subject), *fields]
    pairs = [(name, value) for name, value in header if value]
    shown = [address for _, address in email.utils.getaddresses([to, cc]) if address]
    paths = [parse_path(f"<{address}>".encode()) for address in (shown if rcpt is None else rcpt)]
    transaction = Transaction(
        Client(address="10.0.0.1"),
        parse_path(b"<sato@example.co.jp>"),
        tuple(paths),
        tuple(Field(name.encode(), b" " + value.encode("utf-8", "surrogatepass")) for name, value in pairs),
        Octets(body or text.encode("utf-8", "surrogatepass")),
        {"i": "4ABC"},
        received,
    )
    written = Part("body", (), "text/plain", Octets(text.encode("utf-8", "surrogatepass")), "utf-8")
    structure = Structure((written, *parts, *attachments), tuple(anomalies), protected)
    site = Site(DomainSet(["example.co.jp", ".example.co.jp"]), (), frozenset(), zone)
    words: dict[str, Dictionary] = {name: WordDictionary(name, given) for name, given in (dictionaries or {}).items()}
    return Facts(
        transaction,
        site,
        ToldReader(structure, detected or {}, ambiguous),
        NoLists(),
        words,
        {},
        ToldFiles(opened or {}),
    )


def found(code: str, facts: Facts, **settings: Any) -> list[Finding]:
    """What the code's inspector finds, with settings by their Python names."""
    entry = next(entry for entry in ENTRIES.values() if code in entry.codes)
    findings = list(entry.inspect(facts, entry.settings.model_validate(settings)))
    assert {finding.code for finding in findings} <= set(entry.codes)
    return [finding for finding in findings if finding.code == code]


HOSTILE = (
    "",
    "\x00",
    "\ud800\udfff",
    "\u202e\u2066\r\n\r\nBcc: x@y",
    "a" * 100_000,
    "@" * 20_000,
    "<" * 20_000,
    "{{" * 20_000,
    "1" * 100_000,
    "1-" * 50_000,
    "\n" * 50_000,
    "様" * 30_000,
    "〇" * 30_000,
    "社外秘" * 20_000,
    "添付 " * 20_000,
    "Dear " * 20_000,
    "03-1234-5678 " * 5_000,
    "a@b.c " * 10_000,
    "ﾊﾞ" * 30_000,
    "x\u0301" * 30_000,
)
"""Texts meant to be slow, or to break something."""
