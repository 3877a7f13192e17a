"""OpenDocument files (OASIS OpenDocument 1.3): text, sheets, slides, comments, tracked changes, properties."""

from __future__ import annotations

import re
from collections.abc import Set

from sekisho.extract.cells import read_sheets
from sekisho.extract.drawn import Drawn
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.extract.ooxml import read_properties
from sekisho.extract.zip_archive import Archive

_TEXTS = frozenset({"p", "h"})
_ORDINARY = re.compile(r"(?:.*\.(?:xml|rdf)|mimetype|.*/configurations2/.*|configurations2/.*|layout-cache)")
_CHANGE = re.compile(rb"<text:changed-region\b")
_MACROS = re.compile(r"(?:basic|scripts)/.+/.+")


def read(data: bytes, archive: Archive, job: Job) -> Set[str]:
    """All texts of the document. Gives the names that need not be opened."""
    if b"encryption-data" in archive.part("META-INF/manifest.xml"):
        raise Unreadable("encrypted", "office")
    content = archive.part("content.xml")
    if b"spreadsheet" in archive.part("mimetype"):
        read_sheets(data, job)
    _read_part(content, "", job, is_sheet=b"<office:spreadsheet" in content)
    styles = archive.part("styles.xml")
    if styles:
        _read_part(styles, "header", job, is_sheet=False)
    read_properties(("meta.xml",), archive, job)
    if any(_MACROS.fullmatch(name) for name in archive.names):
        job.macros()
    return {name for name in archive.names if _ORDINARY.fullmatch(name)}


def _read_part(content: bytes, place: str, job: Job, *, is_sheet: bool) -> None:
    drawn = Drawn(_TEXTS).read(content, job.budget)
    if not is_sheet:
        job.text(drawn.text, place)
    changes = len(_CHANGE.findall(content))
    if changes:
        job.hidden("tracked-change", place, "".join(drawn.changed), changes)
    for comment in drawn.comments:
        job.hidden("comment", place, "".join(comment))
        if is_sheet:
            job.text("".join(comment), "comment")
