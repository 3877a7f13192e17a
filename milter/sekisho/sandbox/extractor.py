"""One extractor process, as its client sees it: started, asked, killed.

It is executed, never forked, in an empty folder, with an empty environment and its socket only. An answer that does not
come in time, is no answer, or is too long ends the process; so do the walls that it has put around itself.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sekisho.core.opened import Opened
from sekisho.core.ports import Unavailable
from sekisho.sandbox.wire import LONGEST_ANSWER, PACKET, opened_from, question_to

_START_SECONDS = 20.0
_OUT_OF_TIME = (signal.SIGPROF, signal.SIGXCPU)
_PROCESSORS = ",".join(map(str, sorted(os.sched_getaffinity(0))))
"""Of the daemon: a worker that starts an extractor keeps to one of them, and the extractor need not."""
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    # Else glibc gives memory back to the kernel and asks for it again at every page of a PDF: a sixth of the time.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_TOP_PAD_": "4194304",
}
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


@dataclass(frozen=True, slots=True)
class Walls:
    """What one file may cost."""

    memory: int = 512_000_000
    """Octets of address space beyond what the extractor has when it is ready."""
    seconds: float = 8.0
    """Of processor time, after which the process dies; its readers give up at half of it."""
    patience: float = 20.0
    """Seconds by the clock that an answer is waited for."""


class Died(Exception):
    """No answer: the process is gone. The text is a problem's kind, ``time-out`` or ``crashed``."""


class Extractor:
    """A process that opens files, one at a time. Raises `Unavailable` when it cannot be started."""

    def __init__(self, walls: Walls, folder: str) -> None:
        self._walls = walls
        self.jobs = 0
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = ours
        try:
            self._process = self._start(theirs, folder)
            self._line.settimeout(_START_SECONDS)
            if self._line.recv(PACKET):
                return
            why = f"it ended with status {self._process.wait()}"
            self.close()
        except OSError as error:
            why = str(error)
            self._line.close()
        finally:
            theirs.close()
        raise Unavailable("files", f"the extractor cannot be started: {why}")

    def _start(self, theirs: socket.socket, folder: str) -> subprocess.Popen[bytes]:
        walls = self._walls
        command = [sys.executable, "-Im", "sekisho.sandbox.process"]
        return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [*command, str(theirs.fileno()), str(walls.memory), str(walls.seconds), _PROCESSORS],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            cwd=folder,
            env=_ENVIRONMENT,
            start_new_session=True,
        )

    def open(self, names: Sequence[str], chunks: Iterable[bytes]) -> Opened:
        """What is in a file. Raises `Died`."""
        self.jobs += 1
        end = time.monotonic() + self._walls.patience
        try:
            descriptor = _sealed(chunks)
            try:
                socket.send_fds(self._line, [question_to(names)], [descriptor])
            finally:
                os.close(descriptor)
            return opened_from(self._answer(end))
        except TimeoutError as error:
            raise Died("time-out") from error
        except (OSError, ValueError) as error:
            raise Died(self._why()) from error

    def _answer(self, end: float) -> bytes:
        size = int(self._packet(end))
        if size > LONGEST_ANSWER:
            raise ValueError("the answer is too long")
        answer = bytearray()
        while len(answer) < size:
            answer += self._packet(end)
        return bytes(answer)

    def _packet(self, end: float) -> bytes:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        packet = self._line.recv(PACKET)
        if not packet:
            raise ConnectionError("the extractor has gone")
        return packet

    def _why(self) -> str:
        """What a process that has gone died of: its time, or its input."""
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "crashed"
        return "time-out" if -status in _OUT_OF_TIME else "crashed"

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._line.close()
        self._process.kill()
        self._process.wait()


def _sealed(chunks: Iterable[bytes]) -> int:
    """A descriptor with these octets, which nobody can change any more."""
    descriptor = os.memfd_create("file", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
