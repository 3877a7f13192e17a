"""PowerPoint 97 to 2003 presentations (MS-PPT): the text atoms of the record tree, by slide, note and comment."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable

_CHARS, _BYTES, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
_SLIDE, _NOTES, _MASTER, _COMMENT, _SHOW, _LIST = 0x03EE, 0x03F0, 0x03F8, 0x2EE0, 0x03F9, 0x0FF0
_BLOB = 0x138B
"""Records in what calls itself an atom (BinaryTagDataBlob, 2.11.18): comments stand there."""
_CONTAINER = 0xF
_HIDDEN = 0x04
_OF_NOTES = 2
_TAG = "___PPT"
"""Names of programs' own tags begin so (MS-PPT 2.11.1)."""
_ENCRYPTED = 0xF3D1C4DF
"""The head token of the current user's record in an encrypted file (MS-PPT 2.3.2)."""
_KINDS = {_SLIDE: "slide", _NOTES: "note", _MASTER: "master", _COMMENT: "comment"}


@dataclass(slots=True)
class _Sheet:
    """One slide, page of notes, master, or comment; or what stands in none of them."""

    kind: str
    end: int
    texts: list[str] = field(default_factory=list)
    hidden: bool = False


def read(document: bytes, current_user: bytes, job: Job) -> None:
    """All texts, in the order in which they were saved: older ones may be among them."""
    if len(current_user) >= 16 and struct.unpack_from("<L", current_user, 12)[0] == _ENCRYPTED:
        raise Unreadable("encrypted", "office")
    numbers: dict[str, int] = {}
    for sheet in _sheets(document, job):
        number = numbers[sheet.kind] = numbers.get(sheet.kind, 0) + 1
        _tell(sheet, f"{sheet.kind}{number}" if sheet.kind else "", job)


def _tell(sheet: _Sheet, place: str, job: Job) -> None:
    place = f"{place}(hidden)" if sheet.hidden else place
    text = "\n".join(sheet.texts)
    job.text(text, place)
    # Empty notes still hold an asterisk for the date, the number …
    if text.strip("*\n ") and (sheet.hidden or sheet.kind in ("note", "comment")):
        job.hidden(sheet.kind, place, text)


def _sheets(data: bytes, job: Job) -> Iterator[_Sheet]:
    """Containers are entered simply by going on behind their header; those that are sheets end where they say."""
    rest = _Sheet("", len(data))
    current: _Sheet | None = None
    position = count = 0
    fence = len(data)
    while position + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHL", data, position)
        position += 8
        count += 1
        if not count & 0x3FF:
            job.budget.tick()
        if position > fence:
            fence = len(data)
        if current is not None and position > current.end:
            yield current
            current = None
        if version & 0xF == _CONTAINER:
            if kind in _KINDS and (current is None or kind == _COMMENT):
                if current is not None:
                    yield current
                current = _Sheet(_KINDS[kind], position + size)
            elif kind == _LIST and version >> 4 == _OF_NOTES and current is None:
                current = _Sheet("note", position + size)
            continue
        if kind == _BLOB:
            fence = min(position + size, len(data))
            continue
        _record(kind, data[position : position + size], current or rest)
        position = min(position + size, fence)
    if current is not None:
        yield current
    yield rest


def _record(kind: int, content: bytes, sheet: _Sheet) -> None:
    if kind in (_CHARS, _STRING):
        text = content.decode("utf-16-le", "replace").replace("\r", "\n")
        if not text.startswith(_TAG):
            sheet.texts.append(text)
    elif kind == _BYTES:
        sheet.texts.append(content.decode("latin-1").replace("\r", "\n"))
    elif kind == _SHOW and len(content) > 10:
        sheet.hidden = bool(content[10] & _HIDDEN)
