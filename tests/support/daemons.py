"""Starts the dummy daemon and follows what it tells."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.support.milter_client import PATIENCE, MilterClient

SCRIPT = Path(__file__).with_name("dummy_daemon.py")


class Daemon:
    """A supervisor with its workers in processes of their own."""

    def __init__(self, folder: Path, prefix: Sequence[str] = (), environ: dict[str, str] | None = None, **more: Any):
        self.socket = folder / "milter.sock"
        self.file = folder / "policy.json"
        self.settings = {"listen": f"unix:{self.socket}", "spool": str(folder), "text": "one", **more}
        self.configure()
        self.pids: dict[int, int] = {}
        """Process by slot, the latest told of."""
        command = [*prefix, sys.executable, "-I", str(SCRIPT), str(self.file)]
        self._heard = b""
        self._clients: list[MilterClient] = []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **(environ or {})})

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing running, whatever a test has done."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        while self.process.stdout.read(65536):
            pass  # until the last worker has let go of the pipe
        self.process.stdout.close()

    def configure(self, **settings: Any) -> None:
        self.settings |= settings
        self.file.write_text(json.dumps(self.settings))

    def until(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read on until something is told."""
        while True:
            told: dict[str, Any] = json.loads(self._line())
            if "started" in told:
                self.pids[told["started"]] = told["pid"]
            if what(told):
                return told

    def _line(self) -> bytes:
        assert self.process.stdout is not None
        while b"\n" not in self._heard:
            readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            more = os.read(self.process.stdout.fileno(), 65536) if readable else b""
            assert more, "the daemon ended, or said nothing more"
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def everything_after_stop(self) -> list[dict[str, Any]]:
        """Stop, and give all that was told since the last thing waited for."""
        self.stop()
        assert self.process.stdout is not None
        while more := os.read(self.process.stdout.fileno(), 65536):
            self._heard += more
        return [json.loads(line) for line in self._heard.splitlines()]

    def until_states(self, **states: int) -> None:
        """Wait until workers are in these states, and none in any other."""
        wanted = {"starting": 0, "ready": 0, "draining": 0, "waiting": 0, **states}
        self.until(lambda told: told.get("workers") == wanted)

    def until_ready(self) -> None:
        self.until(lambda told: told.get("loaded") is True)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def client(self) -> MilterClient:
        client = MilterClient(str(self.socket))
        self._clients.append(client)
        client.greet()
        return client

    def mark(self) -> tuple[str, int, int]:
        """Send a message over a new connection: the text, slot and pid that it was marked with."""
        with self.client() as client:
            return marked(client.message())


def marked(answer: tuple[list[tuple[bytes, bytes]], bytes]) -> tuple[str, int, int]:
    """The mark of an accepted message."""
    ((command, data),), final = answer
    assert (command, final) == (b"h", b"c")
    name, value = data.split(b"\0")[:2]
    assert name == b"X-Mark"
    text, slot, pid = value.decode().split()[:3]
    return text, int(slot), int(pid)


def wait_for_end(pid: int) -> None:
    """Until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], PATIENCE)[0], f"{pid} does not end"
    finally:
        os.close(descriptor)
