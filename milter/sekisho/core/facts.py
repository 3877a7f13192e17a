"""Everything a policy may ask of one message, computed at most once and only when asked.

A policy that never asks about attachments never opens one. Facts reach outside only through the ports they are given;
"now" is the moment the message came. Same answers, same decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

from sekisho.core.finding import Finding
from sekisho.core.lazy import lazy
from sekisho.core.message import Field, Path, Transaction
from sekisho.core.opened import Opened
from sekisho.core.parts import Addresses, Mailbox, Part, Structure, Text
from sekisho.core.ports import NO_FILES, Dictionary, Files, Lists, Owners, Reader, no_owners
from sekisho.core.prose import SENT, Prose
from sekisho.core.site import Site
from sekisho.core.truth import Mask, Truth, mask_of_all

T = TypeVar("T")

VISIBLE = ("to", "cc", "resent-to", "resent-cc")
"""Fields whose addresses every recipient can read (RFC 5322 3.6.3, 3.6.6)."""

PICTURES = ("image/", "audio/", "video/", "font/")
"""Types of files in which there is nothing to read."""

Inspector = Callable[["Facts"], Iterable[Finding]]
"""An inspector with its settings bound."""


class Facts:
    """Facts of one transaction."""

    def __init__(
        self,
        transaction: Transaction,
        site: Site,
        reader: Reader,
        lists: Lists,
        dictionaries: Mapping[str, Dictionary],
        inspectors: Mapping[str, Inspector],
        files: Files = NO_FILES,
        owners: Owners = no_owners,
    ) -> None:
        self.transaction = transaction
        self.site = site
        self.reader = reader
        self.lists = lists
        self._files = files
        self._owners = owners
        self.dictionaries = dictionaries
        self._inspectors = inspectors
        self._found: dict[Inspector, tuple[Finding, ...]] = {}
        self._derived: dict[object, object] = {}
        self.truths: dict[object, Truth] = {}
        """What conditions have answered, by condition: each is asked once a message."""
        self._kinds: dict[int, str] = {}
        self.away: dict[str, str] = {}
        """Sources that could not answer for this message, and why."""

    def derived(self, work: Callable[[Facts], T]) -> T:
        """What several inspectors need, worked out by the first who asks; ``work`` may raise `Unavailable`."""
        if work not in self._derived:
            self._derived[work] = work(self)
        return cast(T, self._derived[work])

    @lazy
    def everyone(self) -> Mask:
        return mask_of_all(len(self.transaction.recipients))

    def those(self, test: Callable[[Path], bool]) -> Mask:
        """The recipients that pass a test."""
        mask, bit = 0, 1
        for path in self.transaction.recipients:
            if test(path):
                mask |= bit
            bit <<= 1
        return mask

    @lazy
    def external(self) -> Mask:
        """Recipients outside the organisation."""
        return self.those(self.site.is_external)

    @lazy
    def ambiguous(self) -> Mask:
        """Recipients whose address has several readings (``user%domain``); all of them, where the sender's has."""
        if self.transaction.sender.routes:
            return self.everyone
        return self.those(lambda path: bool(path.routes))

    @lazy
    def trusted(self) -> bool:
        """Whether the client is one of ours."""
        return self.site.trusts(self.transaction.client)

    @lazy
    def fields(self) -> Mapping[str, tuple[Field, ...]]:
        """Header fields by lower-case name, in order."""
        grouped: dict[str, list[Field]] = {}
        for field in self.transaction.fields:
            grouped.setdefault(field.key, []).append(field)
        return {key: tuple(fields) for key, fields in grouped.items()}

    def named(self, key: str) -> tuple[Field, ...]:
        """All fields of a lower-case name."""
        return self.fields.get(key, ())

    @lazy
    def addresses(self) -> Mapping[str, Addresses]:
        """Addresses of every address field that is there, all instances of a field together, by lower-case name."""
        keys = ("from", "sender", "reply-to", *VISIBLE, "bcc", "resent-bcc", "resent-from")
        return {key: self._addresses_of(key) for key in keys if key in self.fields}

    def _addresses_of(self, key: str) -> Addresses:
        readings = [self.reader.addresses(field.value) for field in self.named(key)]
        boxes = tuple(box for reading in readings for box in reading.mailboxes)
        return Addresses(boxes, any(reading.ambiguous for reading in readings))

    @lazy
    def visible(self) -> tuple[Mailbox, ...]:
        """The visible recipients, each address once."""
        found: dict[tuple[str, str], Mailbox] = {}
        for key in VISIBLE:
            if key in self.addresses:
                for box in self.addresses[key].mailboxes:
                    found.setdefault((box.local.lower(), box.domain), box)
        return tuple(found.values())

    @lazy
    def hidden(self) -> Mask:
        """Recipients whom no field shows."""
        shown = {(box.local.lower(), box.domain) for box in self.visible}
        return self.those(lambda path: (path.local.lower(), path.domain) not in shown)

    @lazy
    def visible_external(self) -> tuple[Mailbox, ...]:
        """Visible recipients outside the organisation."""
        domains = self.site.domains
        return tuple(box for box in self.visible if box.domain and box.domain not in domains)

    @lazy
    def authors(self) -> tuple[Mailbox, ...]:
        """The mailboxes of every From field."""
        found = self.addresses.get("from")
        return found.mailboxes if found else ()

    @lazy
    def sender_of_record(self) -> str:
        """The person who answers for the message: the authenticated user, else the owner of the envelope sender as the
        address book knows it, else an envelope sender of ours."""
        user, sender = self.transaction.client.user, self.transaction.sender
        if "@" in user:
            return user
        known = (user and self._owners(user)) or (sender.address and self._owners(sender.address))
        return known or (sender.address if sender.domain in self.site.domains else "")

    @lazy
    def subjects(self) -> tuple[str, ...]:
        """Every Subject, decoded; there may be none or several."""
        return tuple(self.reader.decoded(field.value) for field in self.named("subject"))

    @lazy
    def structure(self) -> Structure:
        return self.reader.structure(self.transaction)

    @lazy
    def texts(self) -> tuple[Text, ...]:
        """What people read in the message itself, part by part."""
        return tuple(Text(part.place, self.reader.text(part)) for part in self.structure.parts if not part.attached)

    @lazy
    def prose(self) -> tuple[Prose, ...]:
        """The texts, with what each line is: new, quoted, a signature …"""
        return tuple(Prose(text, self.subjects) for text in self.texts)

    @lazy
    def sent_texts(self) -> tuple[Text, ...]:
        """The texts without quoted mail, signatures and disclaimers, which the recipients may have seen before."""
        return tuple(Text(one.place, "\n".join(line for _, line in one.lines(SENT))) for one in self.prose)

    @lazy
    def attached_texts(self) -> tuple[Text, ...]:
        """Attached files that are text themselves: lists, logs, pages."""
        parts = (part for part in self.attachments if part.type.startswith("text/"))
        return tuple(Text(part.place, self.reader.text(part)) for part in parts)

    @lazy
    def attachments(self) -> tuple[Part, ...]:
        return tuple(part for part in self.structure.parts if part.attached)

    def kind(self, part: Part) -> str:
        """The media type by content of one of the message's own parts; empty when unknown."""
        kind = self._kinds.get(id(part))
        if kind is None:
            kind = self._kinds[id(part)] = self.reader.detect(part)
        return kind

    @lazy
    def opened(self) -> tuple[tuple[Part, Opened], ...]:
        """What is in each attached file that is neither plain text nor a picture. Raises `Unavailable`."""
        return tuple((part, self._files.open(part)) for part in self.attachments if self._is_to_open(part))

    @property
    def has_opened(self) -> bool:
        """Whether anything has asked for what is in the files, and they could be opened."""
        return "opened" in self.__dict__

    @lazy
    def has_texts_in_files(self) -> bool:
        """Whether an attached file may hold texts: whatever is neither a picture nor empty."""
        return any(part.type.startswith("text/") or self._is_to_open(part) for part in self.attachments)

    def _is_to_open(self, part: Part) -> bool:
        kind = self.kind(part)
        if part.type.startswith("text/") and (not kind or kind.startswith("text/")):
            return False
        # The size of an encoded file is known once all of it is decoded: asked last.
        return (kind == "image/svg+xml" or not kind.startswith(PICTURES)) and bool(part.content.size)

    def findings(self, code: str) -> tuple[Finding, ...]:
        """The findings of one code; runs its inspector the first time anybody asks."""
        inspector = self._inspectors[code]
        found = self._found.get(inspector)
        if found is None:
            found = self._found[inspector] = tuple(inspector(self))
        return tuple(finding for finding in found if finding.code == code) if found else ()

    @property
    def found(self) -> tuple[Finding, ...]:
        """All findings of the inspectors that have run."""
        return tuple(finding for findings in self._found.values() for finding in findings)
