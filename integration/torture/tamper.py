"""One process, one fault: a forked child whose N-th system call of a kind is where it dies, or fails (strace(1)).

The child waits until strace has attached; only calls that concern the given paths (or all of the kind, without paths)
are counted, each thread's by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from integration import waiting


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to the ``number``-th ``call``, as strace spells it."""

    call: str
    number: int
    what: str
    """``signal=SIGKILL`` or ``error=EIO``."""
    lasting: bool = False
    """Every later call fails as well."""

    def __str__(self) -> str:
        return f"{self.call}:{self.what}:when={self.number}{'+' if self.lasting else ''}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How the child ended."""

    struck: bool
    """Whether there was an N-th call at all."""
    said: str
    """What the work gave, or ``ERROR`` and a traceback; empty when it was killed before."""


def tampered(work: Callable[[], str], fault: Fault, paths: Sequence[Path], trace: Path) -> Ended:
    """Do the work in a child that meets the fault."""
    go_read, go_write = os.pipe()
    said_read, said_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go_write)
        _child(work, go_read, said_write)
    os.close(go_read)
    os.close(said_write)
    strace = _attach(pid, fault, paths, trace)
    os.write(go_write, b"go")
    os.close(go_write)
    with os.fdopen(said_read, "rb") as said:
        text = said.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    strace.wait()
    return Ended(status == -signal.SIGKILL or "(INJECTED)" in trace.read_text(errors="replace"), text)


def _child(work: Callable[[], str], go: int, say: int) -> None:
    """Never returns."""
    said = "ERROR"
    try:
        signal.alarm(60)
        os.read(go, 2)
        said = work()
    except BaseException:
        said = "ERROR " + traceback.format_exc()
    finally:
        os.write(say, said.encode())
        sys.stderr.flush()
        os._exit(0)


def _attach(pid: int, fault: Fault, paths: Sequence[Path], trace: Path) -> subprocess.Popen[bytes]:
    trace.write_text("")
    only = [word for path in paths for word in ("-P", str(path))]
    words = [
        "strace",
        "-f",
        "-p",
        str(pid),
        "-o",
        str(trace),
        "-e",
        f"trace={fault.call}",
        "-e",
        f"inject={fault}",
        *only,
    ]
    strace = subprocess.Popen(words, stderr=subprocess.PIPE)
    assert strace.stderr is not None
    said = b""
    while b"attached" not in said:
        line = strace.stderr.readline()
        if not line:
            raise waiting.NeverHappened(f"strace did not attach: {said.decode()}")
        said += line
    return strace
