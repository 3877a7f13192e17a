"""The package's one entry: octets of an attached file in, all that is in it out (`sekisho.core.opened.Opened`).

Type is decided by content, never by name. Never raises but on lack of memory beyond repair: a reader's exception is a
``broken`` file, a limit reached is a problem of the whole file, and what has no reader is ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sekisho.core.content import Octets
from sekisho.core.facts import PICTURES
from sekisho.core.opened import Opened
from sekisho.extract import compressed, foreign, mail, ole, pdf, plain, rtf, tar, tnef, zip_archive, zip_files
from sekisho.extract.job import Found, Job
from sekisho.extract.limits import Budget, Limits, Spent, Unreadable
from sekisho.mime.magic import media_type_of

Read = Callable[[bytes, Job], None]

_READERS: Mapping[str, Read] = {
    "application/pdf": pdf.read,
    "application/gzip": compressed.read_gzip,
    "application/x-bzip2": compressed.read_bzip2,
    "application/x-xz": compressed.read_xz,
    "application/zstd": compressed.read_zstandard,
    "application/x-tar": tar.read,
    "application/rtf": rtf.read,
    "application/ms-tnef": tnef.read,
    "message/rfc822": mail.read,
    "application/x-7z-compressed": foreign.read_7z,
    "application/vnd.rar": foreign.read_rar,
    "application/x-lzh-compressed": foreign.read_lha,
    "application/vnd.ms-cab-compressed": foreign.read_cab,
    "application/x-iso9660-image": foreign.read_iso,
    "application/xml": plain.read,
    "image/svg+xml": plain.read,
    "application/hta": plain.read,
    "application/x-mswinurl": plain.read,
    "application/postscript": plain.read,
}
_BEGINNINGS: tuple[tuple[bytes, Read], ...] = (
    (b"PK", zip_files.read),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ole.read),
)
_ARCHIVES = frozenset(
    {
        "application/x-tar",
        "application/x-7z-compressed",
        "application/vnd.rar",
        "application/x-lzh-compressed",
        "application/vnd.ms-cab-compressed",
        "application/x-iso9660-image",
    }
)
_ACTS = frozenset(
    {
        "application/vnd.microsoft.portable-executable",
        "application/x-elf",
        "application/x-mach-binary",
        "application/java-vm",
        "application/wasm",
        "application/x-ms-shortcut",
    }
)
"""Programs: what they are says enough."""
_DATA = bytes.fromhex("06092a864886f70d010701")
_NO_CONTENT = (b"\x30\x0b" + _DATA, b"\x30\x80" + _DATA + b"\0\0")


def open_file(data: bytes, names: Sequence[str], limits: Limits, clock: Callable[[], float]) -> Opened:
    """All that is in a file; ``clock`` in seconds."""
    found = Found()
    job = Job("", names, Budget(limits, len(data), clock), found, _enter)
    try:
        _read(data, job)
    except Spent as spent:
        job.problem(spent.kind)
    return found.opened()


def _enter(job: Job, data: bytes) -> None:
    """A file within a file."""
    kind = media_type_of(Octets(data))
    job.known_as(kind)
    _read(data, job, kind)


def _read(data: bytes, job: Job, kind: str = "") -> None:
    if not data:
        return
    kind = kind or media_type_of(Octets(data))
    reader = next((read for mark, read in _BEGINNINGS if data.startswith(mark)), None) or _READERS.get(kind)
    if reader is None and kind.startswith("text/"):
        reader = plain.read
    if reader is None and tar.is_tar(data):
        reader = tar.read
    if not data.startswith(b"PK") and zip_archive.ends_as_archive(data):
        # Many programs look for an archive from the end of a file, whatever it begins with. Another archive may end
        # with one that it holds as it is.
        if kind not in _ARCHIVES:
            job.problem("ambiguous", file_format="zip")
        _try(zip_files.read, data, job)
    if reader is not None:
        _try(reader, data, job)
    elif _is_signature(data):
        return
    elif not kind.startswith(PICTURES) and kind not in _ACTS:
        job.problem("unknown", file_format=kind)


def _is_signature(data: bytes) -> bool:
    """Whether this is a signature alone (RFC 8551 3.5.3): CMS signed data without content, DER or BER."""
    return any(mark in data[:200] for mark in _NO_CONTENT)


def _try(read: Read, data: bytes, job: Job) -> None:
    try:
        read(data, job)
    except (Spent, KeyboardInterrupt, SystemExit):
        raise
    except Unreadable as error:
        job.problem(error.kind, file_format=error.format)
    except MemoryError:
        job.problem("too-big")
    except RecursionError:
        job.problem("too-deep")
    except BaseException:
        # Parsers raise whatever they like on bad input (Rust's panics are no Exception); all of it means that the file
        # could not be read.
        job.problem("broken")
