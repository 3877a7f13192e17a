"""What is let go reaches everybody at least once, as it was held, and every answer is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path as Folder
from typing import Any

import pytest

from integration import waiting
from sekisho.core.actions import OnExpiry
from sekisho.core.changes import DropAttachment
from sekisho.core.edits import AddHeader, ChangeHeader, DeleteHeader
from sekisho.core.lifecycle import State
from sekisho.core.message import Path
from sekisho.notices.build import Letterhead
from sekisho.notices.facts import from_json
from sekisho.quarantine.decide import decide
from sekisho.quarantine.leased import AHEAD, LEASE
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.release import RETRY_FOR, Send
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.watch import backoff
from sekisho.quarantine.worker import NOTICE_SLOTS, RELEASE_SLOTS, ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store, StoreUnavailable, audit, outbox, releases
from sekisho.store.rows import ReleaseRow
from sekisho.store.unit import Unit
from sekisho.transforms.attachments import note_octets
from tests.support.stores import (
    NOW,
    Listener,
    Recorder,
    a_desk,
    a_transaction,
    a_wait,
    damage,
    die,
    hold_one,
    in_child,
    loaded,
    octets_of,
    opened,
)

X, Y = "x@partner.example", "y@other.example"
BIG = bytes(range(256)) * 1024
OPERATOR = Actor("root", "operator")
STATIONERY = Stationery(Letterhead("check@example.co.jp", UTC), "en", "postmaster@example.co.jp")


class Clock:
    """Time as a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """A store with a worker, a listener, a clock and a watch."""

    def __init__(self, store: Store, send: Send | None = None, retry_for: timedelta = RETRY_FOR) -> None:
        self.store, self.clock, self.watch, self.listener = store, Clock(), Recorder(), Listener()
        wanted = send or self.listener.send
        self.worker = ReleaseWorker(store, wanted, STATIONERY, a_desk(), self.watch, self.clock, retry_for=retry_for)

    def at(self, moment: datetime) -> int:
        """Move the clock there and do what is due."""
        self.clock.now = moment
        return self.worker.run_once(moment)

    def released(self, body: bytes = b"hello\r\n", **kept: object) -> str:
        hold = hold_one(self.store, transaction=a_transaction(f"<{X}>", f"<{Y}>", body=body), **kept)  # type: ignore[arg-type]
        decide(self.store, hold, Choice.RELEASE, OPERATOR, NOW)
        return hold

    def states(self, hold: str) -> list[State]:
        return [person.state for person in loaded(self.store, hold).recipients]

    def mails(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        """What was sent with a sender, notices left out."""
        return [mail for mail in self.listener.taken if mail[0]]

    def actions(self) -> list[str]:
        return [row.action for row in self.store.read(audit.entries) if not row.action.startswith("notice")]

    def kinds(self, hold: str) -> list[tuple[str, str]]:
        return [(row.kind, row.outcome) for row in self.store.read(lambda view: outbox.entries(view, hold))]


@pytest.fixture
def bench(store: Store) -> Iterator[Bench]:
    made = Bench(store)
    yield made
    made.worker.close()


@pytest.mark.parametrize("body", [b"", b"small\r\n.\r\n", BIG], ids=["empty", "row", "file"])
def test_a_released_message_is_what_came_with_one_received_on_top(bench: Bench, body: bytes) -> None:
    hold = bench.released(body)
    bench.at(NOW)
    ((sender, people, octets),) = bench.mails()
    assert (sender, people) == ("sato@example.co.jp", (X, Y))
    came = octets_of(a_transaction(f"<{X}>", f"<{Y}>", body=body))
    assert octets.endswith(came)
    top = octets.removesuffix(came)
    assert top.startswith(b"Received: from pc (pc.example.co.jp [192.0.2.1])")
    assert top.count(b"\r\n") - top.count(b"\r\n\t") == 1
    assert b"by mx.example.co.jp (Sekisho)" in top
    assert hold.encode() in top
    assert loaded(bench.store, hold).state is State.RELEASED
    assert bench.actions() == ["held", "release", "sent"]
    assert ("released", hold, "sent", "2", "0.0") in bench.watch.events
    assert bench.store.read(releases.pending) == 0


@pytest.mark.parametrize("body", [b"small\r\n", BIG], ids=["row", "file"])
def test_the_policys_edits_are_made_on_the_way_out(bench: Bench, body: bytes) -> None:
    changes = (
        ChangeHeader("To", 1, "undisclosed-recipients:;"),
        DeleteHeader("Message-ID", 1),
        AddHeader("X-A", "b\n c"),
    )
    bench.released(body, changes=changes)
    bench.at(NOW)
    octets = bench.mails()[0][2]
    expected = b"To: undisclosed-recipients:;\r\nSubject: Quotation\r\nX-A: b\r\n c\r\n\r\n" + body
    assert octets.endswith(b"\r\n" + expected)


@pytest.mark.parametrize("rest", [b"small\r\n", BIG], ids=["row", "file"])
def test_a_dropped_file_stays_behind_on_the_way_out_each_time_alike(bench: Bench, rest: bytes) -> None:
    drop = DropAttachment("attachment:a.pdf", "a.pdf", 7, 12, "a.pdf was removed")
    bench.listener.answers = {X: Kind.DELAYED}
    hold = bench.released(b"before\nthe file" + rest, changes=(drop, ChangeHeader("Subject", 1, "Less")))
    bench.at(NOW)
    bench.listener.answers = {}
    bench.at(NOW + timedelta(minutes=1))
    (_, first, one), (_, second, other) = bench.mails()
    assert (first, second) == ((Y,), (X,))
    assert one == other
    left = b"Subject: Less\r\nMessage-ID: <1@client.example>\r\n\r\nbefore\n" + note_octets("a.pdf was removed")
    assert one.endswith(left + b"ile" + rest)
    assert loaded(bench.store, hold).changes[0] == drop


def test_a_drop_that_does_not_fit_the_octets_is_damage_and_nothing_is_sent(bench: Bench) -> None:
    hold = bench.released(b"short", changes=(DropAttachment("attachment:a.pdf", "a.pdf", 2, 6, "gone"),))
    bench.at(NOW)
    assert bench.mails() == []
    assert bench.states(hold) == [State.BOUNCED, State.BOUNCED]


def test_each_recipient_has_an_outcome_of_its_own(bench: Bench) -> None:
    bench.listener.answers = {X: Kind.DELAYED, Y: Kind.REFUSED}
    hold = bench.released()
    bench.at(NOW)
    assert bench.states(hold) == [State.DEFERRED, State.BOUNCED]
    assert [person.reply for person in loaded(bench.store, hold).recipients] == ["451 said delayed", "550 said refused"]
    assert loaded(bench.store, hold).state is State.RELEASING
    bench.listener.answers = {}
    bench.at(NOW + timedelta(seconds=4.9))
    assert bench.states(hold)[0] is State.DEFERRED
    bench.at(NOW + timedelta(seconds=5))
    assert bench.states(hold) == [State.SENT, State.BOUNCED]
    assert [people for _, people, _ in bench.mails()] == [(X,)]
    assert bench.actions() == ["held", "release", "deferred", "bounced", "sent"]


def test_the_sender_is_told_of_a_refusal(bench: Bench) -> None:
    bench.listener.answers = {Y: Kind.REFUSED}
    hold = bench.released()
    bench.at(NOW)
    (row,) = (row for row in bench.store.read(lambda view: outbox.entries(view, hold)) if row.kind == "undeliverable")
    notice = from_json(dict(row.payload))
    assert (row.outcome, notice.to) == ("sent", "sato@example.co.jp")
    assert [(one.recipient, one.code, one.text) for one in notice.facts.failures] == [(Y, 550, "said refused")]
    assert any(b"multipart/report" in octets for sender, _, octets in bench.listener.taken if not sender)


def test_tries_are_spaced_out_to_a_quarter_of_an_hour(bench: Bench) -> None:
    bench.listener.answers = {X: Kind.DELAYED, Y: Kind.DELAYED}
    bench.released()
    moment, waits = NOW, []
    bench.at(NOW)
    for attempt in range(10):
        tries = bench.listener.offered
        bench.at(moment + timedelta(seconds=backoff(attempt)) - timedelta(milliseconds=1))
        assert bench.listener.offered == tries
        moment += timedelta(seconds=backoff(attempt))
        bench.at(moment)
        assert bench.listener.offered == tries + 1
        waits.append(backoff(attempt))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert bench.actions().count("deferred") == 1


def test_after_five_days_it_is_given_up_and_the_sender_told(bench: Bench) -> None:
    bench.listener.answers = {X: Kind.DELAYED}
    hold = bench.released()
    bench.at(NOW)
    bench.at(NOW + RETRY_FOR)
    assert bench.states(hold) == [State.BOUNCED, State.SENT]
    assert "5 days" in loaded(bench.store, hold).recipients[0].reply
    assert ("undeliverable", "sent") in bench.kinds(hold)


@pytest.mark.parametrize(("hours", "words"), [(24, "24 hours"), (36, "36 hours"), (48, "2 days")])
def test_a_site_says_how_long_it_is_tried(store: Store, hours: int, words: str) -> None:
    bench = Bench(store, retry_for=timedelta(hours=hours))
    bench.listener.answers = {X: Kind.DELAYED, "sato@example.co.jp": Kind.DELAYED}
    hold = bench.released()
    bench.at(NOW)
    bench.at(NOW + timedelta(hours=hours, seconds=-1))
    assert bench.states(hold) == [State.DEFERRED, State.SENT]
    assert ("held", "pending") in bench.kinds(hold)
    bench.at(NOW + timedelta(hours=hours, seconds=900))
    assert bench.states(hold) == [State.BOUNCED, State.SENT]
    assert f"Not delivered within {words}; last: 451" in loaded(bench.store, hold).recipients[0].reply
    assert ("held", "failed") in bench.kinds(hold)
    bench.worker.close()


def test_recipients_let_go_later_do_not_wait_for_the_deferred(bench: Bench) -> None:
    message = a_transaction(f"<{X}>", f"<{Y}>")
    hold = hold_one(bench.store, transaction=message)
    bench.listener.answers = {X: Kind.DELAYED}
    decide(bench.store, hold, Choice.RELEASE, OPERATOR, NOW, recipients=[X])
    bench.at(NOW)
    assert bench.states(hold) == [State.DEFERRED, State.HELD]
    decide(bench.store, hold, Choice.RELEASE, OPERATOR, NOW, recipients=[Y])
    bench.at(NOW)
    assert bench.states(hold) == [State.DEFERRED, State.SENT]


def test_an_unanswered_final_dot_is_sent_again_and_flagged(bench: Bench) -> None:
    bench.listener.answers, bench.listener.uncertain = {X: Kind.DELAYED, Y: Kind.DELAYED}, True
    hold = bench.released()
    bench.at(NOW)
    assert "uncertain" in bench.actions()
    assert "uncertain" in bench.watch.alarms()
    assert bench.states(hold) == [State.DEFERRED] * 2


def test_damaged_content_is_never_sent_and_everybody_hears_of_it(bench: Bench) -> None:
    hold = bench.released(BIG)
    damage(bench.store, loaded(bench.store, hold).message.id)
    good = hold_one(bench.store)
    decide(bench.store, good, Choice.RELEASE, OPERATOR, NOW)
    bench.at(NOW)
    assert loaded(bench.store, hold).state is State.FAILED
    assert len(bench.mails()) == 1
    assert bench.listener.offered == len(bench.listener.taken), "it was begun, and broken off"
    assert bench.watch.alarms() == ["damaged"]
    assert {"damaged", "bounced"} <= set(bench.actions())
    assert ("undeliverable", "sent") in bench.kinds(hold)
    assert loaded(bench.store, good).state is State.RELEASED


def test_a_missing_file_is_damage(bench: Bench) -> None:
    hold = bench.released(BIG)
    bench.store.files.discard(loaded(bench.store, hold).message.id)
    bench.at(NOW)
    assert loaded(bench.store, hold).state is State.FAILED
    assert bench.mails() == []
    assert bench.listener.offered == len(bench.listener.taken), "it was begun, and broken off"


def test_a_timer_that_sends_is_followed_by_the_release(bench: Bench) -> None:
    hold = hold_one(bench.store, a_wait("minute", timedelta(seconds=60), OnExpiry.SEND))
    assert bench.at(NOW + timedelta(seconds=59)) == 0
    bench.at(NOW + timedelta(seconds=60))
    assert loaded(bench.store, hold).state is State.RELEASED


def test_a_dead_workers_release_is_taken_over_when_its_lease_is_over(bench: Bench, kind: str, tmp_path: Folder) -> None:
    hold = bench.released()

    def killed() -> None:
        Bench(opened(kind, tmp_path), lambda *_: die()).at(NOW)

    assert in_child(killed, bench.store) == -9
    bench.at(NOW + LEASE - timedelta(seconds=1))
    assert bench.mails() == []
    bench.at(NOW + LEASE)
    assert len(bench.mails()) == 1
    assert loaded(bench.store, hold).state is State.RELEASED
    assert bench.watch.alarms() == ["uncertain"]
    assert "sent-again" in [row.action for row in bench.store.read(audit.entries)]


def test_an_answer_that_comes_after_another_worker_took_over_changes_nothing(store: Store) -> None:
    other = Bench(store)

    def overtaken(_sender: Path, recipients: Sequence[Path], pieces: Iterable[bytes], _size: int) -> list[Outcome]:
        b"".join(pieces)
        if not other.mails():
            other.at(NOW + LEASE)
        return [Outcome(path, Kind.ACCEPTED, 250, "late") for path in recipients]

    bench = Bench(store, overtaken)
    hold = bench.released()
    bench.at(NOW)
    assert [action for action in bench.actions() if action in {"sent", "sent-again"}] == ["sent-again", "sent"]
    assert {person.reply for person in loaded(store, hold).recipients} == {"250 said accepted"}
    assert bench.watch.alarms() == []
    for one in (bench, other):
        one.worker.close()


def test_two_workers_send_each_message_once(store: Store) -> None:
    benches = [Bench(store), Bench(store)]
    for number in range(20):
        hold = hold_one(store, transaction=a_transaction(body=b"%d" % number))
        decide(store, hold, Choice.RELEASE, OPERATOR, NOW)
    threads = [threading.Thread(target=one.at, args=(NOW,)) for one in benches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({octets for one in benches for _, _, octets in one.mails()}) == 20
    assert sum(len(one.mails()) for one in benches) == 20
    for one in benches:
        one.worker.close()


def test_an_outcome_that_cannot_be_recorded_is_recorded_later_and_not_sent_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = bench.released()
    write = Store.write
    calls: list[int] = []

    def full_once(store: Store, work: object) -> object:
        if getattr(getattr(work, "func", None), "__name__", "") == "_record" and not calls:
            calls.append(1)
            raise StoreUnavailable("the disk is full")
        return write(store, work)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "write", full_once)
    bench.at(NOW)
    bench.at(NOW + timedelta(hours=1))
    assert len(bench.mails()) == 1
    assert loaded(bench.store, hold).state is State.RELEASED
    assert bench.watch.alarms() == ["store"]


def test_an_attempt_that_fails_unexpectedly_stops_no_other_and_comes_again(store: Store) -> None:
    calls: list[int] = []
    listener = Listener()

    def fail_first(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return listener.send(*arguments)  # type: ignore[arg-type]

    bench = Bench(store, fail_first)  # type: ignore[arg-type]
    first = bench.released()
    bench.at(NOW)
    assert bench.watch.alarms() == ["attempt"]
    bench.at(NOW + LEASE)
    assert loaded(store, first).state is State.RELEASED
    bench.worker.close()


def test_a_worker_that_runs_notices_the_decision_of_another_process(store: Store, kind: str, tmp_path: Folder) -> None:
    sent, stop = threading.Event(), threading.Event()
    listener = Listener()

    def send(*arguments: object) -> object:
        outcomes = listener.send(*arguments)  # type: ignore[arg-type]
        sent.set()
        return outcomes

    hold = hold_one(store, a_wait("minute", timedelta(seconds=60)))
    worker = ReleaseWorker(store, send, STATIONERY, a_desk(), Recorder(), lambda: datetime.now(UTC))  # type: ignore[arg-type]

    def release() -> None:
        decide(opened(kind, tmp_path), hold, Choice.RELEASE, OPERATOR, NOW)

    assert in_child(release, store) == 0
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    assert sent.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert loaded(store, hold).state is State.RELEASED


def test_a_store_that_is_away_does_not_stop_the_worker(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, watch = threading.Event(), Recorder()

    def away(*_: object) -> object:
        if len(watch.alarms()) > 1:
            stop.set()
        raise StoreUnavailable("away")

    monkeypatch.setattr(Store, "read", away)
    worker = ReleaseWorker(store, Listener().send, STATIONERY, a_desk(), watch, Clock())
    worker.run(stop)
    assert set(watch.alarms()) == {"store"}


def test_a_notice_is_deferred_refused_or_unwritable_but_never_lost(bench: Bench) -> None:
    hold = hold_one(bench.store)
    bench.listener.answers = {"sato@example.co.jp": Kind.DELAYED}
    bench.at(NOW)
    assert bench.kinds(hold) == [("held", "pending")]
    assert bench.store.read(lambda view: outbox.pending(view, NOW)) == 1
    bench.listener.answers = {"sato@example.co.jp": Kind.REFUSED}
    bench.at(NOW + timedelta(seconds=5))
    assert bench.kinds(hold) == [("held", "failed"), ("held", "sent")]
    assert bench.watch.alarms() == ["notice"]
    assert bench.listener.taken[-1][1] == (STATIONERY.postmaster,)
    assert b"could not be delivered to sato@example.co.jp" in bench.listener.taken[-1][2].replace(b"=\r\n", b"")
    assert [event for event in bench.watch.events if event[0] == "noticed"] == [
        ("noticed", "held", "deferred"),
        ("noticed", "held", "failed"),
        ("noticed", "held", "sent"),
    ]
    assert [entry.action for entry in bench.store.read(audit.entries)][-2:] == ["notice-failed", "notice-sent"]


def test_a_notice_that_cannot_be_written_fails_alone(bench: Bench) -> None:
    bench.store.write(lambda unit: outbox.add(unit, "held", {"kind": "nonsense"}, NOW, hold="H"))
    bench.at(NOW)
    assert bench.kinds("H") == [("held", "failed")]


def test_where_the_sender_is_not_written_to_the_postmaster_is(bench: Bench) -> None:
    hold_one(bench.store, transaction=a_transaction(sender="<>"))
    bench.at(NOW)
    assert [people for _, people, _ in bench.listener.taken] == [("postmaster@example.co.jp",)]


def test_a_worker_that_stops_gives_back_what_it_had_not_begun(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()
    listener = Listener()

    def slow(*message: Any) -> list[Outcome]:
        begun.set()
        assert go_on.wait(30)
        return listener.send(*message)

    ids = [hold_one(store, transaction=a_transaction(queue_id=str(n), body=b"%d" % n)) for n in range(20)]
    for hold in ids:
        decide(store, hold, Choice.RELEASE, OPERATOR, NOW)
    stop = threading.Event()
    worker = ReleaseWorker(store, slow, STATIONERY, a_desk(), Recorder(), lambda: NOW)
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    assert begun.wait(30)
    stop.set()
    waiting.until(lambda: len(free(store)) == 20 - RELEASE_SLOTS, "the rest is free for others")
    assert not any(row.cut_off for row in free(store))
    go_on.set()
    running.join()
    assert sum(loaded(store, hold).state is State.RELEASED for hold in ids) == RELEASE_SLOTS


def test_what_is_to_be_sent_is_looked_for_without_looking_for_all_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, listener = threading.Event(), Listener()
    looks: list[datetime] = []

    def look(_: Store, now: datetime, *_rest: object) -> int:
        looks.append(now)
        return 0

    monkeypatch.setattr("sekisho.quarantine.worker.PAUSE", 3600.0)
    monkeypatch.setattr("sekisho.quarantine.worker.expire_due", look)
    for number in range(3 * NOTICE_SLOTS * AHEAD):
        hold_one(store, transaction=a_transaction(queue_id=str(number), body=b"%d" % number))

    def send(*message: Any) -> list[Outcome]:
        outcomes = listener.send(*message)
        if len(listener.taken) == 3 * NOTICE_SLOTS * AHEAD:
            stop.set()
        return outcomes

    ReleaseWorker(store, send, STATIONERY, a_desk(), Recorder(), lambda: NOW).run(stop)
    assert len(listener.taken) == 3 * NOTICE_SLOTS * AHEAD
    assert len(looks) == 1


def free(store: Store) -> list[ReleaseRow]:
    """What another worker could claim now."""
    found: list[ReleaseRow] = []

    def work(unit: Unit) -> None:
        found[:] = releases.claim(unit, "other", NOW, LEASE, 100)
        raise LookupError("only a look")

    with pytest.raises(LookupError):
        store.write(work)
    return found
