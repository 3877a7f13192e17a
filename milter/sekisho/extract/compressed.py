"""Single files compressed: gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878); what comes out is a file within."""

from __future__ import annotations

import bz2

from sekisho.extract import foreign, tar
from sekisho.extract.inflate import Gunzip, members, unxz
from sekisho.extract.job import Job


def read_gzip(data: bytes, job: Job) -> None:
    """gzip, .tgz."""
    _give(*members(Gunzip, data, job.budget), job)


def read_bzip2(data: bytes, job: Job) -> None:
    """bzip2, .tbz."""
    _give(*members(bz2.BZ2Decompressor, data, job.budget), job)


def read_xz(data: bytes, job: Job) -> None:
    """xz, .txz."""
    _give(*members(unxz, data, job.budget), job)


def read_zstandard(data: bytes, job: Job) -> None:
    """Zstandard, .tar.zst."""
    _give(foreign.decompressed(data, job, "zstd"), b"", job)


def _give(out: bytes, behind: bytes, job: Job) -> None:
    """``behind``: what stands behind the last member and is none."""
    if behind:
        # Some programs stop there with an error, others take no notice.
        job.problem("ambiguous")
        job.inside(("behind",), behind)
    if tar.is_tar(out):
        tar.read(out, job)
    else:
        job.inside((_inner_name(job),), out)


def _inner_name(job: Job) -> str:
    """The name without its last extension."""
    name = job.names[0] if job.names else ""
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else "content"
