"""The milter's steps as libmilter calls them, in any order and with any octets: each is answered, nothing is raised."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from integration.fake import Connection, FakeMta
from sekisho.core.message import Client
from sekisho.core.replies import Verdict
from tests.fuzz.target import Target
from tests.support.handlers import Recorder, sessions


def check_steps(data: bytes) -> None:
    """A line a step: MAIL, RCPT, header, end of header, body, end of message or abort, and what it brings."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder()
        mta = FakeMta(sessions(recorder, Path(folder), memory=4096))
        with mta.connect(Client(address="192.0.2.7", name="pc7.example")) as connection:
            for line in data.split(b"\n")[:60]:
                _step(connection, line[:1], line[1:], recorder)


def _step(connection: Connection, letter: bytes, rest: bytes, recorder: Recorder) -> None:
    words = rest.split(b" ")
    match letter:
        case b"m":
            connection.mail(words[0], *words[1:])
        case b"r":
            connection.rcpt(words[0], *words[1:])
        case b"h":
            # MTAs take nothing else for a field's name (RFC 5322 3.6.8).
            name, _, value = rest.partition(b":")
            connection.header(bytes(octet for octet in name if 33 <= octet <= 126) or b"X", value)
        case b"e":
            connection.eoh()
        case b"b":
            connection.body(rest)
        case b"a":
            connection.abort()
        case b"n":
            seen = len(recorder.seen)
            verdict = connection.eom().verdict
            assert len(recorder.seen) > seen or verdict is Verdict.TEMPFAIL, "accepted without having been looked at"


def _seeds() -> Sequence[bytes]:
    whole = b"m<a@example.com> SIZE=100\nr<b@partner.example> NOTIFY=NEVER\nhFrom: a\nhSubject:x\ne\nbHello\nn"
    return (whole, whole + b"\na\n" + whole, b"n", b"m<>\nr<b@x.example>\na\nm<c@x.example>\nr<d@x.example>\ne\nn")


TARGETS = (Target("steps", _seeds, check_steps, 300),)
