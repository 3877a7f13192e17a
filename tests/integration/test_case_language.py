"""The case language: what a file says is what is played, and a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.case_language import Case, CaseError, Expect, Given, Run, read_case
from integration.claims import Held, Replied
from integration.deliveries import Gets
from integration.message_octets import apart, without_trace
from integration.octets import BadNotation, octets
from integration.seen import in_order, pairs, samples
from integration.sending import Send

STORY = r"""# Two people,
# one mail.
config:
    milter: {workers: 1}
policy:
    rules: []
file lists/words.txt:
    one
    two
only on postfix: because
send:
    EHLO pc.example
    MAIL FROM:<a@x.example>
    RCPT TO:<r#@y.example> for # in 1..2
    | From: a@x.example
    | Subject: \{word utf-8: 社外秘}
    |  folded \
    |
    | end\x00\
given:
    the re-injection listener is down
    re-injection answers "450 4.2.0 no" to RCPT TO:<b@x> 2 times
run: sekisho quarantine release HOLD --reason "it is fine"
expect:
    reply 250
    held for r1@y.example, r2@y.example by some-rule
    everybody gets it released, with:
        header To: undisclosed-recipients:;
        unchanged but for To, Cc
"""


def read(tmp_path: Path, text: str) -> Case:
    path = tmp_path / "story.case"
    path.write_text(text)
    return read_case(path)


def test_a_story_is_read_section_by_section(tmp_path: Path) -> None:
    case = read(tmp_path, STORY)
    assert case.title == "Two people,\none mail."
    assert case.name == "story"
    assert case.config == {"milter": {"workers": 1}}
    assert case.policy.strip() == "rules: []"
    assert case.files == {"lists/words.txt": "one\ntwo\n"}
    assert case.only_on == "because"
    send, happens, run, expect = case.steps
    assert isinstance(send, Send)
    assert send.commands[0] == "EHLO pc.example"
    assert send.recipients == ("r1@y.example", "r2@y.example")
    assert send.message == b"From: a@x.example\r\nSubject: =?utf-8?B?56S+5aSW56eY?=\r\n folded \r\nend\0"
    assert isinstance(happens, Given)
    assert len(happens.events) == 2
    assert isinstance(run, Run)
    assert run.words == ("quarantine", "release", "HOLD", "--reason", "it is fine")
    assert isinstance(expect, Expect)
    assert expect.claims == (
        Replied(25, "250"),
        Held(26, "r1@y.example, r2@y.example", "some-rule"),
        Gets(27, "everybody", True, details=("header To: undisclosed-recipients:;", "unchanged but for To, Cc")),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sned:\nexpect:\n", ":1: unknown section 'sned'"),
        ("send by pigeon:\nexpect:\n", ":1: unknown way to send"),
        ("send:\n    | \\q\nexpect:\n", ":2: unknown escape"),
        ("send:\n    | \\{repeat 3: x\nexpect:\n", ":2: a generator is not closed"),
        ("expect:\n    reply 250\n    bob gets lost\n", ":3: unknown claim 'bob gets lost'"),
        ("expect:\n    bob gets it:\n        in time\n", ":2: unknown detail 'in time'"),
        ("expect:\n    reply 250:\n        really\n", ":2: this claim takes no details"),
        ("expect:\n        really\n", ":2: a detail of no claim"),
        ("given:\n    rain\nexpect:\n", ":2: unknown event 'rain'"),
        ("run: rm -r\nexpect:\n", ":1: only sekisho can be run"),
        ("policy:\n    a: [\nexpect:\n", ":1: "),
        ("send again:\nexpect:\n", ":1: nothing was sent before"),
        ("    reply 250\n", ":1: this belongs to no section"),
        ("just words\n", ":1: a section's head ends with a colon"),
        ("send:\n    | x\n", "a case without expect:"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(CaseError, match=r"story\.case") as caught:
        read(tmp_path, text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("notation", "meant"),
    [
        ("plain 社", "plain 社".encode()),
        (r"\r\n\t\0\x41\\\}", b"\r\n\t\0A\\}"),
        (r"\{repeat 3: ab}", b"ababab"),
        (r'\{count 1..3 by ", ": r#@x}', b"r1@x, r2@x, r3@x"),
        (r"\{in shift_jis: 社}", "社".encode("shift_jis")),
        (r"\{word iso-2022-jp: 社}", b"=?iso-2022-jp?B?GyRCPFIbKEI=?="),
        (r"\{base64 utf-8: \{repeat 60: a}}", b"YWFh" * 19 + b"\r\n" + b"YWFh"),
        ("{{name}}", b"{{name}}"),
    ],
)
def test_notation_makes_octets(notation: str, meant: bytes) -> None:
    assert octets(notation) == meant


@given(st.text(alphabet=st.characters(exclude_characters="\\", exclude_categories=["Cs"])))
def test_text_without_a_backslash_is_itself(text: str) -> None:
    assert octets(text) == text.encode()


@pytest.mark.parametrize("notation", ["\\", r"\x4", r"\{", r"\{in nowhere: x}", r"\{repeat x: y}", r"\{word: x}"])
def test_bad_notation_is_refused(notation: str) -> None:
    with pytest.raises(BadNotation):
        octets(notation)


def test_trace_fields_are_taken_off_and_nothing_else() -> None:
    message = b"From: a\r\n\r\nbody\r\n"
    trace = b"Received: from b\r\n\tby c\r\nReceived: d\r\n"
    assert without_trace(trace + message, 2) == message
    assert without_trace(trace + message, 3) is None
    assert without_trace(message, 0) == message


def test_a_message_falls_apart_into_fields_and_body() -> None:
    message = apart(b"To: a,\r\n b\r\nX:\r\n\r\nTo: body\r\n")
    assert [(line.name, line.value) for line in message.header] == [("To", "a, b"), ("X", "")]
    assert message.body == b"To: body\r\n"


def test_logs_and_scrapes_are_read() -> None:
    assert pairs('level=info from="<a b@x>" held=1') == {"level": "info", "from": "<a b@x>", "held": "1"}
    assert pairs('torn "line') == {}
    assert samples('# HELP a b\na{y="2",x="1"} 3.0\nb 1\n') == {'a{x="1",y="2"}': 3.0, "b": 1.0}
    assert in_order('a{b="}",a="x,y"}') == 'a{a="x,y",b="}"}'
