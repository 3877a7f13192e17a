"""A session shows its handler exactly what the MTA gave, and answers 4.7.1 for whatever goes wrong."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.fake import CHUNK, Connection, FakeMta
from sekisho.core import replies
from sekisho.core.edits import AddHeader
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.plan import Plan
from sekisho.core.replies import Verdict
from sekisho.mta.session import Activity, Sessions, Settings
from sekisho.mta.spool import Body
from tests.support.handlers import NOON, Recorder, planned, sessions

ALICE, BOB = b"<alice@example.jp>", b"<bob@partner.example>"
CLIENT = Client(
    address="192.0.2.7",
    name="pc7.example.jp",
    port=40007,
    helo="pc7",
    listener="submission",
    user="alice",
    mechanism="PLAIN",
    tls="TLSv1.3",
    cipher="AES256",
)
MAIL = b"From: a\r\nTo:b\r\nSubject:  two blanks\r\n\tand a fold\r\n\r\nHello\r\n"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def mta(recorder: Recorder, tmp_path: Path) -> FakeMta:
    return FakeMta(sessions(recorder, tmp_path))


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def refused(verdict: Verdict, reply: str) -> bool:
    return verdict is Verdict.TEMPFAIL and reply.startswith("451 4.7.1 Message could not be checked")


def test_the_handler_sees_client_envelope_macros_and_time(mta: FakeMta, recorder: Recorder) -> None:
    sender = (ALICE, b"SIZE=100", b"ENVID=x\xff")
    mta.deliver(CLIENT, sender, [(BOB, b"NOTIFY=NEVER", b"ORCPT=rfc822;b"), b"<>"], MAIL, {"i": "4Q", "j": "gw"})
    (seen,) = recorder.seen
    assert seen.client == CLIENT
    assert (seen.sender.raw, seen.sender.params) == (ALICE, ("SIZE=100", "ENVID=x\udcff"))
    assert [path.raw for path in seen.recipients] == [BOB, b"<>"]
    assert seen.recipients[0].params == ("NOTIFY=NEVER", "ORCPT=rfc822;b")
    assert (seen.queue_id, seen.macros["j"], seen.macros["daemon_name"], seen.received) == (
        "4Q",
        "gw",
        "submission",
        NOON,
    )


def test_fields_and_body_are_the_octets_that_came(mta: FakeMta, recorder: Recorder) -> None:
    result = mta.deliver(CLIENT, ALICE, [BOB], MAIL)
    (seen,) = recorder.seen
    assert seen.fields[1:] == (Field(b"To", b"b"), Field(b"Subject", b"  two blanks\n\tand a fold"))
    assert recorder.bodies == [b"Hello\r\n"]
    assert result.octets == MAIL


def test_without_leading_space_the_eaten_blank_is_put_back(recorder: Recorder, tmp_path: Path) -> None:
    mta = FakeMta(sessions(recorder, tmp_path), leading_space=False)
    mta.deliver(CLIENT, ALICE, [BOB], b"Subject: one\r\nX:  two\r\n\r\n")
    assert recorder.seen[0].fields == (Field(b"Subject", b" one"), Field(b"X", b"  two"))


def test_an_mta_that_wants_every_step_answered_is_answered(recorder: Recorder, tmp_path: Path) -> None:
    mta = FakeMta(sessions(recorder, tmp_path), no_reply=False)
    assert mta.deliver(CLIENT, ALICE, [BOB], MAIL).verdict is Verdict.ACCEPT


@given(
    names=st.lists(st.binary(min_size=1, max_size=8).map(lambda raw: raw.hex().encode()), max_size=8),
    values=st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\0\r\n")),
    body=st.binary(max_size=300),
    memory=st.integers(0, 200),
)
def test_whatever_comes_is_kept_octet_for_octet(
    tmp_path_factory: pytest.TempPathFactory, names: list[bytes], values: bytes, body: bytes, memory: int
) -> None:
    recorder = Recorder()
    mta = FakeMta(sessions(recorder, tmp_path_factory.getbasetemp(), memory))
    octets = b"".join(b"%b:%b\r\n" % (name, values) for name in names) + b"\r\n" + body
    result = mta.deliver(CLIENT, ALICE, [BOB], octets)
    assert result.octets == octets
    assert recorder.seen[0].fields == tuple(Field(name, values) for name in names)
    assert recorder.bodies == [body]


@pytest.mark.parametrize("name", [b"X-\xc3\xa9", "件名".encode()])
def test_a_name_in_utf_8_keeps_its_octets(mta: FakeMta, recorder: Recorder, name: bytes) -> None:
    with mta.connect(CLIENT) as connection:
        connection.mail(ALICE)
        connection.rcpt(BOB)
        connection.header(name, b" x")
        connection.eom()
    assert recorder.seen[0].fields == (Field(name, b" x"),)


def test_folds_given_with_crlf_become_lf(mta: FakeMta, recorder: Recorder) -> None:
    with mta.connect(CLIENT) as connection:
        connection.mail(ALICE)
        connection.rcpt(BOB)
        connection.header(b"X", b" a\r\n b")
        connection.eom()
    assert recorder.seen[0].fields == (Field(b"X", b" a\n b"),)


def test_ten_thousand_recipients_and_ten_megabytes_of_header_are_collected(mta: FakeMta, recorder: Recorder) -> None:
    recipients = [b"<u%d@x.example>" % number for number in range(10_000)]
    with mta.connect(CLIENT) as connection:
        connection.mail(ALICE)
        for recipient in recipients:
            connection.rcpt(recipient)
        for _ in range(100):
            connection.header(b"X-Big", b" " + b"\xe9" * 100_000)
        result = connection.eom()
    assert result.recipients == tuple(recipients)
    assert recorder.seen[0].header_size > 10_000_000


def test_a_long_body_goes_to_a_file_that_is_gone_afterwards(tmp_path: Path) -> None:
    body = os.urandom(3 * CHUNK + 17)
    read: list[bytes] = []

    def look(transaction: Transaction) -> Plan:
        read.extend((transaction.body.read(5), b"".join(transaction.body.chunks()), transaction.body.read()))
        assert transaction.body.size == len(body)
        return planned()

    before = open_descriptors()
    FakeMta(sessions(Recorder(look), tmp_path, memory=CHUNK)).deliver(CLIENT, ALICE, [BOB], b"\r\n" + body)
    assert read == [body[:5], body, body]
    assert open_descriptors() == before
    assert not list(tmp_path.iterdir())


def test_a_body_of_exactly_the_limit_stays_in_memory(tmp_path: Path) -> None:
    body = Body(10, tmp_path / "missing")
    body.write(b"12345")
    body.write(b"67890")
    assert body.content().read() == b"1234567890"


@pytest.mark.parametrize("room", [0, 50_000, 250_000])
def test_a_body_that_finds_no_room_on_the_disk_stays_in_memory(tmp_path: Path, room: int) -> None:
    pieces = [bytes([number]) * CHUNK for number in range(8)]
    body = Body(CHUNK, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        for piece in pieces:
            body.write(piece)
        assert body.content().read() == b"".join(pieces)
        assert body.content().size == 8 * CHUNK
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    body.close()
    assert body.content().read() == b""


def test_a_missing_spool_folder_stops_no_mail(recorder: Recorder, tmp_path: Path) -> None:
    mta = FakeMta(sessions(recorder, tmp_path / "missing", memory=10))
    result = mta.deliver(CLIENT, ALICE, [BOB], b"\r\n" + b"x" * (2 * CHUNK + 1))
    assert result.verdict is Verdict.ACCEPT
    assert recorder.bodies == [b"x" * (2 * CHUNK + 1)]


@pytest.mark.parametrize(
    "error", [ValueError("no"), RecursionError(), MemoryError(), SystemExit(1), KeyboardInterrupt()]
)
def test_a_handler_that_raises_means_tempfail(tmp_path: Path, error: BaseException) -> None:
    def fail(_: Transaction) -> Plan:
        raise error

    recorder = Recorder(fail)
    result = FakeMta(sessions(recorder, tmp_path)).deliver(CLIENT, ALICE, [BOB], MAIL)
    assert refused(result.verdict, result.reply)
    assert recorder.failures == [("handle", error)]
    assert not recorder.done


def test_a_failure_that_cannot_be_told_is_still_tempfailed(tmp_path: Path) -> None:
    class Mute(Recorder):
        def handle(self, transaction: Transaction) -> Plan:
            raise OSError(errno.ENOSPC, "full")

        def failed(self, stage: str, error: BaseException) -> None:
            raise OSError(errno.ENOSPC, "log is full too")

    result = FakeMta(sessions(Mute(), tmp_path)).deliver(CLIENT, ALICE, [BOB], MAIL)
    assert refused(result.verdict, result.reply)


def test_a_message_that_could_not_be_counted_goes_on(tmp_path: Path) -> None:
    class Forgetful(Recorder):
        def finished(self, transaction: Transaction, plan: Plan, seconds: float) -> None:
            raise OSError(errno.ENOSPC, "full")

    recorder = Forgetful(planned(AddHeader("X-Seen", "yes")))
    result = FakeMta(sessions(recorder, tmp_path)).deliver(CLIENT, ALICE, [BOB], MAIL)
    assert result.verdict is Verdict.ACCEPT
    assert b"\r\nX-Seen: yes\r\n\r\n" in result.octets
    assert [stage for stage, _ in recorder.failures] == ["record"]


def test_the_handler_is_told_when_a_message_is_done(mta: FakeMta, recorder: Recorder) -> None:
    mta.deliver(CLIENT, ALICE, [BOB], MAIL)
    ((transaction, plan, seconds),) = recorder.done
    assert transaction is recorder.seen[0]
    assert plan.reply is replies.ACCEPT
    assert seconds >= 0


def test_each_message_of_a_connection_starts_anew(mta: FakeMta, recorder: Recorder) -> None:
    with mta.connect(CLIENT) as connection:
        connection.message((ALICE, b"SIZE=1"), [BOB, ALICE], MAIL)
        connection.context.macros.late["i"] = "SECOND"
        connection.message(BOB, [ALICE], b"X: y\r\n\r\nother")
    second = recorder.seen[1]
    assert (second.sender.raw, second.sender.params) == (BOB, ())
    assert [path.raw for path in second.recipients] == [ALICE]
    assert second.fields == (Field(b"X", b" y"),)
    assert recorder.bodies[1] == b"other"
    assert second.queue_id == "SECOND"
    assert second.client == CLIENT


@pytest.mark.parametrize("steps", range(1, 5))
def test_a_message_given_up_at_any_step_leaves_nothing_behind(mta: FakeMta, recorder: Recorder, steps: int) -> None:
    with mta.connect(CLIENT) as connection:
        begun: list[Callable[[], None]] = [
            lambda: connection.mail(ALICE),
            lambda: connection.rcpt(BOB),
            lambda: connection.header(b"X", b" old"),
            lambda: connection.body(b"old"),
        ]
        for step in begun[:steps]:
            step()
        connection.abort()
        connection.message(BOB, [ALICE], b"\r\nnew")
    assert recorder.bodies == [b"new"]
    assert recorder.seen[0].fields == ()


def test_mail_without_an_abort_before_it_starts_anew(mta: FakeMta, recorder: Recorder) -> None:
    with mta.connect(CLIENT) as connection:
        connection.mail(ALICE)
        connection.rcpt(ALICE)
        connection.message(ALICE, [BOB], MAIL)
    assert [path.raw for path in recorder.seen[0].recipients] == [BOB]


def test_an_end_of_message_out_of_order_is_tempfailed(mta: FakeMta, recorder: Recorder) -> None:
    with mta.connect(CLIENT) as connection:
        assert connection.eom().verdict is Verdict.TEMPFAIL
        connection.mail(ALICE)
        assert connection.eom().verdict is Verdict.TEMPFAIL
        connection.message(ALICE, [BOB], MAIL)
        assert connection.eom().verdict is Verdict.TEMPFAIL
    assert len(recorder.seen) == 1
    assert [stage for stage, _ in recorder.failures] == ["collect"] * 3


def test_a_session_that_never_connected_is_tempfailed_because_no_client_would_mean_a_trusted_one(
    mta: FakeMta, recorder: Recorder
) -> None:
    connection = Connection(mta, CLIENT, {})
    connection.negotiate()
    assert connection.message(ALICE, [BOB], MAIL).verdict is Verdict.TEMPFAIL
    assert not recorder.seen


def test_a_session_without_negotiation_answers_every_step_and_tempfails(recorder: Recorder, tmp_path: Path) -> None:
    mta = FakeMta(sessions(recorder, tmp_path))
    connection = Connection(mta, CLIENT, {})
    connection.open()
    assert connection.message(ALICE, [BOB], MAIL).verdict is Verdict.TEMPFAIL


def test_a_local_client_has_no_address(mta: FakeMta, recorder: Recorder) -> None:
    mta.deliver(Client(name="localhost"), ALICE, [BOB], MAIL)
    assert recorder.seen[0].client.address == ""
    assert recorder.seen[0].client.name == "localhost"


def test_an_ipv6_client_has_its_address_and_port(mta: FakeMta, recorder: Recorder) -> None:
    mta.deliver(Client(address="2001:db8::1", port=25), ALICE, [BOB], MAIL)
    assert (recorder.seen[0].client.address, recorder.seen[0].client.port) == ("2001:db8::1", 25)


def test_a_macro_that_cannot_be_read_is_tempfailed(mta: FakeMta, recorder: Recorder) -> None:
    with mta.connect(CLIENT) as connection:

        def undecodable(name: str) -> str | None:
            return b"\xff".decode() if name == "{auth_authen}" else None

        connection.context.getsymval = undecodable  # type: ignore[method-assign]
        result = connection.message(ALICE, [BOB], MAIL)
    assert refused(result.verdict, result.reply)


def test_activity_counts_sessions_and_open_transactions(tmp_path: Path) -> None:
    activity = Activity()
    mta = FakeMta(Sessions(Recorder(), Settings(tmp_path), lambda: NOON, activity))
    counts: list[tuple[int, int]] = []

    def count() -> None:
        counts.append((len(activity.sessions), len(activity.transactions)))

    with mta.connect(CLIENT) as connection:
        count()
        connection.mail(ALICE)
        count()
        connection.abort()
        count()
        connection.message(ALICE, [BOB], MAIL)
        count()
        connection.mail(ALICE)
    count()
    assert counts == [(1, 0), (1, 1), (1, 0), (1, 0), (0, 0)]
