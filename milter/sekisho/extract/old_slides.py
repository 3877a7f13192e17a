"""PowerPoint 97 to 2003 presentations (MS-PPT): the text atoms of the document's record tree."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable

_CHARS, _BYTES, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
_CONTAINER = 0xF
_ENCRYPTED = 0xF3D1C4DF
"""The head token of the current user's record in an encrypted file (MS-PPT 2.3.2)."""


def read(document: bytes, current_user: bytes, job: Job) -> None:
    """All texts, in the order in which they were saved: older ones may be among them."""
    if len(current_user) >= 16 and struct.unpack_from("<L", current_user, 12)[0] == _ENCRYPTED:
        raise Unreadable("encrypted", "office")
    job.text("\n".join(_texts(document, job)))


def _texts(data: bytes, job: Job) -> Iterator[str]:
    """Containers are entered simply by going on behind their header."""
    position, count = 0, 0
    while position + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHL", data, position)
        position += 8
        count += 1
        if not count & 0x3FF:
            job.budget.tick()
        if version & 0xF == _CONTAINER:
            continue
        if kind in (_CHARS, _STRING):
            yield data[position : position + size].decode("utf-16-le", "replace").replace("\r", "\n")
        elif kind == _BYTES:
            yield data[position : position + size].decode("latin-1").replace("\r", "\n")
        position += size
