"""Sessions are used again only while it is certain that nothing can be lost or doubled by it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sekisho.quarantine.smtp import Kind
from sekisho.quarantine.smtp_sessions import MOST, Sender
from tests.support.smtp_server import GOOD, HANG_UP, MESSAGE, SENDER, THREE, Server, kinds

ENVELOPE = [b"MAIL FROM:<a@example.com> SIZE=%d" % len(MESSAGE), *(b"RCPT TO:" + path.raw for path in THREE), b"DATA"]
HELLO = [b"EHLO gate.example"]


class Meanwhile:
    """Another message is on its way as long as this lasts."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._over = threading.Event()
        self._begun = threading.Event()
        self._pool = ThreadPoolExecutor(1)

    def _pieces(self) -> Iterator[bytes]:
        self._begun.set()
        assert self._over.wait(30)
        yield MESSAGE

    def __enter__(self) -> None:
        self._sent = self._pool.submit(self._sender.send, SENDER, THREE, self._pieces(), len(MESSAGE))
        assert self._begun.wait(30)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        assert kinds(self._sent.result()) == "aaa"
        self._pool.shutdown()


def send(sender: Sender) -> str:
    return kinds(sender.send(SENDER, THREE, [MESSAGE], len(MESSAGE)))


def test_messages_share_a_session_while_another_is_on_its_way() -> None:
    with Server({}) as server:
        sender = Sender(server.listener())
        with Meanwhile(sender):
            assert [send(sender) for _ in range(3)] == ["aaa"] * 3
    other, shared = server.sessions
    assert other == [*HELLO, *ENVELOPE, b"QUIT"]
    assert shared == [*HELLO, *ENVELOPE, b"RSET", *ENVELOPE, b"RSET", *ENVELOPE, b"QUIT"]
    assert server.contents == [MESSAGE] * 4


def test_alone_a_message_leaves_nothing_open() -> None:
    with Server({}) as server:
        sender = Sender(server.listener())
        assert [send(sender) for _ in range(2)] == ["aaa"] * 2
    assert server.sessions == [[*HELLO, *ENVELOPE, b"QUIT"]] * 2


def test_a_session_carries_no_more_messages_than_a_listener_bears() -> None:
    with Server({}) as server:
        sender = Sender(server.listener())
        with Meanwhile(sender):
            for _ in range(MOST + 1):
                send(sender)
    assert [session.count(b"DATA") for session in server.sessions] == [1, MOST, 1]


def test_a_refused_message_does_not_spoil_the_session_for_the_next() -> None:
    with Server({"DOT": [b"550 5.7.1 no\r\n", b"451 later\r\n", GOOD["DOT"]]}) as server:
        sender = Sender(server.listener())
        with Meanwhile(sender):
            assert [send(sender) for _ in range(3)] == ["rrr", "ddd", "aaa"]
    assert len(server.sessions) == 2


@pytest.mark.parametrize("rset", [HANG_UP, b"421 4.3.2 closing\r\n", b"500 what\r\n"])
def test_a_session_that_died_meanwhile_is_replaced_and_nobody_notices(rset: bytes) -> None:
    with Server({"RSET": rset}) as server:
        sender = Sender(server.listener())
        with Meanwhile(sender):
            assert [send(sender) for _ in range(2)] == ["aaa"] * 2
    assert len(server.sessions) == 3
    assert server.contents == [MESSAGE] * 3


def test_a_session_that_breaks_after_the_dot_is_uncertain_and_not_used_again() -> None:
    with Server({"DOT": [GOOD["DOT"], HANG_UP, GOOD["DOT"]]}) as server:
        sender = Sender(server.listener())
        with Meanwhile(sender):
            assert send(sender) == "aaa"
            outcomes = sender.send(SENDER, THREE, [MESSAGE], len(MESSAGE))
            assert {(one.kind, one.uncertain) for one in outcomes} == {(Kind.DELAYED, True)}
            assert send(sender) == "aaa"
    assert [session.count(b"DATA") for session in server.sessions] == [1, 2, 1]


def test_content_that_cannot_be_read_ends_its_session_before_the_dot() -> None:
    def damaged() -> Iterator[bytes]:
        yield b"Subject: x\r\n\r\n"
        raise OSError("damaged")

    with Server({}) as server:
        sender = Sender(server.listener())
        with Meanwhile(sender):
            with pytest.raises(OSError, match="damaged"):
                sender.send(SENDER, THREE, damaged(), 100)
            assert send(sender) == "aaa"
    assert len(server.sessions) == 3
    assert server.contents == [MESSAGE] * 2
