"""One connection to an SMTP server: commands out, replies in, nothing decided.

Replies are read as RFC 5321 4.2 writes them, several lines included. A reply that cannot be read as one, that is
endless or does not come in its time raises `Broken`, and so does a lost connection, or a 421 by which the server gives
it up (RFC 5321 3.8). The connection is of no use then.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LONGEST_LINE = 4096
MOST_LINES = 200
LONGEST_TEXT = 1000
_GOODBYE = 2.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for the listener, in seconds; the defaults are the minima of RFC 5321 4.5.3.2."""

    connect: float = 30.0
    command: float = 300.0
    """For the greeting and for the reply to any command."""
    block: float = 180.0
    """For a piece of content to be taken."""
    final: float = 600.0
    """For the reply after the final dot."""


@dataclass(frozen=True, slots=True)
class Listener:
    """The re-injection listener: where it is, and the name by which we greet it."""

    host: str
    port: int
    helo: str = "localhost"
    timeouts: Timeouts = Timeouts()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply's code and its lines without it, printable, cut to 1,000 characters each."""

    code: int
    """0 stands for what we have to say ourselves when the server says nothing."""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)[:LONGEST_TEXT]

    @property
    def is_positive(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_permanent(self) -> bool:
        return self.code >= 500


class Broken(Exception):
    """The conversation is over: what the server said with 421, or with code 0 what went wrong."""

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.reply = Reply(code, (text,))


class Connection:
    """A conversation over a connected socket."""

    def __init__(self, sock: socket.socket, timeouts: Timeouts, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket = sock
        self._timeouts = timeouts
        self._clock = clock
        self._unread = b""

    def greeting(self) -> Reply:
        return self._reply(self._timeouts.command)

    def command(self, line: bytes) -> Reply:
        """Send one command line, given without its line end, and read the reply."""
        self._send(line + b"\r\n", self._timeouts.command)
        return self._reply(self._timeouts.command)

    def content(self, octets: bytes) -> None:
        """Send octets as they are."""
        self._send(octets, self._timeouts.block)

    def final_reply(self) -> Reply:
        """The reply to the end mark."""
        return self._reply(self._timeouts.final)

    def early_reply(self) -> Reply:
        """What a server that stopped reading may have said before it hung up."""
        return self._reply(_GOODBYE)

    def reset(self) -> Reply:
        """RSET, with little patience: it asks whether anybody is still there."""
        self._send(b"RSET\r\n", _GOODBYE)
        return self._reply(_GOODBYE)

    def quit(self) -> None:
        """Say goodbye without waiting for the answer: an acceptance must be recorded as soon as it is known."""
        with suppress(Broken):
            self._send(b"QUIT\r\n", _GOODBYE)

    def close(self) -> None:
        """Whatever was not sent stays unsent."""
        self._socket.close()

    def _send(self, octets: bytes, timeout: float) -> None:
        try:
            self._socket.settimeout(timeout)
            self._socket.sendall(octets)
        except OSError as error:
            raise Broken(_said(error)) from error

    def _reply(self, timeout: float) -> Reply:
        reply = self._whole_reply(self._clock() + timeout)
        if reply.code == 421:
            raise Broken(reply.text, reply.code)
        return reply

    def _whole_reply(self, deadline: float) -> Reply:
        code = b""
        texts = []
        for line in self._lines(deadline):
            found = _LINE.fullmatch(line)
            if found is None or code not in {b"", found[1]}:
                raise Broken("the server's reply is not SMTP")
            code = found[1]
            texts.append(_printable(found[3] or b""))
            if found[2] != b"-":
                return Reply(int(code), tuple(texts))
        raise Broken("the server's reply is endless")

    def _lines(self, deadline: float) -> Iterator[bytes]:
        for _ in range(MOST_LINES):
            yield self._line(deadline)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > LONGEST_LINE:
                raise Broken("the server's reply has an endless line")
            self._unread += self._receive(deadline)
        line, _, self._unread = self._unread.partition(b"\n")
        return line.rstrip(b"\r")

    def _receive(self, deadline: float) -> bytes:
        remaining = deadline - self._clock()
        if remaining <= 0:
            raise Broken("the server did not answer in time")
        try:
            self._socket.settimeout(remaining)
            octets = self._socket.recv(LONGEST_LINE)
        except OSError as error:
            raise Broken(_said(error)) from error
        if not octets:
            raise Broken("the server closed the connection")
        return octets


def connect(listener: Listener) -> Connection:
    """A connection whose greeting is yet to be read, to be closed by the caller. Raises `Broken`."""
    try:
        sock = socket.create_connection((listener.host, listener.port), listener.timeouts.connect)
    except OSError as error:
        raise Broken(_said(error)) from error
    # Commands are small and each waits for its reply: Nagle's algorithm would only delay them.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(sock, listener.timeouts)


def _said(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    return error.strerror or str(error) or type(error).__name__


def _printable(text: bytes) -> str:
    return _UNPRINTABLE.sub("?", text.decode("utf-8", "replace")).strip()[:LONGEST_TEXT]
