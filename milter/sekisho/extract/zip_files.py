"""ZIP files: Office and OpenDocument packages by their parts, every other archive file by file."""

from __future__ import annotations

from collections.abc import Container

from sekisho.extract import odf, ooxml
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.extract.zip_archive import Archive

_HEAD = 4096


def read(data: bytes, job: Job) -> None:
    """All files of the archive, or the document that it is."""
    archive = Archive(data, job.budget)
    seen: Container[str] = ()
    if archive.find("[Content_Types].xml"):
        seen = ooxml.read(data, archive, job)
    elif archive.find("content.xml") and (archive.find("mimetype") or archive.find("META-INF/manifest.xml")):
        seen = odf.read(data, archive, job)
    _read_files(archive, job, seen)
    for problem in dict.fromkeys(archive.problems):
        job.problem(problem, file_format="zip")


def _read_files(archive: Archive, job: Job, seen: Container[str]) -> None:
    for entry in archive.entries:
        if entry.is_folder or entry.name.lower().replace("\\", "/") in seen:
            continue
        try:
            if not job.picture(entry.names, archive.read(entry, _HEAD)):
                job.inside(entry.names, archive.read(entry))
        except Unreadable as error:
            job.unread(entry.names, error)
