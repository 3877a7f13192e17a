"""A scripted SMTP server that is strict about what it is sent, and ways to send to it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sekisho.core.message import Path
from sekisho.core.path import parse_path
from sekisho.quarantine.smtp import Outcome
from sekisho.quarantine.smtp_connection import Listener, Timeouts
from sekisho.quarantine.smtp_sessions import Sender

HANG_UP = b""
SILENCE = b"-"
ALL = b"250-mx.example\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n"
PLAIN = b"250 mx.example\r\n"
GOOD = {
    "GREETING": b"220 mx.example ESMTP\r\n",
    "EHLO": ALL,
    "HELO": PLAIN,
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 go on\r\n",
    "DOT": b"250 2.0.0 Ok: queued as 4XYZ\r\n",
    "RSET": b"250 Ok\r\n",
    "QUIT": b"221 Bye\r\n",
}
MESSAGE = b"Subject: x\r\n\r\n.dot\r\n\0\xff\r\n" + b"y" * 2000 + b"\r\n"


@dataclass
class Server:
    """Answers as scripted: a stage's reply, or a list of replies of which each is used once, the last for ever."""

    script: Mapping[str, bytes | list[bytes]]
    sessions: list[list[bytes]] = field(default_factory=list)
    """The commands of each connection."""
    contents: list[bytes] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Server:
        self._replies = {**GOOD, **{key: list(v) if isinstance(v, list) else v for key, v in self.script.items()}}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listening.close()
        assert not any(thread.is_alive() for thread in self._threads), "the client left a connection open"
        assert self.complaints == []

    @property
    def commands(self) -> list[bytes]:
        """Of all sessions, one after the other."""
        return [command for session in self.sessions for command in session]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            session: list[bytes] = []
            self.sessions.append(session)
            thread = threading.Thread(target=self._serve, args=(connection, session), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, session: list[bytes]) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                if self._say(connection, "GREETING"):
                    self._converse(connection, lines, session)
            except ConnectionError:
                pass

    def _say(self, connection: socket.socket, stage: str) -> bool:
        replies = self._replies[stage]
        reply = replies if isinstance(replies, bytes) else replies.pop(0) if len(replies) > 1 else replies[0]
        if reply != SILENCE:
            connection.sendall(reply)
        return reply != HANG_UP

    def _converse(self, connection: socket.socket, lines: Iterator[bytes], session: list[bytes]) -> None:
        for line in lines:
            if not re.fullmatch(rb"[^\r\n\0]+\r\n", line):
                self.complaints.append(f"command {line!r}")
            session.append(line.rstrip(b"\r\n"))
            stage = line[:4].decode("latin-1").strip()
            if not self._say(connection, stage) or stage == "QUIT":
                return
            if stage == "DATA" and not self._content(connection, lines):
                return

    def _content(self, connection: socket.socket, lines: Iterator[bytes]) -> bool:
        if not str(self._replies["DATA"]).startswith("b'354"):
            return True
        content = b""
        for line in lines:
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                self.complaints.append(f"content {line[:50]!r}")
            if line == b".\r\n":
                self.contents.append(content)
                return self._say(connection, "DOT")
            content += line.removeprefix(b".")
        return False

    def listener(self) -> Listener:
        return Listener(
            "127.0.0.1",
            self.port,
            "gate.example",
            Timeouts(command=0.2 if self._slow else 5, final=0.2 if self._slow else 5),
        )

    @property
    def _slow(self) -> bool:
        return any(SILENCE in (value if isinstance(value, list) else [value]) for value in self.script.values())


def paths(*texts: str) -> tuple[Path, ...]:
    return tuple(parse_path(text.encode()) for text in texts)


SENDER = parse_path(b"<a@example.com>")
THREE = paths("<b@one.example>", "<c@two.example>", "<d@three.example>")


def sent(
    server: Server, sender: Path = SENDER, recipients: Sequence[Path] = THREE, message: bytes = MESSAGE
) -> tuple[Outcome, ...]:
    return Sender(server.listener(), rest=0).send(sender, recipients, [message], len(message))


def kinds(outcomes: Sequence[Outcome]) -> str:
    """One letter a recipient: a, d, r."""
    return "".join(outcome.kind.value[0] for outcome in outcomes)
