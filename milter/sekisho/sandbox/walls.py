"""Walls that a process puts around itself before it reads anybody's files; none of them can be taken down again.

No new privileges, no core file, not traceable, no growing of files, a limit on memory, no network (a name space of its
own where the system allows it), no free descriptor but the one that a job brings (without descriptors there is no
socket to open, no file to read or write), and no system call but those of computing. Linux; prctl(2), setrlimit(2),
unshare(2), seccomp(2).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

from sekisho.sandbox.calls import only_computing

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x1000_0000, 0x4000_0000, 0x0800_0000


class WallError(Exception):
    """A wall without which nothing may be opened could not be put up."""


def enclose(memory: int, descriptor: int) -> None:
    """Put them all up. ``memory``: octets of address space from now on; ``descriptor``: the highest in use.

    Raises `WallError`.
    """
    system = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_PR_SET_NO_NEW_PRIVS, 1), (_PR_SET_DUMPABLE, 0)):
        if system.prctl(option, value, 0, 0, 0) != 0:
            raise WallError(f"prctl({option}): {os.strerror(ctypes.get_errno())}")
    # Where name spaces are forbidden, the want of descriptors alone keeps the network away.
    for spaces in (_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC, _CLONE_NEWNET):
        if system.unshare(spaces) == 0:
            break
    used = _address_space()
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, used + memory),
        (resource.RLIMIT_NOFILE, descriptor + 2),
    ):
        resource.setrlimit(limit, (most, most))
    only_computing(system)


def time_limit(seconds: float) -> None:
    """The process dies when it has computed this long from now; zero lifts the limit until the next job."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _address_space() -> int:
    """Octets of address space in use (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
