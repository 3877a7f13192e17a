"""A door before an SMTP listener: it can be shut, and a script can answer in the listener's place.

Commands pass one at a time and data passes whole, so that the script decides about each before the listener sees it.
A lost answer (`script.LOSE`) is lost after the listener has given it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from io import BufferedRWPair

from integration.script import LOSE, Script, end_of_data
from integration.waiting import PATIENCE


class Door:
    """Listens on ``port`` of 127.0.0.1 and lets through to ``behind``; a context that shuts it."""

    def __init__(self, port: int, behind: int) -> None:
        self.port = port
        self.script = Script()
        self._behind = behind
        self._listening: socket.socket | None = None
        self._visitors: set[socket.socket] = set()

    def __enter__(self) -> Door:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()

    def open(self) -> None:
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port), backlog=128)
            threading.Thread(target=self._welcome, args=(self._listening,), daemon=True).start()

    def shut(self) -> None:
        """Refuse new connections, and end those that are open."""
        if self._listening is not None:
            # Closing alone would leave the accepting thread, and with it the port, alive.
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        for visitor in tuple(self._visitors):
            with contextlib.suppress(OSError):
                visitor.shutdown(socket.SHUT_RDWR)

    def _welcome(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = listening.accept()
                self._visitors.add(visitor)
                threading.Thread(target=self._escort, args=(visitor,), daemon=True).start()

    def _escort(self, visitor: socket.socket) -> None:
        try:
            self._between(visitor)
        finally:
            self._visitors.discard(visitor)

    def _between(self, visitor: socket.socket) -> None:
        with contextlib.suppress(OSError), visitor, socket.create_connection(("127.0.0.1", self._behind)) as inside:
            for one in (visitor, inside):
                one.settimeout(PATIENCE * 10)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with visitor.makefile("rwb") as outer, inside.makefile("rwb") as inner:
                self._pass_on(outer, inner)

    def _pass_on(self, outer: BufferedRWPair, inner: BufferedRWPair) -> None:
        _send(outer, _answer(inner))
        paths: list[str] = []
        while line := outer.readline():
            command = line.decode("utf-8", "surrogateescape").strip()
            paths = _noted(paths, command)
            scripted = self.script.answer(command)
            if scripted:
                _send(outer, scripted.encode() + b"\r\n")
                continue
            _send(inner, line)
            answer = _answer(inner)
            if scripted == LOSE or not answer:
                return
            _send(outer, answer)
            if answer.startswith(b"354") and not self._pass_data(outer, inner, paths):
                return

    def _pass_data(self, outer: BufferedRWPair, inner: BufferedRWPair, paths: list[str]) -> bool:
        """The message and its answer; whether the connection can go on."""
        lines = []
        while (line := outer.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        scripted = self.script.answer(end_of_data(paths))
        if scripted:
            _send(outer, scripted.encode() + b"\r\n")
            return False
        _send(inner, b"".join([*lines, b".\r\n"]))
        answer = _answer(inner)
        if scripted == LOSE:
            return False
        _send(outer, answer)
        return bool(answer)


def _noted(paths: list[str], command: str) -> list[str]:
    """The forward-paths of the transaction, after one more command."""
    if command[:4].upper() in ("MAIL", "RSET", "EHLO", "HELO"):
        return []
    found = re.match(r"RCPT TO:(<.*>)(?: |$)", command, re.IGNORECASE)
    return [*paths, found[1]] if found else paths


def _send(stream: BufferedRWPair, octets: bytes) -> None:
    stream.write(octets)
    stream.flush()


def _answer(stream: BufferedRWPair) -> bytes:
    lines = []
    while line := stream.readline():
        lines.append(line)
        if line[3:4] != b"-":
            break
    return b"".join(lines)
