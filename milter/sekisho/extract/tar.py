"""Tape archives (POSIX.1-2017 pax, ustar, GNU) with the standard library; links and devices are names only."""

from __future__ import annotations

import io
import tarfile

from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.mime.charsets import decode

_BLOCK = 512
_HEAD = 4096


def is_tar(data: bytes) -> bool:
    """Whether the first block is a header by its checksum, as in archives older than POSIX too."""
    block = data[:_BLOCK]
    if len(block) < _BLOCK or not block[0]:
        return False
    try:
        wanted = int(block[148:156].strip(b"\0 ") or b"-1", 8)
    except ValueError:
        return False
    return wanted == sum(block[:148]) + sum(block[156:]) + 8 * 32


def read(data: bytes, job: Job) -> None:
    """Every file of the archive."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            for member in archive:
                job.budget.tick()
                _read_member(archive, member, job)
            end = archive.offset
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise Unreadable("broken", "tar") from error
    _read_behind(data[end:], job)


def _read_behind(rest: bytes, job: Job) -> None:
    """What follows the last member that the library saw: two empty blocks (POSIX.1-2017 pax, ustar), or trouble."""
    behind = rest.lstrip(b"\0")
    if not rest.startswith(bytes(_BLOCK)):
        job.problem("broken", file_format="tar")
    if behind:
        # Archives that were joined: some programs go on behind the empty blocks, others do not.
        job.problem("ambiguous", file_format="tar")
        job.inside(("behind",), behind)


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo, job: Job) -> None:
    names = (decode(member.name.encode("utf-8", "surrogateescape")),)
    if not member.isreg():
        if not member.isdir():
            job.inner(names).known_as("")
        return
    if member.size > job.budget.limits.one:
        job.unread(names, Unreadable("too-big"))
        return
    content = archive.extractfile(member)
    data = content.read(member.size) if content else b""
    job.budget.octets(len(data))
    if len(data) < member.size:
        job.problem("broken", names[0], "tar")
    if not job.picture(names, data[:_HEAD]):
        job.inside(names, data)
