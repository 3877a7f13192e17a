"""Where mail ends: an SMTP server (RFC 5321) that keeps exact octets and every ESMTP parameter.

It is strict where real receivers are lenient: a command or the end of data that does not use CRLF is not understood.
It offers SIZE, 8BITMIME, SMTPUTF8, DSN and PIPELINING, and does what its script says. All connections are served by
one thread, so that a load test measures what sends and not what receives.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from integration.script import LOSE, Script, end_of_data
from integration.waiting import PATIENCE, NeverHappened

_EXTENSIONS = ("SIZE", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "PIPELINING")
_OFFER = "\r\n".join(["250-sink.example", *(f"250-{word}" for word in _EXTENSIONS[:-1]), f"250 {_EXTENSIONS[-1]}"])
_PATH = re.compile(r'(?:MAIL FROM|RCPT TO):(<(?:[^<>"]|"(?:\\.|[^"\\])*")*>)(?: (.*))?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A path with its angle brackets, and its ESMTP parameters in the order given."""

    path: str
    params: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return self.path[1:-1]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as it came, dots unstuffed."""

    helo: str
    sender: Addressed
    recipients: tuple[Addressed, ...]
    data: bytes


class Sink:
    """A server on a port of 127.0.0.1; a context that ends it."""

    def __init__(self, port: int = 0, script: Script | None = None) -> None:
        self.port = port
        self.script = script or Script()
        self._arrivals: list[Arrival] = []
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self.connections: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink", daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self) -> None:
        """Listen; on the same port as before, when it was closed."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def close(self) -> None:
        """End all connections and refuse new ones until `open`."""
        asyncio.run_coroutine_threadsafe(self._hush(), self._loop).result()

    @property
    def arrivals(self) -> list[Arrival]:
        """Everything that came since the last `clear`."""
        with self._news:
            return list(self._arrivals)

    def clear(self) -> None:
        with self._news:
            self._arrivals.clear()

    def wait_for(self, enough: Callable[[list[Arrival]], bool], what: str, patience: float = PATIENCE) -> list[Arrival]:
        """The arrivals, as soon as they are ``enough``; nothing arrives while that is asked."""
        with self._news:
            if not self._news.wait_for(lambda: enough(self._arrivals), patience):
                raise NeverHappened(f"not within {patience:g} s: {what}; {len(self._arrivals)} arrivals")
            return list(self._arrivals)

    def keep(self, arrival: Arrival) -> None:
        with self._news:
            self._arrivals.append(arrival)
            self._news.notify_all()

    async def _listen(self) -> None:
        if self._server is not None:
            return
        talk = partial(_Talk, self)
        self._server = await self._loop.create_server(talk, "127.0.0.1", self.port, reuse_address=True, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hush(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self.connections):
            connection.close()


class _Talk(asyncio.Protocol):
    """One connection: commands, or the data after 354."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._unread = bytearray()
        self._searched = 0
        self._helo = ""
        self._in_data = False
        self._forget()

    def _forget(self) -> None:
        self._sender: Addressed | None = None
        self._recipients: list[Addressed] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._sink.connections.add(transport)
        self._say("220 sink.example ESMTP")

    def connection_lost(self, exc: Exception | None) -> None:
        self._sink.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while not self._transport.is_closing() and (self._read_message() if self._in_data else self._read_command()):
            pass

    def _say(self, answer: str) -> None:
        self._transport.write(answer.encode() + b"\r\n")

    def _read_command(self) -> bool:
        end = self._unread.find(b"\n")
        if end < 0:
            return False
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        if line.endswith(b"\r\n") and b"\r" not in line[:-2] and b"\0" not in line:
            self._command(line[:-2].decode("utf-8", "surrogateescape"))
        else:
            self._say("500 5.5.2 Commands end with CRLF")
        return True

    def _command(self, line: str) -> None:
        scripted = self._sink.script.answer(line)
        if scripted == LOSE:
            self._transport.close()
        elif scripted is not None:
            self._say(scripted)
        else:
            self._say(self._obey(line))

    def _obey(self, line: str) -> str:
        verb = line[:4].upper()
        match verb:
            case "EHLO" | "HELO":
                self._helo = line[5:]
                self._forget()
                return _OFFER if verb == "EHLO" else "250 sink.example"
            case "MAIL" | "RCPT":
                return self._envelope(verb, line)
            case "DATA":
                self._in_data = bool(self._recipients)
                return "354 End data with <CR><LF>.<CR><LF>" if self._in_data else "503 5.5.1 No recipients"
            case "RSET" | "NOOP":
                if verb == "RSET":
                    self._forget()
                return "250 2.0.0 Ok"
            case "QUIT":
                self._transport.close()
                return "221 2.0.0 Bye"
        return "500 5.5.1 Unknown command"

    def _envelope(self, verb: str, line: str) -> str:
        found = _PATH.fullmatch(line)
        if found is None:
            return "501 5.1.3 Bad address syntax"
        path = Addressed(found[1], tuple((found[2] or "").split()))
        if verb == "MAIL":
            self._forget()
            self._sender = path
        elif self._sender is None:
            return "503 5.5.1 MAIL first"
        else:
            self._recipients.append(path)
        return "250 2.1.0 Ok"

    def _read_message(self) -> bool:
        if self._unread.startswith(b".\r\n"):
            end, size = 0, 3
        else:
            end = self._unread.find(b"\r\n.\r\n", max(0, self._searched - 4)) + 2
            size = end + 3
        if end == 1:
            self._searched = len(self._unread)
            return False
        stuffed = bytes(self._unread[:end])
        del self._unread[:size]
        self._searched = 0
        self._in_data = False
        self._finish(unstuffed(stuffed))
        return True

    def _finish(self, data: bytes) -> None:
        scripted = self._sink.script.answer(end_of_data(recipient.path for recipient in self._recipients))
        if scripted is None or scripted == LOSE:
            assert self._sender is not None
            self._sink.keep(Arrival(self._helo, self._sender, tuple(self._recipients), data))
        self._forget()
        if scripted == LOSE:
            self._transport.close()
        else:
            self._say(scripted or "250 2.0.0 Ok: kept")


def unstuffed(data: bytes) -> bytes:
    """Data without the dot that was put before each line that begins with one (RFC 5321 4.5.2)."""
    return data[1:].replace(b"\r\n..", b"\r\n.") if data.startswith(b".") else data.replace(b"\r\n..", b"\r\n.")
