"""winmail.dat (MS-OXTNEF) as a file within a file: the texts and the attachments that Outlook wraps up."""

from __future__ import annotations

import struct

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.mime.charsets import decode
from sekisho.mime.html_text import shown_text
from sekisho.mime.tnef import inside_tnef


def read(data: bytes, job: Job) -> None:
    """Every attachment, the subject and the text."""
    found = inside_tnef(data)
    if found is None:
        raise Unreadable("broken", "tnef")
    for one in found:
        if one.shown:
            text = decode(one.content, one.charset)
            job.text(shown_text(text) if one.type == "text/html" else text, "message")
        elif one.content:
            job.inside(one.names or ("attachment",), one.content)
    if not _is_whole(data):
        raise Unreadable("broken", "tnef")


def _is_whole(data: bytes) -> bool:
    """Whether the last attribute ends with the file: level, number, length, value, checksum (2.1.3)."""
    position = 6
    while position + 9 <= len(data):
        (size,) = struct.unpack_from("<L", data, position + 5)
        position += 9 + size + 2
    return position == len(data)
