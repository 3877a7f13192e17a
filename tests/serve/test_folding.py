"""The journal is counted once, and a held message that comes again changed is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.facts import Facts
from sekisho.core.message import Transaction
from sekisho.core.plan import Wait
from sekisho.core.terms import Terms
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.records.journal import Journal, jotted
from sekisho.serve.folding import Folding
from sekisho.store import Store, audit, cursors, remembered, statistics
from tests.support.messages import make_facts
from tests.support.stores import NOW, a_plan, a_transaction, an_evidence, loaded, opened

OPERATOR = Actor("root", "operator")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened("sqlite", tmp_path)
    made.make_ready()
    yield made
    made.close()


class Gateway:
    """What a worker leaves in the journal, and the role that counts it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.journal = Journal(folder, "w0")
        self.folding = Folding(store, folder, lambda: LATER)

    def came(self, message: Transaction, disposition: str = "accept") -> None:
        base = make_facts([], ["<x@partner.example>"])
        facts = Facts(message, base.site, base.reader, base.lists, {}, {})
        assert self.journal.write([(jotted(facts, ()), disposition)]) == 0

    def stopped(self, message: Transaction, choice: Choice = Choice.REJECT) -> str:
        """A message that was held and not let go."""
        wait = Wait("secret", None, OnExpiry.KEEP, Terms())
        (hold,) = deposit(self.store, message, a_plan(message, wait), an_evidence())
        self.came(message, "hold")
        decide(self.store, hold, choice, OPERATOR, NOW)
        return hold


@pytest.fixture
def gateway(store: Store, tmp_path: Path) -> Gateway:
    return Gateway(store, tmp_path / "journal")


def again(minutes: int, body: bytes = b"hello\r\n.\r\n..dots\r\n", to: str = "<x@partner.example>") -> Transaction:
    """The message that `a_transaction` makes, sent once more."""
    return a_transaction(to, body=body, received=NOW + timedelta(minutes=minutes))


def by_another(message: Transaction) -> Transaction:
    """The same, sent by somebody else."""
    other = a_transaction(sender="<suzuki@example.co.jp>").sender
    return replace(message, sender=other, client=replace(message.client, user=""))


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        (again(30, b"hallo\r\n.\r\n..dots\r\n"), "corrected"),
        (again(30, b"shorter"), "corrected"),
        (again(30, to="<right@partner.example>"), "corrected"),
        (again(30), "rejected"),
        (again(24 * 60 + 1, b"shorter"), "rejected"),
        (again(-1, b"shorter"), "rejected"),
        (by_another(again(30, b"shorter")), "rejected"),
        (replace(again(30, b"shorter"), fields=a_transaction(fields=[("Subject", "Another")]).fields), "rejected"),
    ],
)
def test_a_message_that_comes_again_changed_was_corrected(gateway: Gateway, message: Transaction, outcome: str) -> None:
    hold = gateway.stopped(a_transaction())
    gateway.came(message)
    gateway.folding.step()
    assert loaded(gateway.store, hold).outcome == outcome


def test_what_was_sent_is_not_corrected_and_a_refusal_corrects_nothing(gateway: Gateway) -> None:
    sent = gateway.stopped(a_transaction("<a@x.example>"), Choice.RELEASE)
    hold = gateway.stopped(a_transaction())
    gateway.came(again(30, b"shorter"), "reject")
    gateway.folding.step()
    assert (loaded(gateway.store, sent).outcome, loaded(gateway.store, hold).outcome) == ("unchanged", "rejected")


def test_a_correction_is_put_on_record_once(gateway: Gateway) -> None:
    hold = gateway.stopped(a_transaction(), Choice.CANCEL)
    for minutes in (10, 20):
        gateway.came(again(minutes, b"shorter"))
        gateway.folding.step()
    rows = gateway.store.read(lambda view: audit.entries(view, hold=hold))
    assert [row.action for row in rows].count("corrected") == 1


def test_each_message_is_counted_once_over_restarts_and_segments(gateway: Gateway, tmp_path: Path) -> None:
    for minutes in range(5):
        gateway.came(again(minutes))
    assert gateway.folding.step() == 5
    assert gateway.folding.step() == 0
    other = Journal(tmp_path / "journal", "w1")
    gateway.journal = other
    gateway.came(again(24 * 60))
    gateway.came(replace(again(24 * 60), recipients=a_transaction("<b@example.co.jp>").recipients))
    assert Folding(gateway.store, gateway.folder, lambda: LATER).step() == 2
    assert gateway.store.read(lambda view: statistics.outbound_since(view, NOW)) == 6
    assert gateway.store.read(lambda view: statistics.outbound_since(view, NOW + timedelta(days=2))) == 0


def test_two_who_count_at_once_count_once(gateway: Gateway) -> None:
    gateway.came(again(1))
    position = gateway.store.read(lambda view: cursors.positions(view, gateway.store.instance))
    assert position == {}
    moved = [gateway.store.write(lambda unit: cursors.move(unit, "gw1", "w0-1.journal", 0, 10)) for _ in range(2)]
    assert moved == [True, False]
    assert gateway.store.write(lambda unit: cursors.move(unit, "gw1", "w0-1.journal", 10, 20))


def test_a_line_that_is_not_finished_is_counted_when_it_is(gateway: Gateway) -> None:
    gateway.came(again(1))
    (path,) = gateway.folder.glob("*.journal")
    line = path.read_bytes()
    path.write_bytes(line + line[:20])
    assert gateway.folding.step() == 1
    path.write_bytes(line + line)
    assert gateway.folding.step() == 1


def test_content_that_is_gone_counts_as_the_same(gateway: Gateway, tmp_path: Path) -> None:
    big = bytes(range(256)) * 2048
    hold = gateway.stopped(a_transaction(body=big))
    for file in (tmp_path / "content").iterdir():
        file.unlink()
    gateway.came(again(30, big[:-1] + b"x"))
    gateway.folding.step()
    assert loaded(gateway.store, hold).outcome == "rejected"


def test_old_segments_and_answers_go(gateway: Gateway, tmp_path: Path) -> None:
    gateway.came(replace(again(0), received=NOW - timedelta(days=32)))
    gateway.came(again(0))
    gateway.folding.step()
    assert [path.name for path in gateway.folder.glob("*.journal")] == ["w0-20261124.journal"]
    assert list(gateway.store.read(lambda view: cursors.positions(view, "gw1"))) == ["w0-20261124.journal"]
    assert not gateway.store.read(lambda view: remembered.has_expired(view, LATER))
