"""Single files compressed: gzip (RFC 1952), bzip2, xz; what comes out is a file within the file."""

from __future__ import annotations

from collections.abc import Callable

from sekisho.extract import tar
from sekisho.extract.inflate import bunzipped, gunzipped, unxzipped
from sekisho.extract.job import Job
from sekisho.extract.limits import Budget


def read_gzip(data: bytes, job: Job) -> None:
    """gzip, .tgz."""
    _read(gunzipped, data, job)


def read_bzip2(data: bytes, job: Job) -> None:
    """bzip2, .tbz."""
    _read(bunzipped, data, job)


def read_xz(data: bytes, job: Job) -> None:
    """xz, .txz."""
    _read(unxzipped, data, job)


def _read(decompress: Callable[[bytes, Budget], bytes], data: bytes, job: Job) -> None:
    out = decompress(data, job.budget)
    if tar.is_tar(out):
        tar.read(out, job)
    else:
        job.inside((_inner_name(job),), out)


def _inner_name(job: Job) -> str:
    """The name without its last extension."""
    name = job.names[0] if job.names else ""
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else "content"
