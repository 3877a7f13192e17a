"""Files that are text: lists, logs, pages, calendars, in whatever encoding (`sekisho.mime.charsets`)."""

from __future__ import annotations

from sekisho.core.content import Octets
from sekisho.core.parts import Part
from sekisho.extract.job import Job
from sekisho.mime.magic import media_type_of
from sekisho.mime.part_text import text_of

_MARKUP = frozenset({"text/html", "application/xhtml+xml", "application/hta"})


def read(data: bytes, job: Job) -> None:
    """The text; of HTML what it shows."""
    kind = "text/html" if media_type_of(Octets(data)) in _MARKUP else "text/plain"
    job.text(text_of(Part("", job.names, kind, Octets(data))))
