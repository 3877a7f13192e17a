"""The journal: one line a message, in a local segment of each worker slot and day; nobody's mail waits for it.

A line tells when, keyed hashes of the sender of record, of the subject's template and of each recipient, disposition,
how many recipients were external and whether the client is one of ours, size, a digest, and the rules that matched.
Nobody can read an address from it; who has the key can ask whether two are the same. Lines are appended, many by one
system call, and never synced: a lost tail loses statistics, never mail. What cannot be written is dropped, and the
caller is told. Segments are named ``SLOT-YYYYMMDD.journal`` (UTC), readable by owner and group, kept 30 days.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from zlib import crc32

from sekisho.core.alike import subject_template
from sekisho.core.content import Content
from sekisho.core.facts import Facts
from sekisho.core.rule import Match, Mode
from sekisho.core.values import value

KEPT_DAYS = 30
SUFFIX = ".journal"
VERSION = "1"
DIGESTED = 4096
"""Octets of a body that its digest is made of, beside its size: telling two versions apart must cost little."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ADDRESSES = 4096
"""Addresses whose hashes are remembered."""
_KEY_OCTETS = 32
_KEY_FILE = "key"
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


@value(frozen=True, slots=True)
class Jotted:
    """What there is to say of a message, without the message."""

    at: datetime
    sender: str
    """The sender of record; the envelope sender where there is none."""
    subject: str
    outbound: bool
    external: int
    size: int
    """Octets of the body."""
    checksum: int
    rules: tuple[str, ...]
    recipients: tuple[str, ...]


Told = tuple[Jotted, str]
"""A message and its disposition."""


def jotted(facts: Facts, matches: Iterable[Match]) -> Jotted:
    """What is to be remembered of a message."""
    transaction = facts.transaction
    subjects = facts.subjects
    return Jotted(
        at=transaction.received,
        sender=facts.sender_of_record or transaction.sender.address,
        subject=subjects[0] if subjects else "",
        outbound=facts.trusted,
        external=facts.external.bit_count(),
        size=transaction.body.size,
        checksum=checksum(transaction.body),
        rules=tuple(map(_rule, matches)),
        recipients=tuple([path.address for path in transaction.recipients]),
    )


def checksum(body: Content) -> int:
    """Of a body's beginning."""
    return crc32(body.read(DIGESTED))


def _rule(match: Match) -> str:
    mode = match.rule.mode
    return match.rule.id if mode is Mode.ENFORCE else f"{match.rule.id}:{mode.value}"


class Keyed:
    """Hashes that only this gateway can make."""

    def __init__(self, key: bytes) -> None:
        self._start = blake2b(key=key, digest_size=8)
        self.address = lru_cache(maxsize=_ADDRESSES)(self.of)
        """The same of an address: most mail is between few."""

    def of(self, text: str) -> str:
        """16 hexadecimal digits; letter case does not count."""
        started = self._start.copy()
        started.update(text.lower().encode("utf-8", "surrogateescape"))
        return started.hexdigest()

    def subject(self, subject: str) -> str:
        """Of a subject's template."""
        return self.of(subject_template(subject))

    def digest(self, checksum: int) -> str:
        """Of what tells two versions of a body apart, beside its size."""
        return self.of(f"{checksum:08x}")


def key_of(folder: Path) -> bytes:
    """The gateway's key, made when it is first asked for. Raises OSError."""
    path = folder / _KEY_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        mine = folder / f"{_KEY_FILE}.{os.getpid()}.{threading.get_ident()}"
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(_KEY_OCTETS))
            # Another process may have been first.
            with suppress(FileExistsError):
                path.hardlink_to(mine)
        finally:
            mine.unlink()
    return path.read_bytes()


def line_of(message: Jotted, disposition: str, keyed: Keyed) -> bytes:
    """What the journal says of a message and what became of it."""
    address = keyed.address
    at = (message.at - EPOCH) // _MICROSECOND
    way = "outbound" if message.outbound else "inbound"
    rules, recipients = ",".join(message.rules) or "-", ",".join(map(address, message.recipients)) or "-"
    line = (
        f"{VERSION} {at} {address(message.sender)} {keyed.subject(message.subject)} {disposition}"
        f" {way}:{message.external} {message.size} {keyed.digest(message.checksum)} {rules} {recipients}\n"
    )
    return line.encode("ascii")


class Journal:
    """One slot's segments; used by one thread."""

    def __init__(self, folder: Path, slot: str) -> None:
        self._folder = folder
        self._slot = slot
        self._keyed: Keyed | None = None
        self._day = -1
        self._descriptor = -1
        self._cut_short = False

    def write(self, messages: Iterable[Told]) -> int:
        """Append messages with their dispositions; gives how many of them are lost. Never raises OSError."""
        lost = 0
        for day, those in groupby(messages, key=_day):
            batch = list(those)
            try:
                self._append(day, batch)
            except OSError:
                lost += len(batch)
        return lost

    def close(self) -> None:
        """Close the segment."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._day = self._descriptor = -1

    def _append(self, day: int, batch: Sequence[Told]) -> None:
        keyed = self._keyed = self._keyed or Keyed(key_of(self._folder))
        if day != self._day:
            self._turn_to(day)
        octets = b"".join([line_of(message, disposition, keyed) for message, disposition in batch])
        # After a line that was cut short another must not continue it.
        whole, self._cut_short = (b"\n" + octets if self._cut_short else octets), False
        written = os.write(self._descriptor, whole)
        if written < len(whole):
            self._cut_short = True
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def _turn_to(self, day: int) -> None:
        """Another day's segment."""
        self.close()
        name = f"{self._slot}-{EPOCH + timedelta(days=day):%Y%m%d}{SUFFIX}"
        self._descriptor = os.open(self._folder / name, _FLAGS, 0o640)
        self._day = day


def _day(told: Told) -> int:
    """Days since 1970."""
    return (told[0].at - EPOCH).days
