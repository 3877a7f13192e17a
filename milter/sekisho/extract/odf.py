"""OpenDocument files (OASIS OpenDocument 1.3): text, sheets, slides, comments, tracked changes, properties."""

from __future__ import annotations

import re

from sekisho.extract.cells import Sheet, read_sheets
from sekisho.extract.hidden_cells import hidden_columns, hidden_rows
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.extract.odf_text import OdfText, Styles
from sekisho.extract.ooxml import read_properties
from sekisho.extract.zip_archive import Archive

WITHOUT_TEXT = re.compile(
    r"mimetype|meta-inf/manifest\.xml|(?:.*/)?(?:settings|styles)\.xml|.*\.rdf|(?:.*/)?configurations2/.*|layout-cache"
)
_MACROS = re.compile(r"(?:basic|scripts)/.+/.+")
_EMBEDDED = re.compile(r"(.+)/content\.xml")


def read(data: bytes, archive: Archive, job: Job) -> None:
    """All texts of the document."""
    if b"encryption-data" in archive.part("META-INF/manifest.xml"):
        raise Unreadable("encrypted", "office")
    archive.check_sizes()
    content = archive.part("content.xml")
    is_sheet = b"<office:spreadsheet" in content
    sheets = read_sheets(data, job) if is_sheet or b"spreadsheet" in archive.part("mimetype") else {}
    styles = Styles()
    common = archive.part("styles.xml")
    header = OdfText("header", styles).read(common, job.budget) if common else None
    _tell(OdfText("", styles, is_sheet=is_sheet).read(content, job.budget), sheets, job)
    if header:
        _tell(header, {}, job)
    for found in filter(None, map(_EMBEDDED.fullmatch, archive.names)):
        _tell(OdfText(found[1], Styles()).read(archive.part(found[0]), job.budget), {}, job)
    read_properties(("meta.xml",), archive, job)
    if any(_MACROS.fullmatch(name) for name in archive.names):
        job.macros()


def _tell(read: OdfText, sheets: dict[str, Sheet], job: Job) -> None:
    """What was found, to the job."""
    deleted = ""
    for section in read.sections:
        if section.kind == "cell":
            continue
        job.text(section.text, section.place)
        if section.kind == "tracked-change":
            deleted += section.text
        elif section.kind != "text" and section.text.strip():
            job.hidden(section.kind, section.place, section.text)
    if read.changes:
        job.hidden("tracked-change", "", deleted + "".join(read.inserted), read.changes)
    if read.hidden:
        job.hidden("hidden-text", "", "".join(read.hidden), len(read.hidden))
        job.text("\n".join(read.hidden), "hidden")
    for name, grid in read.grids.items():
        if name in sheets:
            hidden_rows(sheets[name], grid.rows, job)
            for columns in grid.columns:
                hidden_columns(sheets[name], columns, job)
