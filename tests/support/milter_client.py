"""The MTA's side of the milter protocol (version 6) over a real socket, for tests of real processes."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from types import TracebackType

NO_REPLY = {b"C": 0x1000, b"H": 0x2000, b"M": 0x4000, b"R": 0x8000, b"L": 0x80, b"B": 0x80000}
"""By command, the negotiated bit that says that it is not answered."""
ALL_STEPS = 0x1FFFFF
PATIENCE = 60.0
"""Seconds after which a milter that does not answer fails its test."""


class MilterClient:
    """One connection; `message` plays a whole transaction."""

    def __init__(self, address: str | tuple[str, int]) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(address)
        self.protocol = 0

    def __enter__(self) -> MilterClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def greet(self, helo: bytes = b"client.example", version: int = 6) -> None:
        """Negotiate, connect, HELO. An MTA older than version 6 wants every step answered."""
        steps = ALL_STEPS if version >= 6 else 0x7F
        self._send(b"O", struct.pack("!III", version, 0x1FF, steps))
        command, data = self._receive()
        assert command == b"O", command
        self.protocol = struct.unpack("!III", data[:12])[2]
        self._open(helo)

    def again(self) -> None:
        """End the session and begin another one over the same connection."""
        self._send(b"K", b"")
        self._open(b"again.example")

    def _open(self, helo: bytes) -> None:
        self._macros(b"C", b"j", b"gateway.example", b"{daemon_name}", b"smtpd")
        self._step(b"C", b"client.example\x004" + struct.pack("!H", 4025) + b"192.0.2.1\0")
        self._step(b"H", helo + b"\0")

    def begin(self, sender: bytes = b"<a@example.jp>", recipient: bytes = b"<b@partner.example>") -> None:
        """MAIL, RCPT and one field."""
        self._macros(b"M", b"i", b"4QTEST")
        self._step(b"M", sender + b"\0")
        self._step(b"R", recipient + b"\0")
        self._step(b"L", b"Subject\0 test\0")

    def finish(self, body: bytes = b"body\r\n") -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Body and end-of-message: the edits, as command and data, and the final reply's command."""
        return self._end(body)

    def _end(self, body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
        self._step(b"B", body)
        self._send(b"E", b"")
        edits: list[tuple[bytes, bytes]] = []
        while True:
            command, data = self._receive()
            if command in b"acrtdy":
                return edits, command
            edits.append((command, data))

    def message(self) -> tuple[list[tuple[bytes, bytes]], bytes]:
        self.begin()
        return self.finish()

    def offer(
        self, sender: bytes, recipients: Sequence[bytes], fields: Sequence[tuple[bytes, bytes]], body: bytes
    ) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Play a whole message of one's own: the edits and the final reply's command."""
        self._macros(b"M", b"i", b"4QTEST")
        self._step(b"M", sender + b"\0")
        for recipient in recipients:
            self._step(b"R", recipient + b"\0")
        for name, value in fields:
            self._step(b"L", name + b"\0" + value + b"\0")
        return self._end(body)

    def ended(self) -> bool:
        """Wait for the milter to close the connection."""
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _step(self, command: bytes, data: bytes) -> None:
        self._send(command, data)
        if not self.protocol & NO_REPLY[command]:
            answer, _ = self._receive()
            assert answer == b"c", answer

    def _macros(self, command: bytes, *words: bytes) -> None:
        self._send(b"D", command + b"".join(word + b"\0" for word in words))

    def _send(self, command: bytes, data: bytes) -> None:
        self._socket.sendall(struct.pack("!I", len(data) + 1) + command + data)

    def _receive(self) -> tuple[bytes, bytes]:
        (length,) = struct.unpack("!I", self._exactly(4))
        packet = self._exactly(length)
        return packet[:1], packet[1:]

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("the milter closed the connection")
            data += piece
        return data
