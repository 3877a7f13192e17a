"""The floor of every comparison: a milter in pymilter that looks at nothing and accepts everything.

    python empty_milter.py unix:/PATH WORKERS [--no-reply]

It forks its workers onto one shared socket and keeps each to one processor, as Sekisho does. With ``--no-reply`` all
callbacks before end-of-message are negotiated to go unanswered; without it each of them costs the MTA a round trip. It
runs until it is killed.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import Milter


class Answering(Milter.Base):  # type: ignore[misc]
    """Has every callback, and answers each."""

    def connect(self, name: str, family: int, address: Any) -> int:
        return int(Milter.CONTINUE)

    def hello(self, name: str) -> int:
        return int(Milter.CONTINUE)

    def envfrom(self, path: str, *params: str) -> int:
        return int(Milter.CONTINUE)

    def envrcpt(self, path: str, *params: str) -> int:
        return int(Milter.CONTINUE)

    def data(self) -> int:
        return int(Milter.CONTINUE)

    def header(self, name: str, value: str) -> int:
        return int(Milter.CONTINUE)

    def eoh(self) -> int:
        return int(Milter.CONTINUE)

    def body(self, chunk: bytes) -> int:
        return int(Milter.CONTINUE)

    def eom(self) -> int:
        return int(Milter.CONTINUE)


class Silent(Answering):
    """The same, without answers before end-of-message."""

    connect = Milter.noreply(Answering.connect)
    hello = Milter.noreply(Answering.hello)
    envfrom = Milter.noreply(Answering.envfrom)
    envrcpt = Milter.noreply(Answering.envrcpt)
    data = Milter.noreply(Answering.data)
    header = Milter.noreply(Answering.header)
    eoh = Milter.noreply(Answering.eoh)
    body = Milter.noreply(Answering.body)


def main(socket: str, workers: int, kind: type[Milter.Base]) -> None:
    """Serve until killed. `Milter.runmilter` is taken apart here: the fork has its place before ``main``."""
    os.umask(0)  # the socket is for Postfix's user too
    Milter.factory = kind
    Milter.set_connect_callback(Milter.connect_callback)
    Milter.set_helo_callback(lambda context, name: context.getpriv().hello(name))
    Milter.set_envfrom_callback(lambda context, *words: context.getpriv().envfrom_bytes(*words))
    Milter.set_envrcpt_callback(lambda context, *words: context.getpriv().envrcpt_bytes(*words))
    Milter.set_header_callback(lambda context, name, value: context.getpriv().header_bytes(name, value))
    Milter.set_eoh_callback(lambda context: context.getpriv().eoh())
    Milter.set_body_callback(lambda context, chunk: context.getpriv().body(chunk))
    Milter.set_eom_callback(lambda context: context.getpriv().eom())
    Milter.set_abort_callback(lambda context: context.getpriv().abort())
    Milter.set_close_callback(Milter.close_callback)
    Milter.setconn(socket)
    Milter.register(
        "empty", data=lambda context: context.getpriv().data(), unknown=None, negotiate=Milter.negotiate_callback
    )
    Milter.opensocket(True)
    slot = next((number for number in range(1, workers) if os.fork() == 0), 0)
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[slot % len(processors)]})
    Milter.main()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Silent if "--no-reply" in sys.argv[3:] else Answering)
