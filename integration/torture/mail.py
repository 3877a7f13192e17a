"""The mail of a trial: no message and no address twice, and for each recipient what must become of it.

A recipient's domain chooses the rule. Addresses carry the message's tag, so that a copy, a hold or a queue entry tells
by its address alone to what it belongs. Local parts that begin with ``away.`` are of people whose mail server is away:
their mail stays in Postfix's deferred queue.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import count

POLICY = """\
rules:
  - id: list-in-sight
    description: Ten or more outside addresses can see each other
    when: {visible-recipients: {external: true, count: ">= 10"}}
    then: [envelope-only]
  - id: one-waits
    when: {recipient: {domain: held.example}}
    then: [hold]
  - id: all-wait
    when: {recipient: {domain: whole.example}}
    then:
      - hold: {recipients: all}
  - id: a-moment
    when: {recipient: {domain: timed.example}}
    then:
      - hold: {for: 2s, on-expiry: send}
"""
SENDER = "sato@example.co.jp"
"""Who wrote it all, and gets the notices."""
AWAY = "away."
"""How the local parts of those begin whose server is away."""
BIG_FROM = 260 << 10
"""Octets; content above 256 KiB is stored as a file."""


class Fate(Enum):
    """What policy says of a recipient."""

    NOW = "now"
    HELD = "held"
    TIMED = "timed"
    """Held, and let go by a timer."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message; ``octets`` as the client sends them."""

    tag: str
    kind: str
    fates: dict[str, Fate]
    """By recipient."""
    hidden: bool
    """Whether policy takes the visible recipients off."""
    octets: bytes


@dataclass(frozen=True, slots=True)
class _Kind:
    weight: int
    waiting: tuple[str, ...]
    """Domains of recipients."""
    passing: int = 0
    """How many recipients besides have nothing to wait for."""
    all_wait: bool = False


_KINDS = {
    "clean": _Kind(3, (), 2),
    "held wholly": _Kind(2, ("whole.example",), 1, all_wait=True),
    "held partly": _Kind(3, ("held.example", "held.example"), 1),
    "envelope-only": _Kind(1, (), 11),
    "envelope-only, held partly": _Kind(1, ("held.example",), 10),
    "held for a moment": _Kind(1, ("timed.example",), 1),
}


def mails(client: str, rng: random.Random) -> Iterator[Mail]:
    """Endless mail of one client."""
    for number in count(1):
        name = rng.choices(list(_KINDS), [kind.weight for kind in _KINDS.values()])[0]
        yield _mail(f"{client}-{number:05}", name, rng)


def _mail(tag: str, name: str, rng: random.Random) -> Mail:
    kind = _KINDS[name]
    domains = [*kind.waiting, *["open.example"] * kind.passing]
    fates = {_address(tag, n, domain, rng): _fate(domain, kind) for n, domain in enumerate(domains)}
    return Mail(tag, name, fates, len(fates) >= 10, _octets(tag, list(fates), rng))


def _address(tag: str, number: int, domain: str, rng: random.Random) -> str:
    away = AWAY if rng.random() < 0.01 else ""
    return f"{away}r{number}.{tag}@{domain}"


def _fate(domain: str, kind: _Kind) -> Fate:
    if domain == "timed.example":
        return Fate.TIMED
    return Fate.HELD if kind.all_wait or domain != "open.example" else Fate.NOW


def _octets(tag: str, recipients: list[str], rng: random.Random) -> bytes:
    header = [
        f"From: Sato <{SENDER}>",
        "To: " + ",\r\n ".join(recipients),
        f"Subject: {tag}",
        "Date: Tue, 24 Nov 2026 12:00:00 +0900",
        f"Message-ID: <{tag}@client.example>",
    ]
    return "\r\n".join([*header, "", ""]).encode() + _body(tag, rng)


def _body(tag: str, rng: random.Random) -> bytes:
    """Lines with dots at their starts and octets over 127 among them; one mail in six is kept as a file."""
    size = rng.randrange(BIG_FROM, 3 * BIG_FROM) if rng.random() < 0.16 else rng.randrange(100, 8000)
    starts = (b".", b"..", b"", b"", b"\xe9\x96\xa2 ", b"From ")
    line = rng.randbytes(30).hex().encode()
    lines = [rng.choice(starts) + b"%d %b %b" % (n, tag.encode(), line) for n in range(size // 70 + 1)]
    return b"\r\n".join([*lines, b""])
