"""Numbers of many processes are read as one, and survive the death of any of them."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from sekisho.serve.metrics import Metrics, SupervisorMetrics, clear, exposition, gauge_family, single_gauge


def in_child(work: Callable[[], None], end: int = 0) -> None:
    """Run in a forked process, which then exits, or kills itself with a signal."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        if end:
            os.kill(os.getpid(), end)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    assert status == end, f"the child ended with status {status}"


def value(folder: Path, line: str) -> float:
    text = exposition(folder, []).decode()
    found = re.search(rf"^{re.escape(line)} (.*)$", text, re.MULTILINE)
    assert found, f"{line} is not in\n{text}"
    return float(found[1])


def test_a_worker_that_takes_a_dead_ones_slot_goes_on_counting(tmp_path: Path) -> None:
    clear(tmp_path / "m")

    def count() -> None:
        Metrics(tmp_path / "m", "w0").messages.labels("hold").inc()

    for rounds in range(1, 4):
        in_child(count, signal.SIGKILL)
        assert value(tmp_path / "m", 'sekisho_messages_total{disposition="hold"}') == rounds


def test_slots_add_up_and_known_labels_start_at_zero(tmp_path: Path) -> None:
    clear(tmp_path / "m")
    for slot in ("w0", "w1"):

        def count(slot: str = slot) -> None:
            metrics = Metrics(tmp_path / "m", slot)
            metrics.start_at_zero([("no-bcc", "monitor")], ["header-anomaly"])
            metrics.messages.labels("accept").inc(2)
            metrics.eom_duration.observe(0.002)

        in_child(count)
    folder = tmp_path / "m"
    assert value(folder, 'sekisho_messages_total{disposition="accept"}') == 4
    assert value(folder, 'sekisho_messages_total{disposition="reject"}') == 0
    assert value(folder, 'sekisho_rule_matches_total{mode="monitor",rule="no-bcc"}') == 0
    assert value(folder, 'sekisho_findings_total{code="header-anomaly"}') == 0
    assert value(folder, "sekisho_eom_duration_seconds_count") == 2


def test_the_supervisors_gauges_and_the_stores_are_shown(tmp_path: Path) -> None:
    clear(tmp_path / "m")

    def supervise() -> None:
        metrics = SupervisorMetrics(tmp_path / "m")
        metrics.workers.labels("running").set(2)
        metrics.workers.labels("running").set(1)
        metrics.reload_success.set(0)

    in_child(supervise)
    given = [gauge_family("holds", "Holds", "state", {"held": 3}), single_gauge("outbox_pending", "Notices", 1)]
    text = exposition(tmp_path / "m", given).decode().splitlines()
    assert 'sekisho_workers{state="running"} 1.0' in text
    assert "sekisho_policy_reload_success 0.0" in text
    assert 'sekisho_holds{state="held"} 3.0' in text
    assert "sekisho_outbox_pending 1.0" in text


def test_files_have_no_holes_that_a_full_disk_could_refuse_to_fill(tmp_path: Path) -> None:
    clear(tmp_path / "m")
    in_child(lambda: Metrics(tmp_path / "m", "w0").messages.labels("hold").inc())
    for file in (tmp_path / "m").iterdir():
        assert file.stat().st_blocks * 512 >= file.stat().st_size > 0


def test_clear_forgets_an_earlier_run(tmp_path: Path) -> None:
    clear(tmp_path / "m")
    in_child(lambda: Metrics(tmp_path / "m", "w0").messages.labels("hold").inc())
    clear(tmp_path / "m")
    assert b"sekisho_messages_total{" not in exposition(tmp_path / "m", [])


def test_a_run_that_was_killed_cannot_keep_the_next_from_starting(tmp_path: Path) -> None:
    """Its children may write files while the folder is being cleared, and count on in slots of the same name."""
    folder = tmp_path / "m"
    clear(folder)
    counting, starting = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        orphan = Metrics(folder, "w0")
        os.write(counting[1], b"1")
        os.read(starting[0], 1)
        orphan.messages.labels("hold").inc(5)
        (folder / "late.db").write_bytes(b"")
        os._exit(0)
    os.read(counting[0], 1)
    clear(folder)
    in_child(lambda: Metrics(folder, "w0").messages.labels("hold").inc())
    (tmp_path / "m" / "late.db").unlink(missing_ok=True)
    os.write(starting[1], b"1")
    assert os.waitpid(pid, 0)[1] == 0
    (folder / "late.db").unlink()
    assert value(folder, 'sekisho_messages_total{disposition="hold"}') == 1
    assert len(list(tmp_path.iterdir())) == 2
