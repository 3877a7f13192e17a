"""The release role purges once a day, rests between batches, and not while sending is paused."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from sekisho.quarantine.decide import decide
from sekisho.quarantine.paused import pause, resume
from sekisho.quarantine.purge import Purged, Retention
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.serve.purging import Purging
from sekisho.store import Store
from tests.support.stores import NOW, a_transaction, hold_one, opened

DAY = timedelta(days=1)
OPERATOR = Actor("root", "operator")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    fresh = opened("sqlite", tmp_path)
    fresh.upgrade()
    yield fresh
    fresh.close()


def ended(store: Store, body: bytes) -> None:
    """A hold that ended at NOW without anybody to be told."""
    hold = hold_one(store, transaction=a_transaction(body=body))
    decide(store, hold, Choice.REJECT, OPERATOR, NOW)
    store.write(lambda unit: unit.connection.exec_driver_sql("UPDATE outbox SET due = NULL"))


def test_it_purges_once_a_day_and_says_so(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ended(store, b"one\r\n")
    now = NOW + 100 * DAY
    purging = Purging(store, Retention(90 * DAY, 400 * DAY), UTC, lambda: now, logging.getLogger("test"))
    stop = threading.Event()
    done = purging.step(stop)
    assert done is not None
    assert (done.bodies, done.records) == (1, 0)
    assert [record.message for record in caplog.records] == ["purge"]
    ended(store, b"two\r\n")
    assert purging.step(stop) is None
    now += DAY
    done = purging.step(stop)
    assert done is not None
    assert done.bodies == 1


def test_nothing_goes_while_sending_is_paused(store: Store) -> None:
    ended(store, b"one\r\n")
    now = NOW + 100 * DAY
    purging = Purging(store, Retention(90 * DAY, 400 * DAY), UTC, lambda: now, logging.getLogger("test"))
    pause(store, "restored", now)
    assert purging.step(threading.Event()) is None
    resume(store, OPERATOR, now)
    done = purging.step(threading.Event())
    assert done is not None
    assert done.bodies == 1


def test_what_was_broken_off_is_gone_on_with(store: Store) -> None:
    ended(store, b"one\r\n")
    stop = threading.Event()
    stop.set()
    clock = NOW + 100 * DAY
    purging = Purging(store, Retention(90 * DAY, 400 * DAY), UTC, lambda: clock, logging.getLogger("test"))
    assert purging.step(stop) is None
    stop.clear()
    assert purging.step(stop) == Purged()
