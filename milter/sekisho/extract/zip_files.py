"""ZIP files: Office and OpenDocument packages by their parts, every other archive file by file."""

from __future__ import annotations

import re

from sekisho.extract import odf, ooxml
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.extract.zip_archive import Archive

_HEAD = 4096
_NOTHING = re.compile(r"(?!)")


def read(data: bytes, job: Job) -> None:
    """All files of the archive, or the document that it is and what else is in it."""
    archive = Archive(data, job.budget)
    without_text = _NOTHING
    if archive.find("[Content_Types].xml"):
        ooxml.read(data, archive, job)
        without_text = ooxml.WITHOUT_TEXT
    elif archive.find("content.xml") and (archive.find("mimetype") or archive.find("META-INF/manifest.xml")):
        odf.read(data, archive, job)
        without_text = odf.WITHOUT_TEXT
    _read_files(archive, job, without_text)
    for problem in dict.fromkeys(archive.problems):
        job.problem(problem, file_format="zip")


def _read_files(archive: Archive, job: Job, without_text: re.Pattern[str]) -> None:
    """Each entry that no reader has had; of several with one name only the first counts as read."""
    for entry in archive.entries:
        is_only = archive.find(entry.name) is entry
        if entry.is_folder or entry in archive.taken or (is_only and without_text.fullmatch(entry.name.lower())):
            continue
        try:
            if not job.picture(entry.names, archive.read(entry, _HEAD)):
                job.inside(entry.names, archive.read(entry))
        except Unreadable as error:
            job.unread(entry.names, error)
