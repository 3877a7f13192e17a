"""Tables of Postfix are asked by postmap or by their own protocols; what goes wrong is unavailable, never "no"."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.ports import Unavailable
from sekisho.lists.postfix import TableAsker, keys_of

POSTMAP = shutil.which("postmap") or shutil.which("postmap", path="/usr/sbin")
Answer = Callable[[bytes], bytes]


class Server:
    """Answers each request of a connection as a test says."""

    def __init__(self, read: Callable[[socket.socket], bytes], answer: Answer) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._read = read
        self._answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                while request := self._read(connection):
                    self.requests.append(request)
                    connection.sendall(self._answer(request))


def netstring(connection: socket.socket) -> bytes:
    """One request of the socketmap protocol, without its frame."""
    octets = b""
    while not octets.endswith(b","):
        one = connection.recv(1)
        if not one:
            return b""
        octets += one
    return octets.partition(b":")[2][:-1]


def line(connection: socket.socket) -> bytes:
    octets = b""
    while not octets.endswith(b"\n"):
        one = connection.recv(1)
        if not one:
            return b""
        octets += one
    return octets


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], bytes], Answer], Server]]:
    servers: list[Server] = []

    def start(read: Callable[[socket.socket], bytes], answer: Answer) -> Server:
        servers.append(Server(read, answer))
        return servers[-1]

    yield start
    for server in servers:
        server.listener.close()


Serve = Callable[[Callable[[socket.socket], bytes], Answer], Server]


def test_an_address_its_domain_and_the_parents_of_it_are_looked_up() -> None:
    assert list(keys_of("a", "x.y.jp")) == ["a@x.y.jp", "x.y.jp", ".y.jp", ".jp"]
    assert list(keys_of("", "")) == ["<>"]


def test_a_socketmap_is_asked_key_by_key_until_it_knows_one(serve: Serve) -> None:
    known = {b"lists x.jp": b"5:OK ja,"}
    server = serve(netstring, lambda request: known.get(request, b"9:NOTFOUND ,"))
    ask = TableAsker(f"socketmap:inet:127.0.0.1:{server.port}:lists")
    assert ask("a", "x.jp")
    assert server.requests == [b"lists a@x.jp", b"lists x.jp"]
    assert not ask("a", "y.jp")


def test_a_socketmap_can_be_a_unix_socket(tmp_path: Path, serve: Serve) -> None:
    server = serve(netstring, lambda _request: b"3:OK ,")
    server.listener.close()
    server.listener = socket.socket(socket.AF_UNIX)
    server.listener.bind(str(tmp_path / "s"))
    server.listener.listen()
    threading.Thread(target=server._serve, daemon=True).start()
    assert TableAsker(f"socketmap:unix:{tmp_path}/s:m")("a", "x.jp")


@pytest.mark.parametrize(
    "reply", [b"10:TEMP later,", b"7:PERM no,", b"9:NOTFOUND x", b"x", b":,", b"99999999:", b"9:TIMEOUT z,"]
)
def test_a_socketmap_that_does_not_answer_the_question_is_unavailable(serve: Serve, reply: bytes) -> None:
    def answer(_request: bytes) -> bytes:
        return reply

    def once(connection: socket.socket) -> bytes:
        request = netstring(connection) if not server.requests else b""
        if not request:
            connection.shutdown(socket.SHUT_RDWR)
        return request

    server = serve(once, answer)
    with pytest.raises(Unavailable):
        TableAsker(f"socketmap:inet:127.0.0.1:{server.port}:m")("a", "x.jp")


def test_a_tcp_table_is_asked_with_encoded_keys(serve: Serve) -> None:
    server = serve(line, lambda request: b"200 OK\n" if request == b"get a%2520b@x.jp\n" else b"500 none\n")
    ask = TableAsker(f"tcp:127.0.0.1:{server.port}")
    assert ask("a%20b", "x.jp")
    assert not ask("c", "x.jp")


@pytest.mark.parametrize("reply", [b"400 try later\n", b"nonsense\n", b"\n"])
def test_a_tcp_table_that_does_not_know_now_is_unavailable(serve: Serve, reply: bytes) -> None:
    server = serve(line, lambda _request: reply)
    with pytest.raises(Unavailable):
        TableAsker(f"tcp:127.0.0.1:{server.port}")("a", "x.jp")


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unavailable):
        TableAsker(f"tcp:127.0.0.1:{port}")("a", "x.jp")
    with pytest.raises(Unavailable):
        TableAsker("socketmap:unix:/nowhere/s:m")("a", "x.jp")


@given(st.text(st.characters(categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=3))
def test_a_key_that_cannot_be_asked_is_not_asked(local: str) -> None:
    asker = TableAsker("tcp:127.0.0.1:1")
    assert asker(local, "") is False


@pytest.mark.parametrize(
    "table", ["", "hash", "/etc/postfix/x", "socketmap:unix:/s", "tcp:host", "HASH:/x", "hash: /x"]
)
def test_what_is_no_table_is_refused(table: str) -> None:
    with pytest.raises(ValueError, match="is not a table"):
        TableAsker(table)


@pytest.fixture
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postfix as it is installed has no main.cf, without which postmap does nothing."""
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n")
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))


@pytest.mark.usefixtures("own_configuration")
@pytest.mark.skipif(not POSTMAP, reason="Postfix is not installed")
def test_any_table_of_postfix_is_asked_by_postmap(tmp_path: Path) -> None:
    source = tmp_path / "partners"
    source.write_text("taro@x.jp OK\ny.jp OK\n.z.jp OK\n")
    subprocess.run([str(POSTMAP), f"hash:{source}"], check=True)
    ask = TableAsker(f"hash:{source}")
    assert [ask("taro", "x.jp"), ask("jiro", "x.jp"), ask("a", "y.jp"), ask("a", "b.z.jp"), ask("a", "z.jp")] == [
        True,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.usefixtures("own_configuration")
@pytest.mark.skipif(not POSTMAP, reason="Postfix is not installed")
def test_a_table_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nix"):
        TableAsker(f"hash:{tmp_path}/nix")("a", "x.jp")
