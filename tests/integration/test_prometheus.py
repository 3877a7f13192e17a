"""A real Prometheus reads a serving daemon, and its numbers survive the death of a worker."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration import waiting
from integration.daemon import Daemon
from integration.guard import Guard
from integration.sink import Sink
from tests.support.milter_client import MilterClient

pytestmark = pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")

SETTINGS = """\
organization: {{domains: [example.jp]}}
milter: {{listen: "unix:{home}/m.sock", workers: 2}}
store: {{url: "sqlite:///sekisho.db", content: content, min-free: 0}}
reinject: {{port: {reinject}}}
http: {{listen: "127.0.0.1:{http}"}}
"""
POLICY = "rules:\n  - {id: held, when: {recipient: {domain: held.example}}, then: [{hold: {approval: operator}}]}\n"


class Watched:
    """A daemon, and the Prometheus that scrapes it every second."""

    def __init__(self, guard: Guard, home: Path, http: int, port: int) -> None:
        self.daemon = Daemon(guard, home / "sekisho.yaml", home / "m.sock", http)
        self._socket = str(home / "m.sock")
        self._port = port

    def send(self, recipient: bytes, body: bytes) -> None:
        """One message over a new connection, which must be answered."""
        with MilterClient(self._socket) as client:
            client.greet()
            client.begin(recipient=recipient)
            assert client.finish(body)[1] in b"acd"

    def value(self, query: str) -> float | None:
        """What Prometheus answers to an instant query; None for nothing."""
        address = f"http://127.0.0.1:{self._port}/api/v1/query?query={urllib.parse.quote(query)}"
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                found = json.load(page)["data"]["result"]
        except OSError:
            return None
        return float(found[0]["value"][1]) if found else None

    def until(self, query: str, wanted: float) -> None:
        """Wait until Prometheus says so."""
        waiting.until(lambda: self.value(query) == wanted, f"{query} to be {wanted}, it is {self.value(query)}")

    def worker(self) -> int:
        """The process of a milter worker: a child of the supervisor that is not an executed role."""
        children = Path(f"/proc/{self.daemon.pid}/task/{self.daemon.pid}/children").read_text().split()
        return next(int(pid) for pid in children if b"--only" not in Path(f"/proc/{pid}/cmdline").read_bytes())


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with Guard() as guard, Sink() as sink:
        home = guard.directory()
        http, port = waiting.free_ports(2)
        (home / "sekisho.yaml").write_text(SETTINGS.format(home=home, reinject=sink.port, http=http))
        (home / "policy.yaml").write_text(POLICY)
        jobs = [{"job_name": "sekisho", "static_configs": [{"targets": [f"127.0.0.1:{http}"]}]}]
        scraping = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": jobs}
        (home / "prometheus.yml").write_text(json.dumps(scraping))
        command = [
            "prometheus",
            f"--config.file={home / 'prometheus.yml'}",
            f"--storage.tsdb.path={home / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        both = Watched(guard, home, http, port)
        with both.daemon:
            guard.start(command, home / "prometheus.log")
            both.until("up", 1)
            yield both


def test_promtool_has_nothing_to_say_against_a_live_scrape(watched: Watched) -> None:
    watched.send(b"<a@held.example>", b"promtool\r\n")
    text = watched.daemon.get("/metrics") or ""
    assert re.search(r"^sekisho_messages_total\{", text, re.MULTILINE)
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_numbers_go_on_after_a_worker_was_killed_and_nobody_counts_the_dead(watched: Watched) -> None:
    accepted = 'sum(sekisho_messages_total{disposition="accept"})'
    before = watched.value(accepted) or 0.0
    for number in range(5):
        watched.send(b"<b@partner.example>", b"before %d\r\n" % number)
    watched.until(accepted, before + 5)
    os.kill(watched.worker(), signal.SIGKILL)
    watched.until('sekisho_workers{state="ready"}', 2)
    for number in range(5):
        watched.send(b"<b@partner.example>", b"after %d\r\n" % number)
    watched.until(accepted, before + 10)
    for counter in ("sekisho_messages_total", "sekisho_eom_duration_seconds_count"):
        assert watched.value(f"sum(resets({counter}[5m]))") == 0
    assert watched.value('sum(sekisho_workers{state!="ready"})') == 0


def test_what_is_held_is_a_gauge_read_from_the_store(watched: Watched) -> None:
    before = watched.value('sekisho_holds{state="held"}') or 0.0
    watched.send(b"<c@held.example>", b"gauge\r\n")
    watched.until('sekisho_holds{state="held"}', before + 1)
    assert watched.value("sekisho_policy_reload_success") == 1
    assert watched.value("sekisho_oldest_hold_age_seconds > 0") is not None
