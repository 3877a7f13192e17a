"""winmail.dat (MS-OXTNEF): the attachments that Outlook wraps up, their names in every place where they stand.

Attributes follow one another: level, id, length, data, checksum. MAPI properties are searched for the long file name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.mime.charsets import decode

_ATTACH_START, _ATTACH_TITLE, _ATTACH_DATA, _ATTACH_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_SUBJECT, _MESSAGE_PROPERTIES, _BODY = 0x8004, 0x9003, 0x800C
_LONG_NAME = 0x3707
_STRINGS = {0x001F: "utf-16-le", 0x001E: ""}


def read(data: bytes, job: Job) -> None:
    """Every attachment, the subject and the text."""
    names: list[str] = []
    content: bytes | None = None
    for kind, value in _attributes(data):
        if kind == _ATTACH_START:
            _give(names, content, job)
            names, content = [], None
        elif kind == _ATTACH_TITLE:
            names.append(decode(value.rstrip(b"\0")))
        elif kind == _ATTACH_PROPERTIES:
            names[:0] = list(_long_names(value))
        elif kind == _ATTACH_DATA:
            content = value
        elif kind in (_SUBJECT, _BODY):
            job.text(decode(value.rstrip(b"\0")), "subject" if kind == _SUBJECT else "body")
        elif kind == _MESSAGE_PROPERTIES:
            job.text("\n".join(_texts(value)), "message")
    _give(names, content, job)


def _give(names: list[str], content: bytes | None, job: Job) -> None:
    if content:
        job.inside(tuple(dict.fromkeys(filter(None, names))) or ("attachment",), content)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(data):
        kind, size = struct.unpack_from("<H2xL", data, position + 1)
        start = position + 9
        if start + size > len(data):
            raise Unreadable("broken", "tnef")
        yield kind, data[start : start + size]
        position = start + size + 2


def _long_names(properties: bytes) -> Iterator[str]:
    """Values of PidTagAttachLongFilename: tag, number of values, length, text padded to four octets."""
    for kind, code in _STRINGS.items():
        tag = struct.pack("<HHL", kind, _LONG_NAME, 1)
        found = properties.find(tag)
        if found >= 0:
            yield _string(properties, found + 8, code)


def _texts(properties: bytes) -> Iterator[str]:
    """Subject and text of the message where they are MAPI properties."""
    for key in (0x0037, 0x1000):
        for kind, code in _STRINGS.items():
            found = properties.find(struct.pack("<HHL", kind, key, 1))
            if found >= 0:
                yield _string(properties, found + 8, code)


def _string(data: bytes, position: int, code: str) -> str:
    size = int.from_bytes(data[position : position + 4], "little")
    raw = data[position + 4 : position + 4 + size]
    return (raw.decode(code, "replace") if code else decode(raw)).rstrip("\0")
