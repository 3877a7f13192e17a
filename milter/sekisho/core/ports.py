"""The ways by which facts reach outside themselves. Each answers, or raises `Unavailable`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sekisho.core.message import Transaction
from sekisho.core.opened import Opened
from sekisho.core.parts import Addresses, Part, Structure


class Unavailable(Exception):
    """A source was away or could not answer; what depends on it is unknown, not false."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.why = why


class Reader(Protocol):
    """Octets to meaning. Never raises on content: what cannot be read is an anomaly of the structure."""

    def addresses(self, value: bytes) -> Addresses:
        """The mailboxes of an address field's value."""

    def decoded(self, value: bytes) -> str:
        """An unstructured value as people see it: unfolded, encoded-words and raw octets decoded."""

    def structure(self, transaction: Transaction) -> Structure:
        """The message's parts."""

    def text(self, part: Part) -> str:
        """A text part's text; HTML as the text it shows."""

    def detect(self, part: Part) -> str:
        """Media type by content, whatever the part says of itself; empty when unknown."""


class Files(Protocol):
    """What is in files."""

    def open(self, part: Part) -> Opened:
        """All that is in a file. What cannot be read is a problem of the answer; raises `Unavailable` only when no
        file could be opened now."""


class NoFiles:
    """Where there is nobody to open files: whoever asks is told so, rather than that they are empty."""

    def open(self, part: Part) -> Opened:
        """Raises `Unavailable`."""
        raise Unavailable("files", f"nobody is there to open {part.place}")


NO_FILES = NoFiles()


class Lists(Protocol):
    """The site's named lists."""

    def contains(self, name: str, local: str, domain: str) -> bool:
        """Whether the address is on the list ``name``; the domain spelled by `normal_domain`."""

    def holding(self, names: Collection[str], local: str, domain: str) -> Iterable[str]:
        """Those of these lists on which the address may be: all on which it is, and perhaps others. Never raises."""

    def labels(self, local: str, domain: str) -> frozenset[str]:
        """The labels that address books give the address, or its domain; in small letters."""


Owners = Callable[[str], str]
"""The address of the person who answers for an address or a login name; empty where nobody is known at once. Neither
waits nor raises."""


def no_owners(name: str) -> str:  # noqa: ARG001
    """Where nobody said whose addresses are whose."""
    return ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A dictionary's word in a text: offsets of the original text, whatever folding found it."""

    start: int
    end: int
    word: str


class Dictionary(Protocol):
    """A set of words to look for, all at once; widths, kana and letter case are folded."""

    def may_hit(self, text: str) -> bool:
        """False where no word is in the text, and none would be with other lines above and below."""

    def hits(self, text: str) -> Iterator[Hit]:
        """Every word in the text, in order."""
