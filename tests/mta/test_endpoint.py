"""Sockets are spelled as libmilter does, and a bad spelling is explained."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path

import pytest

from sekisho.mta.endpoint import Endpoint, parse_endpoint, probe
from sekisho.mta.lock import AlreadyRunning, SocketLock


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("unix:/run/a.sock", Endpoint(socket.AF_UNIX, path=Path("/run/a.sock"))),
        ("inet:9900@127.0.0.1", Endpoint(socket.AF_INET, port=9900, host="127.0.0.1")),
        ("inet:9900", Endpoint(socket.AF_INET, port=9900)),
        ("inet6:9900@::1", Endpoint(socket.AF_INET6, port=9900, host="::1")),
        ("inet6:9900@[::1]", Endpoint(socket.AF_INET6, port=9900, host="::1")),
    ],
)
def test_a_socket_is_read(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text) == endpoint
    assert parse_endpoint(str(endpoint)) == endpoint


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a socket: ''"),
        ("/run/a.sock", "write unix:/PATH"),
        ("tcp:1@h", "not a socket"),
        ("unix:a.sock", "must be absolute"),
        ("unix:/" + "x" * 103, "longer than 103 octets"),
        ("inet:127.0.0.1:9900", "did you mean inet:9900@127.0.0.1?"),
        ("inet:0@h", "not a TCP port"),
        ("inet:65536@h", "not a TCP port"),
        ("inet:x", "not a TCP port"),
        ("inet:²@h", "not a TCP port"),
    ],
)
def test_a_bad_spelling_is_explained(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_endpoint(text)


def test_nobody_there_is_not_alive(tmp_path: Path) -> None:
    assert not probe(parse_endpoint(f"unix:{tmp_path}/none"), 1.0)


@pytest.mark.parametrize(("said", "alive"), [(b"\0\0\0\x0dO", True), (b"HTTP/1.1 400", False), (b"", False)])
def test_only_a_milter_that_negotiates_is_alive(tmp_path: Path, said: bytes, alive: bool) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(17)
                connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        assert probe(parse_endpoint(f"unix:{tmp_path}/s"), 10.0) is alive
        thread.join()


def test_a_lock_is_free_again_when_it_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "m.sock"
    SocketLock.take(path).release()
    SocketLock.take(path).release()
    assert (tmp_path / "m.sock.lock").read_text() == ""


def test_whoever_is_refused_is_told_what_is_known() -> None:
    assert str(AlreadyRunning(Path("/s"), "12")) == "/s is in use by another sekisho (pid 12)"
    assert str(AlreadyRunning(Path("/s"), "")) == "/s is in use by another sekisho"
