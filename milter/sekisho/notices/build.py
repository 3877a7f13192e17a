"""A notice as a complete mail: octets to be sent with the null reverse-path.

Plain text and HTML (multipart/alternative) in the reader's language; refusals by the policy or by the listener are
delivery status notifications (multipart/report, RFC 3464). All notices about one message make one thread with it.
No part of the message but its subject and addresses is in them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.utils import format_datetime

from sekisho.core.domains import normal_domain
from sekisho.core.letters import Letter, filled
from sekisho.core.message import Path
from sekisho.core.oneline import one_line
from sekisho.core.path import parse_path
from sekisho.notices.facts import REPORTS, Notice
from sekisho.notices.forms import html, plain
from sekisho.notices.mime import UNDISCLOSED, field, mailbox, multipart, text_entity, unstructured
from sekisho.notices.page import page_of
from sekisho.notices.report import reportable, status_entity
from sekisho.notices.texts import texts_of

_MESSAGE_ID = re.compile(r"\s*(<[\x21-\x3b=\x3f-\x7e]{1,250}>)\s*")
LONGEST_SUBJECT = 300
_NOT_ATOM = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all notices of a site have in common."""

    sender: str
    """The address in From: ``notices.from``."""
    zone: tzinfo
    """Moments are shown in it."""
    host: str = "localhost"
    """Our MTA's name, for reports."""
    contact: str = ""
    """Whom people ask: ``ext. 1234``, an address."""
    letters: Mapping[tuple[str, str], Letter] = dataclasses.field(default_factory=dict)
    """The site's own forms, by kind and language."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a notice says, in its two forms."""

    subject: str
    plain: str
    html: str

    def record(self) -> dict[str, str]:
        """As programs see it."""
        return {"subject": self.subject, "plain": self.plain, "html": self.html}


def written(notice: Notice, letterhead: Letterhead, now: datetime) -> Text:
    """What the notice says at ``now``, in its reader's language and the site's own form where there is one."""
    texts = texts_of(notice.language, letterhead.zone)
    page = page_of(notice, texts, letterhead.contact, now.astimezone(letterhead.zone))
    letter = letterhead.letters.get((notice.kind, texts.language))
    subject = one_line(filled(letter.subject, page.values), LONGEST_SUBJECT) if letter else page.subject
    return Text(subject, plain(page, texts, letter), html(page, texts, letter))


def build(notice: Notice, letterhead: Letterhead, serial: str, now: datetime, attached: bytes = b"") -> bytes:
    """The mail. ``serial`` names it (the outbox row's id): the same notice sent again has the same Message-ID.

    ``attached``: an entity to go with it, such as the draft that a cancelled message comes back as.
    """
    text = written(notice, letterhead, now)
    local = now.astimezone(letterhead.zone)
    boundary = hashlib.sha256(serial.encode("utf-8", "replace")).hexdigest()[:24]
    parts = [text_entity("plain", text.plain), text_entity("html", text.html)]
    entity = multipart("alternative", f"a{boundary}", parts)
    if is_report(notice):
        status = status_entity(notice.kind, notice.facts, letterhead.host, local)
        entity = multipart("report; report-type=delivery-status", f"r{boundary}", [entity, status])
    if attached:
        entity = multipart("mixed", f"m{boundary}", [entity, attached])
    head = _header(notice, letterhead, serial, local) + unstructured("Subject", text.subject)
    language = texts_of(notice.language, letterhead.zone).language
    return head + field("Content-Language", language) + field("MIME-Version", "1.0") + entity


def is_report(notice: Notice) -> bool:
    """Whether it is a DSN. If nobody's failure may be reported, the sender is told by an ordinary notice."""
    return notice.kind in REPORTS and bool(reportable(notice.facts))


def envelope(notice: Notice) -> tuple[Path, Path]:
    """Reverse-path and forward-path. `ValueError` where the address is none that can be written to."""
    address = mailbox(notice.to)
    if not address:
        raise ValueError(f"not an address to send a notice to: {notice.to!r}")
    international = () if address.isascii() else ("SMTPUTF8",)
    return parse_path(b"<>", international), parse_path(f"<{address}>".encode())


def _header(notice: Notice, letterhead: Letterhead, serial: str, now: datetime) -> bytes:
    facts = notice.facts
    domain = normal_domain(letterhead.sender.rpartition("@")[2])
    thread = f"<sekisho.{_atom(facts.ref)}@{domain}>"
    found = _MESSAGE_ID.fullmatch(facts.message_id)
    original = found[1] if found else ""
    # RFC 3834 5: reports are replies; "auto-generated" must not be used to label them.
    automatic = "auto-replied" if is_report(notice) else "auto-generated"
    return b"".join(
        [
            _address("From", letterhead.sender),
            _address("To", notice.to),
            _address("Reply-To", facts.reply_to) if facts.reply_to else b"",
            field("Date", format_datetime(now)),
            field("Message-ID", f"<sekisho.{_atom(serial)}.{notice.kind}@{domain}>"),
            field("In-Reply-To", original or thread),
            field("References", f"{original}\r\n {thread}" if original else thread),
            field("Auto-Submitted", automatic),
        ]
    )


def _address(name: str, address: str) -> bytes:
    """Raw UTF-8 for an international local part, which has no other form (RFC 6532 3.2)."""
    written = mailbox(address)
    shown = f"<{written}>" if written else UNDISCLOSED
    return f"{name}: {shown}\r\n".encode()


def _atom(text: str) -> str:
    return _NOT_ATOM.sub("-", text[:64])
