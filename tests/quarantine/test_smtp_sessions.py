"""Sessions are used again only while it is certain that nothing can be lost or doubled by it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from integration import waiting
from sekisho.quarantine.smtp import Kind
from sekisho.quarantine.smtp_sessions import MOST, Sender
from tests.support.smtp_server import GOOD, HANG_UP, MESSAGE, SENDER, THREE, Server, kinds

ENVELOPE = [b"MAIL FROM:<a@example.com> SIZE=%d" % len(MESSAGE), *(b"RCPT TO:" + path.raw for path in THREE), b"DATA"]
HELLO = [b"EHLO gate.example"]


def send(sender: Sender) -> str:
    return kinds(sender.send(SENDER, THREE, [MESSAGE], len(MESSAGE)))


def test_messages_that_follow_each_other_share_a_session() -> None:
    with Server({}) as server:
        sender = Sender(server.listener())
        assert [send(sender) for _ in range(3)] == ["aaa"] * 3
    assert server.sessions == [[*HELLO, *ENVELOPE, b"RSET", *ENVELOPE, b"RSET", *ENVELOPE, b"QUIT"]]
    assert server.contents == [MESSAGE] * 3


def test_a_session_for_which_no_message_comes_is_ended() -> None:
    with Server({}) as server:
        sender = Sender(server.listener(), 0.05)
        for number in range(2):
            assert send(sender) == "aaa"
            waiting.until(lambda: server.sessions[-1][-1] == b"QUIT", "the session is ended")
            assert len(server.sessions) == number + 1


def test_messages_at_the_same_time_have_sessions_of_their_own() -> None:
    both = threading.Barrier(2)

    def pieces() -> Iterator[bytes]:
        both.wait(30)
        yield MESSAGE

    with Server({}) as server, ThreadPoolExecutor(2) as pool:
        sender = Sender(server.listener(), 0.05)
        sent = [pool.submit(sender.send, SENDER, THREE, pieces(), len(MESSAGE)) for _ in range(2)]
        assert [kinds(one.result()) for one in sent] == ["aaa"] * 2
    assert server.sessions == [[*HELLO, *ENVELOPE, b"QUIT"]] * 2


def test_a_session_carries_no_more_messages_than_a_listener_bears() -> None:
    with Server({}) as server:
        sender = Sender(server.listener())
        for _ in range(MOST + 1):
            send(sender)
    assert [session.count(b"DATA") for session in server.sessions] == [MOST, 1]


def test_a_refused_message_does_not_spoil_the_session_for_the_next() -> None:
    with Server({"DOT": [b"550 5.7.1 no\r\n", b"451 later\r\n", GOOD["DOT"]]}) as server:
        sender = Sender(server.listener())
        assert [send(sender) for _ in range(3)] == ["rrr", "ddd", "aaa"]
    assert len(server.sessions) == 1


@pytest.mark.parametrize("rset", [HANG_UP, b"421 4.3.2 closing\r\n", b"500 what\r\n"])
def test_a_session_that_died_meanwhile_is_replaced_and_nobody_notices(rset: bytes) -> None:
    with Server({"RSET": rset}) as server:
        sender = Sender(server.listener())
        assert [send(sender) for _ in range(2)] == ["aaa"] * 2
    assert len(server.sessions) == 2
    assert server.contents == [MESSAGE] * 2


def test_a_session_that_breaks_after_the_dot_is_uncertain_and_not_used_again() -> None:
    with Server({"DOT": [GOOD["DOT"], HANG_UP, GOOD["DOT"]]}) as server:
        sender = Sender(server.listener())
        assert send(sender) == "aaa"
        outcomes = sender.send(SENDER, THREE, [MESSAGE], len(MESSAGE))
        assert {(one.kind, one.uncertain) for one in outcomes} == {(Kind.DELAYED, True)}
        assert send(sender) == "aaa"
    assert [session.count(b"DATA") for session in server.sessions] == [2, 1]


def test_content_that_cannot_be_read_ends_its_session_before_the_dot() -> None:
    def damaged() -> Iterator[bytes]:
        yield b"Subject: x\r\n\r\n"
        raise OSError("damaged")

    with Server({}) as server:
        sender = Sender(server.listener())
        assert send(sender) == "aaa"
        with pytest.raises(OSError, match="damaged"):
            sender.send(SENDER, THREE, damaged(), 100)
        assert send(sender) == "aaa"
    assert len(server.sessions) == 2
    assert server.contents == [MESSAGE] * 2
