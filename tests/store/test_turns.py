"""Processes that share a database write in turn, and nobody waits for a turn without end."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event

from integration import waiting
from sekisho.store import Store, StoreUnavailable, audit
from sekisho.store.turn import Turn
from sekisho.store.unit import Entry, Unit
from tests.support.stores import NOW, ONLY_SQLITE, opened


def recording(action: str) -> Callable[[Unit], str]:
    def work(unit: Unit) -> str:
        unit.record(Entry(NOW, "me", "person", action))
        return action

    return work


def recorded(store: Store) -> list[str]:
    return [row.action for row in store.read(audit.entries)]


@pytest.fixture
def others(store: Store, tmp_path: Path) -> Turn:
    """Another process's turn; ``store`` has been used before."""
    store.write(recording("first"))
    return Turn(tmp_path)


@ONLY_SQLITE
def test_what_came_while_others_wrote_is_committed_together(store: Store, others: Turn) -> None:
    commits: list[object] = []
    event.listen(store._engine, "commit", commits.append)
    with ThreadPoolExecutor(5) as threads:
        with others:
            started = [threads.submit(store.write, recording(f"a{n}")) for n in range(5)]
            waiting.until(lambda: store._writer._jobs.qsize() == 4, "one is waited for, four wait")
        assert [one.result() for one in started] == [f"a{n}" for n in range(5)]
    assert len(commits) == 1


@ONLY_SQLITE
def test_work_whose_turn_does_not_come_is_given_up_and_never_done(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path, busy=1.0)
    store.upgrade()
    with Turn(tmp_path), pytest.raises(StoreUnavailable, match="locked") as caught:
        store.write(recording("no"))
    assert caught.value.undone
    store.write(recording("yes"))
    assert recorded(store) == ["yes"]
    store.close()


def test_work_that_lasts_too_long_has_an_unknown_outcome(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path, busy=0.5)
    store.upgrade()
    go_on = threading.Event()

    def slow(unit: Unit) -> None:
        recording("slow")(unit)
        assert go_on.wait(30)

    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        store.write(slow)
    assert not caught.value.undone
    go_on.set()
    waiting.until(lambda: recorded(store) == ["slow"], "it is committed after all")
    store.close()


@ONLY_SQLITE
def test_a_process_that_is_killed_in_its_turn_gives_it_back(store: Store, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from sekisho.store.turn import Turn\n"
        "with Turn(Path(sys.argv[1])): print('mine', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "mine\n"
    with ThreadPoolExecutor(1) as threads:
        ours = threads.submit(store.write, recording("ours"))
        assert not ours.done()
        other.kill()
        assert ours.result() == "ours"
    other.communicate()
