"""Word documents (ECMA-376 part 1, 17): body, headers and footers, notes, comments, tracked changes, hidden text."""

from __future__ import annotations

import re

from sekisho.extract.drawn import Drawn
from sekisho.extract.job import Job
from sekisho.extract.zip_archive import Archive

_PARTS = re.compile(r"word/((?:header|footer|footnotes|endnotes|document|comments)\d*)\.xml")
_PLACES = {"document": "", "comments": "comment"}


def read(archive: Archive, job: Job) -> None:
    """All texts of the document; the body first."""
    names = (found for found in map(_PARTS.fullmatch, archive.names) if found)
    for found in sorted(names, key=lambda one: one[1] != "document"):
        content = archive.part(found[0])
        if content:
            _read_part(content, _PLACES.get(found[1], found[1]), job)


def _read_part(content: bytes, place: str, job: Job) -> None:
    drawn = Drawn().read(content, job.budget)
    job.text(drawn.text, place)
    if drawn.changes:
        job.hidden("tracked-change", place, "".join(drawn.changed), drawn.changes)
    if drawn.hidden:
        job.hidden("hidden-text", place, "".join(drawn.hidden), len(drawn.hidden))
    for comment in drawn.comments:
        job.hidden("comment", place, "".join(comment))
