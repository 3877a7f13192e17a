"""Decisions and repeats are counted from the record, whoever made them."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from sekisho.config.load import load
from sekisho.serve.following import Following
from sekisho.serve.metrics import Metrics, clear, exposition
from sekisho.serve.roles import store_of
from sekisho.store.unit import Entry, Unit
from tests.cli.conftest import MESSAGE, Site


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)


def counted(site: Site, folder: Path) -> None:
    """In a process of its own, as metrics are: follow, let things happen, follow again."""
    store = store_of(load(site.config).settings)
    following = Following(store, Metrics(folder, "release"))
    stop = threading.Event()
    stop.set()
    following.run(stop)  # what comes right after the start counts already
    first, second = site.hold(), site.hold(MESSAGE + b"2\r\n")
    site.hold()
    assert site.run("quarantine", "reject", first).code == 0
    assert site.run("quarantine", "cancel", second).code == 0
    member = Entry(datetime.now(UTC), "root", "operator", "reject", second, details={"campaign": first})
    again = Entry(datetime.now(UTC), "", "release", "corrected", second)
    went = Entry(datetime.now(UTC), "", "release", "purge", details={"bodies": 2, "octets": 300, "records": 1})
    for entry in (member, again, went):
        store.write(partial(_record, entry))
    following.step()
    following.step()
    store.close()


def _record(entry: Entry, unit: Unit) -> None:
    unit.record(entry)


def test_each_decision_and_each_repeat_counts_once(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    clear(folder)
    site.run("quarantine", "reject", site.hold(MESSAGE + b"before\r\n"))
    pid = os.fork()
    if pid == 0:
        try:
            counted(site, folder)
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    lines = exposition(folder, []).decode().splitlines()
    assert 'sekisho_decision_seconds_count{kind="reject"} 1.0' in lines
    assert 'sekisho_decision_seconds_count{kind="cancel"} 1.0' in lines
    assert "sekisho_repeats_total 1.0" in lines
    for what, number in (("bodies", 2), ("octets", 300), ("records", 1)):
        assert f'sekisho_purged_total{{what="{what}"}} {number}.0' in lines
    for outcome in ("rejected", "cancelled", "corrected"):
        assert f'sekisho_outcomes_total{{outcome="{outcome}"}} 1.0' in lines
    waited = next(line for line in lines if line.startswith('sekisho_decision_seconds_sum{kind="reject"}'))
    made = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert float(waited.split()[1]) == pytest.approx((datetime.now(UTC) - made) / timedelta(seconds=1), rel=0.1)
