"""What code behind the walls can do: nothing but compute. Each is tried in a process of its own, as root and not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.sandbox.calls import CALLS, program

NOBODY = 65_534
PRELUDE = """
import os, resource, socket, subprocess, sys, signal
from pathlib import Path
from sekisho.sandbox.walls import enclose, time_limit
user = {user}
if user is not None:
    os.setgroups([]); os.setgid(user); os.setuid(user)
os.chdir({folder!r})
enclose(100_000_000, 2)
taken = os.dup(0)
"""
USERS = [None] if os.getuid() else [None, NOBODY]
FORBIDDEN = {
    "open a file to read": "open('/etc/passwd')",
    "open a file to write": "open('escaped', 'w')",
    "make a socket": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "make a unix socket": "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
    "make a pipe": "os.pipe()",
    "run a program": "subprocess.run(['/bin/true'])",
    "become a program": "os.execv('/bin/true', ['true'])",
    "make another process": "os.fork()",
    "grow a file": "os.close(taken); signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    "os.write(os.memfd_create('x'), b'x')",
    "make a folder": "os.mkdir('made')",
    "remove a file": "os.unlink('kept')",
    "rename a file": "os.rename('kept', 'moved')",
    "cut a file short": "os.truncate('kept', 0)",
    "make a link": "os.symlink('/etc/passwd', 'link')",
    "change a file's mode": "os.chmod('kept', 0o777)",
    "list a folder": "os.listdir('.')",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "raise its limit on memory": "resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))",
    "raise its limit on descriptors": "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))",
    "take another user": "os.setuid(1)",
    "take much memory": "bytearray(300_000_000)",
}


def behind(code: str, folder: Path, user: int | None = None) -> subprocess.CompletedProcess[bytes]:
    prelude = PRELUDE.format(user=user, folder=str(folder))
    return subprocess.run([sys.executable, "-Ic", prelude + code], capture_output=True, check=False, timeout=60)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in which anybody may do anything."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        made.chmod(0o777)
        (made / "kept").write_bytes(b"kept")
        if not os.getuid():
            os.chown(made / "kept", NOBODY, NOBODY)
        yield made


@pytest.mark.parametrize("user", USERS, ids=lambda user: "ordinary" if user else "as it is")
@pytest.mark.parametrize("attempt", FORBIDDEN.values(), ids=FORBIDDEN)
def test_it_cannot(attempt: str, user: int | None, folder: Path) -> None:
    done = behind(f"try:\n    {attempt}\nexcept (OSError, MemoryError, ValueError): os._exit(3)", folder, user)
    assert done.returncode == 3, done.stderr
    assert [path.name for path in folder.iterdir()] == ["kept"]
    assert (folder / "kept").read_bytes() == b"kept"


@pytest.mark.parametrize("attempt", ["open a file to write", "remove a file", "signal its parent"])
def test_without_walls_it_could(attempt: str, folder: Path) -> None:
    code = f"import os\nos.chdir({str(folder)!r})\n{FORBIDDEN[attempt]}"
    assert subprocess.run([sys.executable, "-Ic", code], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("user", USERS, ids=lambda user: "ordinary" if user else "as it is")
def test_an_endless_loop_is_killed_by_the_kernel(user: int | None, folder: Path) -> None:
    done = behind("time_limit(0.1)\nwhile True: pass", folder, user)
    assert done.returncode == -signal.SIGPROF


def test_computing_goes_on_as_before(folder: Path) -> None:
    assert behind("print(sum(range(10)))", folder).stdout == b"45\n"


def test_the_filter_lets_each_call_of_its_list_pass_and_no_other() -> None:
    """The program is run here as the kernel runs it."""
    for architecture, calls in CALLS.values():
        for number in range(500):
            assert passes(program(architecture, calls), architecture, number) == (number in calls.values())
        assert not passes(program(architecture, calls), architecture + 1, min(calls.values()))


def passes(code: bytes, architecture: int, number: int) -> bool:
    position, value = 0, 0
    while True:
        step = code[8 * position : 8 * position + 8]
        kind, equal, other, operand = int.from_bytes(step[:2], "little"), step[2], step[3], step[4:]
        what = int.from_bytes(operand, "little")
        position += 1
        if kind == 0x20:
            value = {0: number, 4: architecture}[what]
        elif kind == 0x15:
            position += equal if value == what else other
        else:
            return what == 0x7FFF_0000
