"""7z, RAR, LHA, CAB and ISO 9660 with the system's libarchive; ``unknown`` where that is not installed.

The only module that knows libarchive: a handful of its functions, called with ctypes (archive.h, archive_entry.h of
libarchive 3). It is C and may die of its input: that is why there is a sandbox.
"""

from __future__ import annotations

import ctypes
from ctypes import CDLL, c_char_p, c_int, c_int64, c_size_t, c_void_p, c_wchar_p
from functools import cache

from sekisho.extract.archive_ends import lha_is_whole, rar_is_whole
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.mime.charsets import decode

_LIBRARY = "libarchive.so.13"
_OK, _EOF, _WARN = 0, 1, -20
_FOLDER, _KINDS = 0o040000, 0o170000
_PIECE = 1 << 18
_HEAD = 4096
_SIGNATURES = {
    "archive_read_new": (c_void_p, ()),
    "archive_read_free": (c_int, (c_void_p,)),
    "archive_read_open_memory": (c_int, (c_void_p, c_void_p, c_size_t)),
    "archive_read_next_header": (c_int, (c_void_p, c_void_p)),
    "archive_read_data": (ctypes.c_ssize_t, (c_void_p, c_void_p, c_size_t)),
    "archive_read_set_options": (c_int, (c_void_p, c_char_p)),
    "archive_error_string": (c_char_p, (c_void_p,)),
    "archive_entry_pathname_w": (c_wchar_p, (c_void_p,)),
    "archive_entry_pathname": (c_char_p, (c_void_p,)),
    "archive_entry_filetype": (c_int, (c_void_p,)),
    "archive_entry_size": (c_int64, (c_void_p,)),
    "archive_entry_is_encrypted": (c_int, (c_void_p,)),
    "archive_read_has_encrypted_entries": (c_int, (c_void_p,)),
}
_EVERY_OCTET = "ISO-8859-1"
"""libarchive gives up at a name that is not of the charset it expects; of this one every name is."""
_RAW_NAMES = frozenset({"lha"})
_FORMATS = ("7zip", "rar", "rar5", "lha", "cab", "iso9660", "raw")


@cache
def library() -> CDLL | None:
    """libarchive, or None where it is not installed. Called once before the sandbox closes."""
    try:
        found = CDLL(_LIBRARY)
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
        for name in (*(f"format_{one}" for one in _FORMATS), "filter_zstd"):
            getattr(found, f"archive_read_support_{name}").argtypes = (c_void_p,)
    except (OSError, AttributeError):
        return None
    return found


def read_7z(data: bytes, job: Job) -> None:
    """7z archives."""
    _read(data, job, "7z", "7zip")


def read_rar(data: bytes, job: Job) -> None:
    """RAR archives, old and new."""
    _read(data, job, "rar", "rar", "rar5")
    if not rar_is_whole(data):
        raise Unreadable("broken", "rar")


def read_lha(data: bytes, job: Job) -> None:
    """LHA archives, still met in Japan."""
    _read(data, job, "lha", "lha")
    if not lha_is_whole(data):
        raise Unreadable("broken", "lha")


def read_cab(data: bytes, job: Job) -> None:
    """Microsoft cabinets."""
    _read(data, job, "cab", "cab")


def read_iso(data: bytes, job: Job) -> None:
    """Disk images."""
    _read(data, job, "iso", "iso9660")


def decompressed(data: bytes, job: Job, name: str) -> bytes:
    """A file compressed by a filter of libarchive's. Raises `Unreadable`."""
    found = library()
    if found is None:
        raise Unreadable("unknown", name)
    archive = found.archive_read_new()
    try:
        found.archive_read_support_format_raw(archive)
        getattr(found, f"archive_read_support_filter_{name}")(archive)
        entry = c_void_p()
        opened = found.archive_read_open_memory(archive, data, len(data))
        if opened not in (_OK, _WARN) or found.archive_read_next_header(archive, ctypes.byref(entry)) not in (
            _OK,
            _WARN,
        ):
            raise Unreadable(_why(found, archive), name)
        return _content(found, archive, job, name)
    finally:
        found.archive_read_free(archive)


def _read(data: bytes, job: Job, name: str, *formats: str) -> None:
    found = library()
    if found is None:
        raise Unreadable("unknown", name)
    archive = found.archive_read_new()
    try:
        for one in formats:
            getattr(found, f"archive_read_support_format_{one}")(archive)
        if name in _RAW_NAMES:
            found.archive_read_set_options(archive, f"{name}:hdrcharset={_EVERY_OCTET}".encode())
        if found.archive_read_open_memory(archive, data, len(data)) not in (_OK, _WARN):
            raise Unreadable(_why(found, archive), name)
        _entries(found, archive, job, name)
    finally:
        found.archive_read_free(archive)


def _entries(found: CDLL, archive: int, job: Job, name: str) -> None:
    entry = c_void_p()
    while True:
        status = found.archive_read_next_header(archive, ctypes.byref(entry))
        if status == _EOF:
            break
        if status not in (_OK, _WARN):
            raise Unreadable(_why(found, archive), name)
        _entry(found, archive, entry, job, name)
    if found.archive_read_has_encrypted_entries(archive) > 0:
        job.problem("encrypted", file_format=name)


def _entry(found: CDLL, archive: int, entry: c_void_p, job: Job, name: str) -> None:
    names = (_name(found, entry, raw=name in _RAW_NAMES),)
    if found.archive_entry_filetype(entry) & _KINDS == _FOLDER:
        return
    if found.archive_entry_is_encrypted(entry) > 0:
        job.unread(names, Unreadable("encrypted", name))
        return
    try:
        data = _content(found, archive, job, name)
    except Unreadable as error:
        job.unread(names, error)
        return
    if not job.picture(names, data[:_HEAD]):
        job.inside(names, data)


def _name(found: CDLL, entry: c_void_p, *, raw: bool) -> str:
    octets = found.archive_entry_pathname(entry)
    if not octets:
        return found.archive_entry_pathname_w(entry) or "?"
    return decode(octets.decode("utf-8", "replace").encode("latin-1", "replace") if raw else octets)


def _content(found: CDLL, archive: int, job: Job, name: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    buffer = ctypes.create_string_buffer(_PIECE)
    while True:
        got = found.archive_read_data(archive, buffer, _PIECE)
        if got < 0:
            raise Unreadable(_why(found, archive), name)
        if not got:
            return b"".join(pieces)
        size += got
        job.budget.octets(got)
        if size > job.budget.limits.one:
            raise Unreadable("too-big", name)
        pieces.append(buffer.raw[:got])


def _why(found: CDLL, archive: int) -> str:
    """The kind of problem behind libarchive's last error."""
    said = (found.archive_error_string(archive) or b"").lower()
    if b"encrypt" in said or b"passphrase" in said or b"password" in said:
        return "encrypted"
    return "too-big" if b"memory" in said else "broken"
