"""A held message as a person may look at it before deciding: its texts, made harmless, and its files.

Given a hold and its stored octets; gives documents for a sandboxed frame and files to be saved. HTML is reduced to text
with its structure: no script, style, picture, link or address survives, so that nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import nh3

from sekisho.core.content import Content, Octets
from sekisho.core.message import Transaction
from sekisho.core.oneline import one_line
from sekisho.core.parts import Part
from sekisho.mime.part_text import HTML, source_of
from sekisho.mime.reader import MimeReader
from sekisho.store.codec import header_fields
from sekisho.store.rows import HoldRow
from sekisho.web.templating import STYLE
from sekisho.words import say as words

LONGEST_TEXT = 200_000
MOST_TEXTS = 10
MOST_FILES = 200
_STRUCTURE = (
    "p br div span b strong i em u s small sub sup pre code blockquote ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6 "
    "table thead tbody tfoot tr td th caption center font"
)
_TAGS = set(_STRUCTURE.split())
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "*": {"dir"}}


@dataclass(frozen=True, slots=True)
class File:
    """An attached file."""

    number: int
    """Its place among the message's parts."""
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a message."""

    texts: tuple[str, ...]
    """Whole documents for ``srcdoc``."""
    files: tuple[File, ...]
    is_cut: bool


def parts_of(hold: HoldRow, content: Content) -> tuple[Part, ...]:
    """The parts of the stored message. ``ValueError`` where its header does not fit; `ContentDamaged`."""
    octets = content.read()
    length = sum(whole for _, whole in hold.message.header) + 2
    message = hold.message
    paths = tuple(person.path for person in hold.recipients)
    fields = header_fields(octets[:length], message.header)
    body = Octets(octets[length:])
    transaction = Transaction(message.client, message.sender, paths, fields, body, {}, message.received)
    return MimeReader().structure(transaction).parts


def shown(parts: tuple[Part, ...]) -> Shown:
    """The texts that readers show, and the files."""
    texts = [source for part in parts if not part.attached and (source := _document(part))]
    files = [File(number, _name(part, number), words.size(part.content.size)) for number, part in _files(parts)]
    is_cut = len(texts) > MOST_TEXTS or len(files) > MOST_FILES or any(map(_is_long, parts))
    return Shown(tuple(texts[:MOST_TEXTS]), tuple(files[:MOST_FILES]), is_cut)


def file_of(parts: tuple[Part, ...], number: int) -> tuple[str, Part] | None:
    """A file's name and part; None if there is no file of this number."""
    return next(((_name(part, found), part) for found, part in _files(parts) if found == number), None)


def _files(parts: tuple[Part, ...]) -> Iterator[tuple[int, Part]]:
    return ((number, part) for number, part in enumerate(parts) if part.attached)


def _name(part: Part, number: int) -> str:
    """A name that neither leads out of a folder nor hides how it ends."""
    name = one_line(part.names[0], 120) if part.names else ""
    return name.replace("/", "_").replace("\\", "_") or f"part-{number}"


def _is_long(part: Part) -> bool:
    return not part.attached and part.content.size > LONGEST_TEXT


def _document(part: Part) -> str:
    source = source_of(part)[:LONGEST_TEXT]
    if not source.strip():
        return ""
    if part.type in HTML:
        body = nh3.clean(source, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=set())
    else:
        body = f"<pre>{escape(source)}</pre>"
    # The frame inherits the page's Content-Security-Policy, which knows this one style sheet.
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{STYLE}</style><body>{body}'
