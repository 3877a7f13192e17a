"""After a restore, or with many timers overdue, nothing is sent until somebody has looked; otherwise all goes on."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from integration import waiting
from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import decide
from sekisho.quarantine.leased import LEASE
from sekisho.quarantine.paused import MANY, OVERDUE, PAUSED, RESTORED, Gate, pause, pause_of, require_running, resume
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.store import Store, audit, releases
from tests.quarantine.test_release import STATIONERY
from tests.support.stores import NOW, Listener, Recorder, a_desk, a_transaction, a_wait, hold_one, loaded, opened

OPERATOR = Actor("root", "operator")
SOON = timedelta(seconds=30)


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A store whose database can be put away and brought back."""
    store = opened("sqlite", tmp_path)
    store.upgrade()
    yield store
    store.close()


def hold_many(store: Store, count: int) -> list[str]:
    """Holds whose timers send them half a minute after `NOW`."""
    return [
        hold_one(store, a_wait("a", SOON, OnExpiry.SEND), transaction=a_transaction(body=b"%d" % number))
        for number in range(count)
    ]


def reason(store: Store) -> str:
    row = store.read(pause_of)
    return row.reason if row else ""


def examined(store: Store, now: datetime) -> str:
    Gate(store, Recorder()).examine(now)
    return reason(store)


def test_a_new_store_is_not_paused(store: Store) -> None:
    gate = Gate(store, Recorder())
    gate.examine(NOW)
    assert gate.is_open(NOW)
    assert store.read(audit.entries) == []


def test_the_same_database_goes_on(store: Store) -> None:
    hold_one(store)
    assert Gate(store, Recorder()).is_open(NOW)
    hold_one(store, transaction=a_transaction(body=b"later"))
    assert examined(store, NOW) == ""


def test_a_database_from_a_backup_is_noticed(file_store: Store, tmp_path: Path) -> None:
    hold_one(file_store)
    file_store.close()
    shutil.copy(tmp_path / "sekisho.db", tmp_path / "backup")
    hold_one(file_store, transaction=a_transaction(body=b"since the backup"))
    assert Gate(file_store, Recorder()).is_open(NOW)
    file_store.close()
    (tmp_path / "sekisho.db-wal").unlink(missing_ok=True)
    (tmp_path / "sekisho.db-shm").unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup", tmp_path / "sekisho.db")
    assert examined(file_store, NOW) == RESTORED


def test_an_epoch_file_that_cannot_be_read_stops_nothing(store: Store) -> None:
    hold_one(store)
    assert Gate(store, Recorder()).is_open(NOW)
    store.epoch.path.write_bytes(b"\xff[")
    assert examined(store, NOW) == ""


def test_an_epoch_file_that_cannot_be_written_is_an_alarm_and_stops_nothing(store: Store) -> None:
    watch = Recorder()
    hold_one(store)
    store.epoch.path.mkdir(parents=True)
    assert Gate(store, watch).is_open(NOW)
    assert watch.alarms() == ["epoch"]


@pytest.mark.parametrize(("count", "late", "paused"), [(MANY, 1, True), (MANY, 0, False), (MANY - 1, 1, False)])
def test_many_timers_overdue_at_once_are_noticed(store: Store, count: int, late: int, paused: bool) -> None:
    hold_many(store, count)
    now = NOW + SOON + OVERDUE - timedelta(microseconds=1) + timedelta(microseconds=late)
    assert (examined(store, now) != "") is paused


def test_while_paused_nothing_is_sent_and_afterwards_everything(store: Store) -> None:
    ids = hold_many(store, 2)
    decide(store, ids[0], Choice.RELEASE, OPERATOR, NOW)
    pause(store, "to look", NOW)
    watch, listener, stop = Recorder(), Listener(), threading.Event()
    worker = ReleaseWorker(store, listener.send, STATIONERY, a_desk(), watch, lambda: NOW + SOON)
    running = threading.Thread(target=worker.run, args=(stop, Gate(store, watch).is_open))
    running.start()
    waiting.until(watch.alarms, "it says that it is paused")
    assert (
        "alarmed",
        PAUSED,
        "",
        f"nothing is sent since {NOW.isoformat()}: to look; look, then: sekisho quarantine resume",
    ) in watch.events
    assert listener.offered == 0
    assert [loaded(store, hold).state for hold in ids] == [State.RELEASING, State.HELD]
    stop.set()
    running.join()
    assert resume(store, OPERATOR, NOW, "looked")
    worker = ReleaseWorker(store, listener.send, STATIONERY, a_desk(), watch, lambda: NOW + SOON)
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(stop, Gate(store, watch).is_open))
    running.start()
    waiting.until(lambda: all(loaded(store, hold).state is State.RELEASED for hold in ids), "both are sent")
    stop.set()
    running.join()


def test_a_gate_that_is_paused_by_another_gateway_closes_and_opens_again(store: Store) -> None:
    gate = Gate(store, Recorder())
    assert gate.is_open(NOW)
    pause(store, "elsewhere", NOW)
    later = NOW + timedelta(seconds=1)
    assert not gate.is_open(later)
    resume(store, OPERATOR, later)
    assert gate.is_open(later + timedelta(seconds=1))


def test_pausing_and_resuming_are_on_record_once(store: Store) -> None:
    pause(store, "why", NOW)
    pause(store, "why else", NOW)
    assert resume(store, OPERATOR, NOW, "looked")
    assert not resume(store, OPERATOR, NOW)
    found = [(row.actor, row.action, row.reason) for row in store.read(audit.entries)]
    assert found == [("", "paused", "why"), ("root", "resumed", "looked")]


def test_the_doctor_names_it(store: Store) -> None:
    require_running(store)
    pause(store, "to look", NOW)
    with pytest.raises(RuntimeError, match="to look"):
        require_running(store)


def test_while_paused_an_old_epoch_stays_known(file_store: Store) -> None:
    """A worker that is started again before anybody looked has the same reason as before."""
    hold_one(file_store)
    gate = Gate(file_store, Recorder())
    assert gate.is_open(NOW)
    before = file_store.epoch.path.read_bytes()
    pause(file_store, "why", NOW)
    assert not gate.is_open(NOW + timedelta(minutes=1))
    assert file_store.epoch.path.read_bytes() == before


def test_a_clock_that_is_put_back_neither_keeps_leases_nor_waits_for_its_old_time(store: Store) -> None:
    ahead = NOW + timedelta(hours=5)
    ids = hold_many(store, 2)
    for hold in ids:
        decide(store, hold, Choice.RELEASE, OPERATOR, ahead)
    store.write(lambda unit: releases.claim(unit, "dead", ahead, LEASE, 1))
    store.write(lambda unit: releases.postpone(unit, ids[1], ahead + SOON))
    gate = Gate(store, Recorder())
    assert gate.is_open(ahead)
    assert not store.read(lambda view: releases.is_due(view, NOW))
    assert gate.is_open(NOW)
    claimed = store.write(lambda unit: releases.claim(unit, "living", NOW, LEASE, 10))
    assert ids[1] in [row.hold for row in claimed]
