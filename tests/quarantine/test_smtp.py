"""Re-injection against a scripted server that is strict about what it is sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import cast

import pytest

from sekisho.core.path import parse_path
from sekisho.quarantine.smtp import Kind
from sekisho.quarantine.smtp_connection import Connection, Listener
from sekisho.quarantine.smtp_sessions import Sender, probe
from tests.support.smtp_server import (
    GOOD,
    HANG_UP,
    MESSAGE,
    PLAIN,
    SENDER,
    SILENCE,
    THREE,
    Server,
    kinds,
    paths,
    sent,
)


def test_all_is_accepted_and_arrives_octet_for_octet() -> None:
    with Server({}) as server:
        outcomes = sent(server)
    assert kinds(outcomes) == "aaa"
    assert [outcome.path for outcome in outcomes] == list(THREE)
    assert {(outcome.code, outcome.text) for outcome in outcomes} == {(250, "2.0.0 Ok: queued as 4XYZ")}
    assert server.contents == [MESSAGE]
    assert server.commands == [
        b"EHLO gate.example",
        b"MAIL FROM:<a@example.com> SIZE=%d" % len(MESSAGE),
        b"RCPT TO:<b@one.example>",
        b"RCPT TO:<c@two.example>",
        b"RCPT TO:<d@three.example>",
        b"DATA",
        b"QUIT",
    ]


def test_parameters_go_along_as_they_came() -> None:
    sender = parse_path(
        b"<a@example.com>", ("SIZE=1", "BODY=8BITMIME", "RET=HDRS", "ENVID=QQ314159", "AUTH=<>", "smtputf8")
    )
    recipient = parse_path(b"<b@one.example>", ("NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;B@one.example", "X=1"))
    with Server({}) as server:
        assert kinds(sent(server, sender, [recipient])) == "a"
    size = b"SIZE=%d" % len(MESSAGE)
    assert server.commands[1:3] == [
        b"MAIL FROM:<a@example.com> BODY=8BITMIME RET=HDRS ENVID=QQ314159 smtputf8 " + size,
        b"RCPT TO:<b@one.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;B@one.example",
    ]


def test_parameters_are_left_out_where_the_listener_offers_nothing() -> None:
    sender = parse_path(b"<a@example.com>", ("SIZE=1", "BODY=8BITMIME", "RET=HDRS", "ENVID=x"))
    recipient = parse_path(b"<b@one.example>", ("NOTIFY=NEVER",))
    with Server({"EHLO": PLAIN}) as server:
        assert kinds(sent(server, sender, [recipient])) == "a"
    assert server.commands[1:3] == [b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@one.example>"]


def test_binarymime_becomes_8bitmime_because_data_cannot_carry_it() -> None:
    with Server({}) as server:
        sent(server, parse_path(b"<a@example.com>", ("BODY=BINARYMIME",)))
    assert server.commands[1].startswith(b"MAIL FROM:<a@example.com> BODY=8BITMIME ")


def test_smtputf8_that_is_not_offered_is_a_permanent_refusal_of_ours() -> None:
    with Server({"EHLO": PLAIN}) as server:
        outcomes = sent(server, parse_path("<あ@example.com>".encode(), ("SMTPUTF8",)))
    assert kinds(outcomes) == "rrr"
    assert outcomes[0].code == 553
    assert "SMTPUTF8" in outcomes[0].text
    assert server.commands == [b"EHLO gate.example", b"QUIT"]


def test_international_paths_of_local_submission_ask_for_smtputf8() -> None:
    with Server({}) as server:
        assert kinds(sent(server, parse_path(b"a"), paths("山田@例え.jp"))) == "a"
    assert server.commands[1] == b"MAIL FROM:<a> SMTPUTF8 SIZE=%d" % len(MESSAGE)
    assert server.commands[2] == "RCPT TO:<山田@例え.jp>".encode()


@pytest.mark.parametrize(
    ("raw", "command"),
    [
        (b"<>", b"<>"),
        (b"", b"<>"),
        (b"bob@example.com", b"<bob@example.com>"),
        (b"<@r.example:u@d.example>", b"<@r.example:u@d.example>"),
        (b"<<u@d.example>>", b"<<u@d.example>>"),
        (b'<"a b"@c.example>', b'<"a b"@c.example>'),
        (rb'<"a\" b"@c.example>', rb'<"a\" b"@c.example>'),
        (b"<\xe9\xff@c.example>", b"<\xe9\xff@c.example>"),
    ],
)
def test_paths_are_sent_as_they_came_in_angle_brackets(raw: bytes, command: bytes) -> None:
    with Server({"EHLO": PLAIN}) as server:
        assert kinds(sent(server, parse_path(raw, ("BODY=8BITMIME",)), [parse_path(raw)])) == "a"
    assert server.commands[1:3] == [b"MAIL FROM:" + command, b"RCPT TO:" + command]


@pytest.mark.parametrize(
    "raw",
    [
        b"<a@b>\r\nRCPT TO:<evil@x>",
        b"<a@b\n>",
        b"<a@b\0>",
        b"<a\t@b>",
        b"<a@b> NOTIFY=NEVER",
        b"a@b> NOTIFY=NEVER <c",
        rb'<a\"> NOTIFY=NEVER "b>',
        rb"<a\ b@c> X",
    ],
)
def test_a_path_that_would_be_another_command_is_refused_unsent(raw: bytes) -> None:
    with Server({}) as server:
        assert kinds(sent(server, SENDER, [parse_path(raw), *THREE])) == "raaa"
    assert len(server.commands) == 7
    with Server({}) as server:
        assert kinds(sent(server, parse_path(raw), THREE)) == "rrr"
    assert server.commands == [b"EHLO gate.example", b"QUIT"]


@pytest.mark.parametrize("param", ["ORCPT=rfc822;a\r\nDATA", "ORCPT=a\nb", "NOTIFY=\0", "NOTIFY=NEVER ORCPT=x"])
def test_a_parameter_that_would_be_another_command_is_refused_unsent(param: str) -> None:
    with Server({}) as server:
        outcomes = sent(server, SENDER, [parse_path(b"<b@one.example>", (param,))])
    assert kinds(outcomes) == "r"
    assert server.commands[2:] == [b"QUIT"]


def test_some_are_refused_some_delayed_and_the_rest_gets_the_message() -> None:
    replies = [b"550 5.1.1 Unknown user\r\n", b"450 4.2.0 Greylisted\r\n", b"251 will forward\r\n"]
    with Server({"RCPT": replies}) as server:
        outcomes = sent(server)
    assert kinds(outcomes) == "rda"
    assert [(o.code, o.text) for o in outcomes[:2]] == [(550, "5.1.1 Unknown user"), (450, "4.2.0 Greylisted")]
    assert server.contents == [MESSAGE]


def test_nobody_accepted_means_no_data() -> None:
    with Server({"RCPT": b"550 5.1.1 no\r\n"}) as server:
        assert kinds(sent(server)) == "rrr"
    assert server.commands[-2:] == [b"RCPT TO:<d@three.example>", b"QUIT"]
    assert server.contents == []


@pytest.mark.parametrize("enough", [b"452 4.5.3 Too many recipients\r\n", b"552 Too many recipients\r\n"])
def test_when_the_listener_has_enough_recipients_the_rest_is_delayed(enough: bytes) -> None:
    many = paths(*(f"<r{number}@example.net>" for number in range(1200)))
    with Server({"RCPT": [GOOD["RCPT"]] * 1000 + [enough]}) as server:
        outcomes = sent(server, SENDER, many)
    assert kinds(outcomes) == "a" * 1000 + "d" * 200
    assert sum(command.startswith(b"RCPT") for command in server.commands) == 1001


def test_a_452_for_the_first_recipients_does_not_stop_the_others() -> None:
    with Server({"RCPT": [b"452 4.2.2 Full\r\n", GOOD["RCPT"]]}) as server:
        assert kinds(sent(server)) == "daa"


STAGES = ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("reply", [b"421 4.3.2 Going down\r\n", b"451 4.3.0 Later\r\n", b"421-a\r\n421 b\r\n"])
def test_a_temporary_reply_at_any_stage_delays_everybody(stage: str, reply: bytes) -> None:
    with Server({stage: reply}) as server:
        outcomes = sent(server)
    assert kinds(outcomes) == "ddd"
    assert {outcome.code for outcome in outcomes} == {int(reply[:3])}
    assert not any(outcome.uncertain for outcome in outcomes)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_permanent_reply_to_the_message_refuses_everybody(stage: str) -> None:
    with Server({stage: b"554 5.7.1 No\r\n"}) as server:
        outcomes = sent(server)
    assert kinds(outcomes) == "rrr"
    assert {(outcome.code, outcome.text) for outcome in outcomes} == {(554, "5.7.1 No")}


def test_a_listener_that_wants_no_mail_at_all_only_delays() -> None:
    with Server({"GREETING": b"554 No SMTP service here\r\n"}) as server:
        assert kinds(sent(server)) == "ddd"
    with Server({"EHLO": b"502 what\r\n", "HELO": b"550 go away\r\n"}) as server:
        assert kinds(sent(server)) == "ddd"


def test_helo_serves_where_ehlo_is_unknown() -> None:
    with Server({"EHLO": b"502 unknown\r\n"}) as server:
        assert kinds(sent(server)) == "aaa"
    assert server.commands[1:3] == [b"HELO gate.example", b"MAIL FROM:<a@example.com>"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("failure", [HANG_UP, SILENCE])
def test_a_lost_or_silent_connection_delays_and_only_after_the_dot_leaves_doubt(stage: str, failure: bytes) -> None:
    with Server({stage: failure}) as server:
        outcomes = sent(server)
    assert kinds(outcomes) == "ddd"
    assert {outcome.code for outcome in outcomes} == {0}
    assert {outcome.uncertain for outcome in outcomes} == {stage == "DOT"}
    assert all(outcome.text for outcome in outcomes)


def test_answers_given_before_the_connection_was_lost_stand() -> None:
    with Server({"RCPT": [b"550 5.1.1 no\r\n", GOOD["RCPT"], b"421 4.7.0 Too many errors\r\n"]}) as server:
        outcomes = sent(server)
    assert kinds(outcomes) == "rdd"
    assert [outcome.code for outcome in outcomes] == [550, 421, 421]


def test_nobody_there_delays() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcomes = Sender(Listener("127.0.0.1", port), rest=0).send(SENDER, THREE, [MESSAGE], len(MESSAGE))
    assert kinds(outcomes) == "ddd"
    assert probe(Listener("127.0.0.1", port)) != ""


@pytest.mark.parametrize(
    "nonsense",
    [
        b"hello\r\n",
        b"25\r\n",
        b"999 no such code\r\n",
        b"250-one\r\n251 two\r\n",
        b"250-more\r\n" * 500,
        b"250 " + b"x" * 20_000 + b"\r\n",
        b"\xff\xfe\0\r\n",
        b"2500 Ok\r\n",
    ],
)
@pytest.mark.parametrize("stage", ["GREETING", "RCPT", "DOT"])
def test_nonsense_delays(stage: str, nonsense: bytes) -> None:
    with Server({stage: nonsense}) as server:
        assert kinds(sent(server)) == "ddd"


@pytest.mark.parametrize("reply", [b"354 go on\r\n", b"250 Ok\r\n"])
def test_a_positive_reply_at_the_wrong_place_accepts_nothing(reply: bytes) -> None:
    stage, other = ("RCPT", "DOT") if reply.startswith(b"354") else ("DATA", "DATA")
    with Server({stage: reply}) as server:
        assert kinds(sent(server)) == "ddd"
    if stage != other:
        with Server({other: reply}) as server:
            assert kinds(sent(server)) == "ddd"


def test_long_replies_in_any_encoding_become_printable_text() -> None:
    with Server({"RCPT": b"550-5.1.1 \xa4\xa2\x1b[31m\0\r\n550-\xe3\x81\x82\r\n550 5.1.1 end\r\n"}) as server:
        outcome = sent(server)[0]
    assert outcome.kind is Kind.REFUSED
    assert outcome.text == "5.1.1 \ufffd\ufffd?[31m? あ 5.1.1 end"


def test_content_that_cannot_be_read_is_passed_on_and_nothing_is_delivered() -> None:
    def damaged() -> Iterator[bytes]:
        yield b"Subject: x\r\n\r\n"
        raise OSError("damaged")

    with Server({}) as server, pytest.raises(OSError, match="damaged"):
        Sender(server.listener(), rest=0).send(SENDER, THREE, damaged(), 100)
    assert server.contents == []


class Deaf:
    """A socket whose peer answers as scripted and stops reading in the middle of the content."""

    def __init__(self, last: bytes) -> None:
        stages = ("GREETING", "EHLO", "MAIL", "RCPT", "RCPT", "RCPT", "DATA")
        self._replies = [GOOD[stage] for stage in stages] + [last]

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def sendall(self, octets: bytes) -> None:
        if len(octets) > 1000:
            raise BrokenPipeError("Broken pipe")

    def recv(self, limit: int) -> bytes:
        return self._replies.pop(0) if self._replies else HANG_UP

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("last", "expected"),
    [(b"552 5.3.4 Too big\r\n", "rrr"), (b"451 no space\r\n", "ddd"), (b"250 what?\r\n", "ddd"), (b"", "ddd")],
)
def test_a_server_that_refuses_in_the_middle_of_the_content_is_heard(
    last: bytes, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(listener: Listener) -> Connection:
        return Connection(cast(socket.socket, Deaf(last)), listener.timeouts)

    monkeypatch.setattr("sekisho.quarantine.smtp_sessions.connect", deaf)
    outcomes = Sender(Listener("mx.example", 25), rest=0).send(SENDER, THREE, [MESSAGE], len(MESSAGE))
    assert kinds(outcomes) == expected
    assert not any(outcome.uncertain for outcome in outcomes)


def test_a_probe_greets_and_leaves() -> None:
    with Server({}) as server:
        assert probe(server.listener()) == ""
    assert server.commands == [b"QUIT"]
    with Server({"GREETING": b"554 no\r\n"}) as server:
        assert probe(server.listener()) == "554 no"
