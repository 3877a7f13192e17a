"""What code behind the walls can do: nothing but compute. Each is tried in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

PRELUDE = """
import os, socket, subprocess, sys, signal
from sekisho.sandbox.walls import enclose, time_limit
enclose(100_000_000, 2)
taken = os.dup(0)
"""

FORBIDDEN = {
    "open a file to read": "open('/etc/passwd')",
    "open a file to write": "open('/tmp/sekisho-escaped', 'w')",
    "make a socket": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "make a unix socket": "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
    "make a pipe": "os.pipe()",
    "run a program": "subprocess.run(['/bin/true'])",
    "grow a file": "os.close(taken); signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    "os.write(os.memfd_create('x'), b'x')",
    "take much memory": "bytearray(300_000_000)",
}


def behind(code: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-Ic", PRELUDE + code], capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("attempt", FORBIDDEN.values(), ids=FORBIDDEN)
def test_it_cannot(attempt: str) -> None:
    done = behind(f"try:\n    {attempt}\nexcept (OSError, MemoryError): sys.exit(3)")
    assert done.returncode == 3, done.stderr


def test_it_cannot_raise_its_limits_again() -> None:
    done = behind(
        "import resource\nlimits = [resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE]\n"
        "assert all(resource.getrlimit(one)[1] != resource.RLIM_INFINITY for one in limits)"
    )
    assert done.returncode == 0, done.stderr


def test_an_endless_loop_is_killed_by_the_kernel() -> None:
    done = behind("time_limit(0.1)\nwhile True: pass")
    assert done.returncode == -27


def test_computing_goes_on_as_before() -> None:
    assert behind("print(sum(range(10)))").stdout == b"45\n"
