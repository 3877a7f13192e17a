"""The extractor: a process that opens files for the gateway, one after the other, behind walls.

Executed as ``python -Im sekisho.sandbox.process DESCRIPTOR MEMORY SECONDS PROCESSORS`` with a SEQPACKET socket and
nothing else. For each question (names, and a descriptor with the file's octets) it gives one answer. It ends when the
gateway closes the socket, and dies of any limit; the gateway takes that for an answer too.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import suppress

from sekisho.extract import foreign
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from sekisho.extract.warm import warm_up
from sekisho.sandbox.walls import enclose, time_limit
from sekisho.sandbox.wire import LONGEST_QUESTION, answer_to, packets, question_from

READY = b"ready"


def main(descriptor: int, memory: int, seconds: float, processors: set[int]) -> None:
    """Answer questions until there are no more, on any of these processors."""
    with suppress(OSError):
        os.sched_setaffinity(0, processors)
    line = socket.socket(fileno=descriptor)
    foreign.library()
    warm_up()
    enclose(memory, descriptor)
    line.send(READY)
    limits = Limits(seconds=seconds / 2)
    while True:
        question, descriptors, _, _ = socket.recv_fds(line, LONGEST_QUESTION, 1)
        if not question or len(descriptors) != 1:
            return
        # The reading stops itself at half the time; who does not is stopped by the kernel. The descriptor stays open
        # meanwhile: it is the last that the process may have.
        time_limit(seconds)
        data = _content(descriptors[0])
        answer = answer_to(open_file(data, question_from(question), limits, time.process_time))
        time_limit(0)
        os.close(descriptors[0])
        for packet in packets(answer):
            line.send(packet)


def _content(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        return file.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), set(map(int, sys.argv[4].split(","))))
