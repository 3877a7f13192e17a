"""The system calls that are left to a process behind its walls; every other one fails with EPERM, and for good.

Without a free descriptor nothing can be opened, but files can still be removed, renamed and cut short by their names,
processes signalled, limits raised by root. seccomp(2) with a filter for each architecture that is known here; where the
kernel has none, or the architecture is another, the other walls stand alone. Linux.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF_0000, 0x0005_0000
_NUMBER, _ARCHITECTURE = 0, 4
"""Where they stand in what the filter sees (struct seccomp_data)."""

CALLS: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0,
            "write": 1,
            "close": 3,
            "fstat": 5,
            "poll": 7,
            "lseek": 8,
            "mmap": 9,
            "mprotect": 10,
            "munmap": 11,
            "brk": 12,
            "rt_sigaction": 13,
            "rt_sigprocmask": 14,
            "rt_sigreturn": 15,
            "ioctl": 16,
            "pread64": 17,
            "sched_yield": 24,
            "mremap": 25,
            "madvise": 28,
            "setitimer": 38,
            "getpid": 39,
            "sendto": 44,
            "recvfrom": 45,
            "sendmsg": 46,
            "recvmsg": 47,
            "exit": 60,
            "fcntl": 72,
            "gettimeofday": 96,
            "getrusage": 98,
            "sigaltstack": 131,
            "gettid": 186,
            "futex": 202,
            "restart_syscall": 219,
            "clock_gettime": 228,
            "clock_getres": 229,
            "exit_group": 231,
            "newfstatat": 262,
            "ppoll": 271,
            "getrandom": 318,
            "rseq": 334,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "fcntl": 25,
            "ioctl": 29,
            "close": 57,
            "lseek": 62,
            "read": 63,
            "write": 64,
            "pread64": 67,
            "ppoll": 73,
            "newfstatat": 79,
            "fstat": 80,
            "exit": 93,
            "exit_group": 94,
            "futex": 98,
            "setitimer": 103,
            "clock_gettime": 113,
            "clock_getres": 114,
            "sched_yield": 124,
            "restart_syscall": 128,
            "sigaltstack": 132,
            "rt_sigaction": 134,
            "rt_sigprocmask": 135,
            "rt_sigreturn": 139,
            "getrusage": 165,
            "gettimeofday": 169,
            "getpid": 172,
            "gettid": 178,
            "sendto": 206,
            "recvfrom": 207,
            "sendmsg": 211,
            "recvmsg": 212,
            "brk": 214,
            "munmap": 215,
            "mremap": 216,
            "mmap": 222,
            "mprotect": 226,
            "madvise": 233,
            "getrandom": 278,
            "rseq": 293,
        },
    ),
}
"""By machine: its number (linux/audit.h) and the calls that computing and answering need (asm/unistd.h)."""


def only_computing(system: ctypes.CDLL) -> bool:
    """Leave these calls only; whether that was possible. Privileges must have been given up before."""
    known = CALLS.get(platform.machine())
    if known is None:
        return False
    code = program(*known)
    octets = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: number of instructions, and where they are
    filters = struct.pack("@HP", len(code) // 8, ctypes.addressof(octets))
    return bool(system.prctl(_PR_SET_SECCOMP, _MODE_FILTER, filters, 0, 0) == 0)


def program(architecture: int, calls: Mapping[str, int]) -> bytes:
    """The filter (linux/filter.h): each call that is allowed jumps over those behind it and the refusal."""
    numbers = sorted(calls.values())
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _FAIL | errno.EPERM),
        (_LOAD, 0, 0, _NUMBER),
        *((_JUMP_IF_EQUAL, len(numbers) - index, 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _FAIL | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBL", *step) for step in steps)
