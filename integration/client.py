"""An SMTP client that sends exactly the octets it is told (RFC 5321, RFC 3030 for BDAT), one command at a time."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from integration.waiting import PATIENCE


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply: its code and its text, lines joined by LF."""

    code: int
    text: str

    @property
    def ok(self) -> bool:
        return self.code < 400

    @property
    def queue_id(self) -> str:
        """Under which Postfix says it queued the message; empty where it does not say."""
        return self.text.rpartition("queued as ")[2] if "queued as " in self.text else ""

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Client:
    """One connection to a port of 127.0.0.1, greeting read; a context that closes it. `OSError` when it breaks."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._replies = self._socket.makefile("rb")
        self.greeting = self._answer()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._replies.close()
        self._socket.close()

    def command(self, line: str | bytes) -> Answer:
        """Send a line, its CRLF added, and wait for the answer."""
        self._socket.sendall((line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line) + b"\r\n")
        return self._answer()

    def data(self, message: bytes) -> Answer:
        """DATA and the message, dots stuffed; a last line without CRLF gets one."""
        answer = self.command("DATA")
        if answer.code != 354:
            return answer
        self._socket.sendall(stuffed(message) + b".\r\n")
        return self._answer()

    def chunks(self, message: bytes, size: int) -> Answer:
        """The message by BDAT in chunks of ``size``; the answer to the last, or the first refusal."""
        for start in range(0, max(len(message), 1), size):
            piece = message[start : start + size]
            last = " LAST" if start + size >= len(message) else ""
            self._socket.sendall(b"BDAT %d%b\r\n" % (len(piece), last.encode()) + piece)
            answer = self._answer()
            if not answer.ok:
                break
        return answer

    def send(self, sender: str, recipients: Iterable[str], message: bytes) -> Answer:
        """A whole transaction between plain addresses; the first refusal, or the answer to the message."""
        for line in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{recipient}>" for recipient in recipients)):
            answer = self.command(line)
            if not answer.ok:
                return answer
        return self.data(message)

    def _answer(self) -> Answer:
        texts = []
        while True:
            line = self._replies.readline()
            if not line:
                raise ConnectionError("the server closed the connection")
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            texts.append(text[4:])
            if text[3:4] != "-":
                return Answer(int(text[:3]), "\n".join(texts))


def stuffed(message: bytes) -> bytes:
    """The message as it goes between 354 and the final dot (RFC 5321 4.5.2)."""
    data = message.replace(b"\r\n.", b"\r\n..")
    data = b"." + data if data.startswith(b".") else data
    return data if data.endswith(b"\r\n") or not data else data + b"\r\n"
