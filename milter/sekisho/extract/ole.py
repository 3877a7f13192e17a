"""Compound files (MS-CFB): old Word, Excel, PowerPoint, Outlook messages, encrypted new Office files, embedded objects.

The only module that imports olefile. Streams are found by their names; a file with several is read in every way.
"""

from __future__ import annotations

import io
import struct

import olefile

from sekisho.extract import old_excel, old_slides, old_word, outlook
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.extract.ole_properties import STREAMS, properties

_MACROS = frozenset({"_vba_project", "vba", "macros", "_vba_project_cur"})
_ENCRYPTED = frozenset({"encryptedpackage", "encryptedsummary"})
_KNOWN = ("worddocument", "workbook", "book", "powerpoint document", "__properties_version1.0", "contents")


class Streams:
    """The streams of a compound file by their names, read within the budget."""

    def __init__(self, data: bytes, job: Job) -> None:
        try:
            self._file = olefile.OleFileIO(io.BytesIO(data))
        except (OSError, ValueError, struct.error) as error:
            raise Unreadable("broken", "ole") from error
        self._job = job
        if self._file.directory_fp.size % self._file.sector_size:
            job.problem("broken", file_format="ole")
        self.names = ["/".join(path) for path in self._file.listdir()]
        self._by_name = {name.lower(): name for name in self.names}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def read(self, name: str) -> bytes:
        """A stream's octets; nothing where there is none."""
        found = self._by_name.get(name.lower())
        if found is None:
            return b""
        data = bytes(self._file.openstream(found).read())
        self._job.budget.octets(len(data))
        if len(data) < self._file.get_size(found):
            self._job.problem("broken", file_format="ole")
        return data

    def properties(self) -> list[tuple[str, str]]:
        """What the streams of properties say."""
        return [pair for name, known in STREAMS.items() for pair in properties(self.read(name), known)]


def read(data: bytes, job: Job) -> None:
    """All that the compound file is."""
    streams = Streams(data, job)
    folded = {part for name in streams.names for part in name.lower().split("/")}
    if folded & _ENCRYPTED:
        raise Unreadable("encrypted", "office")
    if folded & _MACROS:
        job.macros()
    _read_documents(data, streams, job)
    _embedded(streams, job)
    found = streams.properties()
    job.text("\n".join(f"{name}: {value}" for name, value in found), "properties")
    for name, value in found:
        job.hidden("property", "properties", f"{name}: {value}")


def _read_documents(data: bytes, streams: Streams, job: Job) -> None:
    if "worddocument" in streams:
        tables = [streams.read("0Table"), streams.read("1Table")]
        old_word.read(streams.read("WordDocument"), tables, job)
    if "workbook" in streams or "book" in streams:
        old_excel.read(data, streams.read("Workbook") or streams.read("Book"), job)
    if "powerpoint document" in streams:
        old_slides.read(streams.read("PowerPoint Document"), streams.read("Current User"), job)
    if "__properties_version1.0" in streams:
        outlook.read(streams.names, streams.read, job)
    is_known = any(name in streams for name in _KNOWN) or any("vba" in name.lower() for name in streams.names)
    if not is_known and not any(name.rpartition("/")[2] in ("\x01Ole10Native", "Package") for name in streams.names):
        job.problem("unknown", file_format="ole")


def _embedded(streams: Streams, job: Job) -> None:
    """Files put into the document: packages of the old kind (MS-OLEDS 2.3.6), and Office files as they are."""
    for name in streams.names:
        last = name.rpartition("/")[2]
        if last == "\x01Ole10Native":
            label, content = _package(streams.read(name))
            job.inside((label,), content)
        elif last == "Package":
            job.inside((name,), streams.read(name))


def _package(data: bytes) -> tuple[str, bytes]:
    """Label and content of an OLE package: size, flags, label, path, more flags, temporary path, content."""
    try:
        position = data.index(b"\0", 6)
        label = data[6:position]
        position = data.index(b"\0", position + 1) + 1 + 4
        (size,) = struct.unpack_from("<L", data, position)
        position += 4 + size
        (length,) = struct.unpack_from("<L", data, position)
    except (ValueError, struct.error):
        return "embedded", data[4:]
    return label.decode("cp932", "replace"), data[position + 4 : position + 4 + length]
