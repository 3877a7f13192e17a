"""The daemon's processes, with real signals, forks and the real milter protocol."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemons import Daemon, marked, wait_for_end
from tests.support.milter_client import MilterClient


def _let_everybody_in(folder: Path) -> None:
    """The folders that pytest made above it are only for whoever runs the tests."""
    for parent in folder.parents[:3]:
        if not parent.stat().st_mode & 0o1:
            parent.chmod(0o755)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with Daemon(tmp_path) as running:
        running.until_ready()
        yield running


def test_workers_answer_on_one_socket_and_leave_on_sigterm(daemon: Daemon) -> None:
    assert stat.S_IMODE(daemon.socket.stat().st_mode) == 0o660
    text, slot, pid = daemon.mark()
    assert text == "one"
    assert daemon.pids[slot] == pid
    assert sorted(daemon.pids) == [0, 1]
    assert daemon.stop() == 0
    assert not daemon.socket.exists()


def test_each_worker_keeps_to_one_processor_and_all_are_used(daemon: Daemon) -> None:
    ours = os.sched_getaffinity(0)
    kept = [os.sched_getaffinity(pid) for pid in daemon.pids.values()]
    assert all(len(one) == 1 and one <= ours for one in kept)
    assert len(set().union(*kept)) == min(len(kept), len(ours))


def test_workers_write_what_was_put_off_before_they_leave(daemon: Daemon) -> None:
    told = daemon.everything_after_stop()
    assert sorted(line["wrote"] for line in told if "wrote" in line) == [0, 1]


def test_open_transactions_are_answered_after_sigterm_and_idle_sessions_are_closed(daemon: Daemon) -> None:
    busy = [daemon.client() for _ in range(8)]
    idle = daemon.client()
    for client in busy:
        client.begin()
    daemon.signal(signal.SIGTERM)
    daemon.until_states(draining=2)
    assert [marked(client.finish())[0] for client in busy] == ["one"] * 8
    assert idle.ended()
    assert daemon.wait() == 0


def test_a_worker_keeps_no_descriptor_that_is_not_its_own(daemon: Daemon) -> None:
    for pid in daemon.pids.values():
        targets = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir() if int(entry.name) > 2]
        named = [target for target in targets if not target.startswith("socket:")]
        # the listener, the worker's end of its line, and what libmilter makes for its threads
        assert len(targets) - len(named) == 2
        assert not [target for target in named if target.startswith("/dev/")]
    assert daemon.mark()[0] == "one"


def test_a_connection_lost_within_a_transaction_keeps_nobody_waiting(daemon: Daemon) -> None:
    with daemon.client() as lost:
        lost.begin()
    with daemon.client() as lasting:
        lasting.begin()
        daemon.signal(signal.SIGTERM)
        daemon.until_states(draining=2)
        assert marked(lasting.finish())[0] == "one"
    assert daemon.wait() == 0
    assert not any(told.get("log", "").startswith("killed") for told in daemon.everything_after_stop())


def test_a_reload_takes_new_mail_with_the_new_configuration_and_ends_old_mail_with_the_old(daemon: Daemon) -> None:
    old = daemon.client()
    old.begin()
    daemon.configure(text="two", workers=1)
    daemon.signal(signal.SIGHUP)
    daemon.until_ready()
    assert daemon.mark()[:2] == ("two", 2)
    text, slot, pid = marked(old.finish())
    assert (text, slot < 2) == ("one", True)
    old.close()
    daemon.until_states(ready=1)
    wait_for_end(pid)
    assert daemon.stop() == 0


def test_after_a_reload_slots_are_used_again_once_their_owners_have_gone(daemon: Daemon) -> None:
    for slots in ({2, 3}, {0, 1}):
        daemon.pids.clear()
        daemon.signal(signal.SIGHUP)
        daemon.until_ready()
        assert set(daemon.pids) == slots
        daemon.until_states(ready=2)


def test_a_configuration_that_does_not_load_is_refused_and_the_old_one_stays(daemon: Daemon) -> None:
    daemon.file.write_text("{")
    daemon.signal(signal.SIGHUP)
    told = daemon.until(lambda told: "log" in told and "refused" in told["log"])
    assert "line 1 column 2" in told["fields"]["why"]
    daemon.until(lambda told: told.get("loaded") is False)
    assert daemon.mark()[0] == "one"


def test_a_configuration_whose_workers_cannot_start_is_refused_and_the_old_one_stays(daemon: Daemon) -> None:
    daemon.configure(text="two", unable=True)
    daemon.signal(signal.SIGHUP)
    daemon.until(lambda told: told.get("loaded") is False)
    assert daemon.mark()[0] == "one"
    daemon.configure(unable=False)
    daemon.signal(signal.SIGHUP)
    daemon.until_ready()
    assert daemon.mark()[0] == "two"


def test_no_connection_after_a_reload_meets_the_old_configuration(daemon: Daemon) -> None:
    """A connection wakes every worker; who was too late for one must not be waiting for the next when it drains."""
    met = []
    for number in range(12):
        for _ in range(10):
            daemon.mark()
        daemon.configure(text=f"text-{number}")
        daemon.signal(signal.SIGHUP)
        daemon.until_ready()
        met.append([daemon.mark()[0] for _ in range(4)])
    assert met == [[f"text-{number}"] * 4 for number in range(12)]


def test_a_killed_worker_comes_back_in_its_slot_and_the_other_goes_on(daemon: Daemon) -> None:
    first = daemon.pids[0]
    os.kill(first, signal.SIGKILL)
    died = daemon.until(lambda told: told.get("log") == "died")
    assert died["fields"] == {"child": "worker-0", "pid": first, "status": -signal.SIGKILL}
    daemon.until(lambda told: told.get("started") == 0)
    assert daemon.pids[0] != first
    daemon.until_states(ready=2)
    assert daemon.mark()[0] == "one"


def test_a_worker_stopped_by_a_signal_of_its_own_leaves_the_socket_alone(daemon: Daemon) -> None:
    os.kill(daemon.pids[1], signal.SIGTERM)
    daemon.until(lambda told: told.get("log") == "died")
    assert daemon.mark()[0] == "one"


def test_workers_that_lose_their_supervisor_finish_what_is_open_and_end(tmp_path: Path) -> None:
    with Daemon(tmp_path) as daemon:
        daemon.until_ready()
        client = daemon.client()
        client.begin()
        daemon.process.kill()
        daemon.wait()
        with Daemon(tmp_path, text="next") as successor:
            successor.until_ready()
            assert successor.mark()[0] == "next"
            assert marked(client.finish())[0] == "one"
            client.close()
            for pid in daemon.pids.values():
                wait_for_end(pid)
            assert successor.mark()[0] == "next"
            assert successor.stop() == 0


def test_a_second_daemon_on_the_socket_is_refused_by_name_and_pid(daemon: Daemon, tmp_path: Path) -> None:
    with Daemon(tmp_path) as second:
        told = second.until(lambda told: "refused" in told)
        assert told["refused"] == f"{daemon.socket} is in use by another sekisho (pid {daemon.process.pid})"
        assert second.wait() == os.EX_TEMPFAIL
    assert daemon.mark()[0] == "one"


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    for name in ("milter.sock", "milter.sock.new"):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(tmp_path / name))
    with Daemon(tmp_path) as daemon:
        daemon.until_ready()
        assert daemon.mark()[0] == "one"


def test_a_file_in_the_sockets_place_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "milter.sock").write_text("precious")
    with Daemon(tmp_path) as daemon:
        told = daemon.until(lambda told: "refused" in told)
        assert told["refused"].endswith("milter.sock exists and is not a socket")
    assert (tmp_path / "milter.sock").read_text() == "precious"


def test_a_configuration_that_is_bad_at_the_start_ends_the_daemon(tmp_path: Path) -> None:
    with Daemon(tmp_path, text="one", workers="many") as daemon:
        assert daemon.wait() == 1
    assert not daemon.socket.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_drops_to_the_configured_user_and_keeps_serving_through_reloads(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    _let_everybody_in(tmp_path)
    with Daemon(tmp_path, user="nobody", mode=0o666) as daemon:
        daemon.until_ready()
        assert Path(f"/proc/{daemon.pids[0]}").stat().st_uid == daemon.socket.stat().st_uid != 0
        daemon.signal(signal.SIGHUP)
        daemon.until_ready()
        os.kill(daemon.pids[2], signal.SIGTERM)
        daemon.until(lambda told: told.get("log") == "died")
        assert daemon.mark()[0] == "one"
        assert daemon.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_as_an_ordinary_user_one_workers_stop_does_not_take_the_socket_away(tmp_path: Path) -> None:
    _let_everybody_in(tmp_path)
    os.chown(tmp_path, 65534, 65534)
    with Daemon(tmp_path, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]) as daemon:
        daemon.until_ready()
        os.kill(daemon.pids[0], signal.SIGTERM)
        daemon.until(lambda told: told.get("log") == "died")
        daemon.until_states(ready=2)
        assert daemon.socket.exists()
        assert daemon.mark()[0] == "one"
        assert daemon.stop() == 0
        assert not daemon.socket.exists()


def test_roles_are_executed_come_back_and_are_told_to_stop(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    script = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        f"open({str(told)!r}, 'w').write(f'{{os.getpid()}} {{os.environ[\"SEKISHO_CONTROL\"]}}')\n"
        "signal.pause()\n"
    )
    with Daemon(tmp_path, roles={"release": [sys.executable, "-Ic", script]}) as daemon:
        pid, descriptor = told.read_text().split()
        assert Path(f"/proc/{pid}/fd/{descriptor}").is_socket()
        os.kill(int(pid), signal.SIGKILL)
        successor = told.read_text().split()[0]
        assert successor != pid
        daemon.signal(signal.SIGHUP)
        third = told.read_text().split()[0]
        assert third not in (pid, successor)
        assert daemon.stop() == 0
        wait_for_end(int(third))


def test_a_role_that_cannot_be_executed_does_not_stop_the_mail(tmp_path: Path) -> None:
    with Daemon(tmp_path, roles={"http": ["/nowhere/sekisho"]}) as daemon:
        daemon.until_states(ready=2)
        daemon.until(lambda told: told.get("log") == "cannot start")
        assert daemon.mark()[0] == "one"
        assert daemon.stop() == 0


def test_roles_leave_the_processors_to_the_first_workers(tmp_path: Path) -> None:
    with Daemon(tmp_path, roles={"http": ["/nowhere/sekisho"]}) as daemon:
        started = {"workers": {"starting": 0, "ready": 2, "draining": 0, "waiting": 0}}
        first = daemon.until(lambda told: told == started or told.get("log") == "cannot start")
        assert first == started


def test_roles_start_although_no_worker_gets_ready(tmp_path: Path) -> None:
    with Daemon(tmp_path, roles={"http": ["/nowhere/sekisho"]}, unable=True) as daemon:
        daemon.until(lambda told: told.get("log") == "cannot start")


def test_tcp_answers_without_nagles_delay(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Daemon(tmp_path, listen=f"inet:{port}@127.0.0.1") as daemon:
        daemon.until_ready()
        with MilterClient(("127.0.0.1", port)) as client:
            client.greet()
            assert marked(client.message())[0] == "one"
        with Daemon(tmp_path, listen=f"inet:{port}@127.0.0.1") as second:
            assert "in use" in second.until(lambda told: "refused" in told)["refused"]
        assert daemon.stop() == 0


def test_a_helo_that_is_no_utf_8_is_counted_and_the_message_is_answered(daemon: Daemon) -> None:
    with MilterClient(str(daemon.socket)) as client:
        client.greet(helo=b"caf\xe9")
        assert marked(client.message())[0] == "one"
    assert daemon.until(lambda told: "failed" in told)["failed"] == "collect"


def test_systemd_is_told_of_readiness_reloads_life_and_the_end(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with Daemon(tmp_path, environ=environ) as daemon:
            assert systemd.recv(100) == b"READY=1"
            assert systemd.recv(100) == b"WATCHDOG=1"
            daemon.until_ready()
            for pid in daemon.pids.values():
                os.kill(pid, signal.SIGSTOP)
            daemon.until(lambda told: told.get("log") == "no worker answers on the socket")
            for pid in daemon.pids.values():
                os.kill(pid, signal.SIGCONT)
            daemon.signal(signal.SIGHUP)
            said: list[bytes] = []
            while b"READY=1" not in said:
                said.append(systemd.recv(100))
            assert any(line.startswith(b"RELOADING=1\nMONOTONIC_USEC=") for line in said)
            daemon.signal(signal.SIGTERM)
            while said[-1] != b"STOPPING=1":
                said.append(systemd.recv(100))
            assert daemon.wait() == 0


def test_a_detached_daemon_serves_when_its_starter_has_returned(tmp_path: Path) -> None:
    with Daemon(tmp_path, detach=True) as starter:
        assert starter.wait() == 0
        # its standard output is not ours any more: wait for the socket by connecting to it
        lock = tmp_path / "milter.sock.lock"
        while not (lock.exists() and lock.read_text().strip() and starter.socket.exists()):
            os.sched_yield()
        pid = int(lock.read_text())
        assert starter.mark()[0] == "one"
        os.kill(pid, signal.SIGTERM)
        wait_for_end(pid)
        assert not starter.socket.exists()
