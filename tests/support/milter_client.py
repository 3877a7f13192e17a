"""The MTA's side of the milter protocol (version 6) over a real socket, for tests of real processes."""

from __future__ import annotations

import socket
import struct
from types import TracebackType

LEADING_SPACE = 0x100000
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
        self._socket.close()

    def greet(self, helo: bytes = b"client.example") -> None:
        """Negotiate, connect, HELO."""
        self._send(b"O", struct.pack("!III", 6, 0x1FF, ALL_STEPS))
        command, data = self._receive()
        assert command == b"O", command
        self.protocol = struct.unpack("!III", data[:12])[2]
        self._macros(b"C", b"j", b"gateway.example", b"{daemon_name}", b"smtpd")
        self._send(b"C", b"client.example\x004" + struct.pack("!H", 4025) + b"192.0.2.1\0")
        self._send(b"H", helo + b"\0")

    def begin(self, sender: bytes = b"<a@example.jp>", recipient: bytes = b"<b@partner.example>") -> None:
        """MAIL, RCPT and one field."""
        self._macros(b"M", b"i", b"4QTEST")
        self._send(b"M", sender + b"\0")
        self._send(b"R", recipient + b"\0")
        self._send(b"L", b"Subject\0 test\0")

    def finish(self) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Body and end-of-message: the edits, as command and data, and the final reply's command."""
        self._send(b"B", b"body\r\n")
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

    def ended(self) -> bool:
        """Wait for the milter to close the connection."""
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True

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
