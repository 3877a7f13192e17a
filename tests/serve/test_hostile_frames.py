"""Whatever comes over the milter socket, the workers live on and answer the next message."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemons import Daemon
from tests.support.milter_client import MilterClient


def frame(command: bytes, data: bytes = b"") -> bytes:
    return struct.pack("!I", len(data) + 1) + command + data


OFFER = frame(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF))
CONNECT = frame(b"C", b"client.example\x004\x0f\xb9192.0.2.1\0")
ENVELOPE = frame(b"M", b"<a@example.jp>\0") + frame(b"R", b"<b@partner.example>\0")
WHOLE = OFFER + CONNECT + frame(b"H", b"c\0") + ENVELOPE + frame(b"L", b"Subject\0 x\0") + frame(b"B", b"hello\r\n")

HOSTILE = {
    "nothing": b"",
    "length 0": struct.pack("!I", 0),
    "700 MB": struct.pack("!IcI", 700 << 20, b"O", 6),
    "4 GB": b"\xff" * 64,
    "http": b"GET / HTTP/1.0\r\n\r\n",
    "unknown command": frame(b"?"),
    "version 1": frame(b"O", struct.pack("!III", 1, 0, 0)),
    "short offer": frame(b"O", b"\0\0"),
    "no offer": CONNECT + ENVELOPE + frame(b"E"),
    "end first": OFFER + frame(b"E"),
    "quit twice": OFFER + frame(b"Q") + frame(b"Q"),
    "no NUL": OFFER + frame(b"C", b"client.example") + frame(b"M", b"<a@b"),
    "empty paths": OFFER + CONNECT + frame(b"M", b"\0") + frame(b"R", b"\0") + frame(b"E"),
    "header that is no UTF-8": OFFER + CONNECT + ENVELOPE + frame(b"L", b"X-\xe9\0x\0") + frame(b"E"),
    "abort, abort": WHOLE + frame(b"A") * 3 + frame(b"E"),
    "new connection": OFFER + CONNECT + frame(b"K") + CONNECT + ENVELOPE + frame(b"E"),
}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with Daemon(tmp_path_factory.mktemp("hostile")) as running:
        running.until_ready()
        yield running
        assert "died" not in [told.get("log") for told in running.everything_after_stop()]


def say(path: Path, octets: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(path))
        try:
            connection.sendall(octets)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        except (BrokenPipeError, ConnectionResetError):
            pass


@pytest.mark.parametrize("octets", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_connection_is_closed_and_the_next_message_is_answered(daemon: Daemon, octets: bytes) -> None:
    say(daemon.socket, octets)
    assert daemon.mark()[0] == "one"


def test_the_end_may_come_at_every_octet(daemon: Daemon) -> None:
    for end in range(0, len(WHOLE), 7):
        say(daemon.socket, WHOLE[:end])
    assert daemon.mark()[0] == "one"


@pytest.mark.parametrize("version", [2, 3, 4, 5, 6, 7])
def test_every_version_of_the_protocol_is_answered(daemon: Daemon, version: int) -> None:
    with MilterClient(str(daemon.socket)) as client:
        client.greet(version=version)
        edits, final = client.message()
    assert (len(edits), final) == (1, b"c")


def test_a_connection_reused_for_a_second_session_is_not_taken_on_trust(daemon: Daemon) -> None:
    """Its negotiation is not known any more, so its messages cannot be read rightly: they are tempfailed."""
    with MilterClient(str(daemon.socket)) as client:
        client.greet()
        assert client.message()[1] == b"c"
        client.again()
        assert client.message() == ([], b"y")
