"""A private Postfix: its own queue, configuration, data and log in one directory, on free ports of 127.0.0.1.

It has four entrances: ``public`` and ``submission`` listeners and local submission (pickup), which ask the milter, and
``reinject``, which does not and has a cleanup service of its own. All mail leaves to one port. It needs root, since
the master daemon does, and never touches the system's own mail service. `Unavailable` says what is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from integration import waiting
from integration.guard import Guard
from integration.postfix_files import Ports, main_cf, master_cf

MASTER = Path("/usr/lib/postfix/sbin/master")
UNDER_WAY = ("maildrop", "incoming", "active")


class Unavailable(Exception):
    """There can be no private Postfix here."""


def why_not() -> str:
    """What is missing for a private Postfix; empty when nothing is."""
    if os.geteuid() != 0:
        return "Postfix's master daemon runs as root only, and this is user id " + str(os.geteuid())
    if not MASTER.exists() or shutil.which("postfix") is None:
        return "Postfix is not installed (Debian: apt-get install postfix)"
    return ""


class Postfix:
    """One instance. ``settings`` are lines of main.cf added to ours, ``signer`` is asked about re-injected mail."""

    def __init__(
        self, guard: Guard, relay: int, milter: str, settings: Mapping[str, str] | None = None, signer: str = ""
    ) -> None:
        if missing := why_not():
            raise Unavailable(missing)
        self._guard = guard
        self.home = guard.directory("seki-postfix-")
        self._settings = dict(settings or {})
        self.ports = Ports(*waiting.free_ports(3))
        self._etc = self.home / "etc"
        self._queue = self.home / "queue"
        self._master: subprocess.Popen[bytes] | None = None
        self._write(relay, milter, signer)

    def __enter__(self) -> Postfix:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _write(self, relay: int, milter: str, signer: str) -> None:
        for path in (self._etc, self._queue, self.home / "data"):
            path.mkdir()
        shutil.chown(self.home / "data", "postfix")
        (self._etc / "main.cf").write_text(main_cf(self.home, relay, milter, self._settings))
        (self._etc / "master.cf").write_text(master_cf(self.ports, signer))
        self._run("postfix", "check")

    def start(self) -> None:
        """Start, and return when every listener answers."""
        self._master = self._guard.start([MASTER, "-c", self._etc, "-d"], self.home / "master.out")
        for port in self.ports:
            waiting.until(partial(waiting.answers, port), f"Postfix on port {port}: {self.log()}")

    def stop(self) -> None:
        """End every process of it; the queue stays."""
        if self._master is not None:
            self._guard.stop(self._master)
            self._master = None

    def log(self) -> str:
        """Everything Postfix said."""
        files = (self.home / "master.out", self.home / "mail.log")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def queue(self) -> list[dict[str, Any]]:
        """The queue as `postqueue -j` shows it: queue_name, queue_id, sender, recipients …"""
        return [json.loads(line) for line in self._run("postqueue", "-j").splitlines()]

    def queue_files(self, *names: str) -> int:
        """How many messages stand in these queues, incoming, active and maildrop if none is named."""
        return sum(1 for name in names or UNDER_WAY for path in (self._queue / name).rglob("*") if path.is_file())

    def wait_until_idle(self, *others: str) -> None:
        """Return when no message is under way (``others``: nor in these queues, such as ``deferred``)."""
        try:
            waiting.until(lambda: not self.queue_files(*UNDER_WAY, *others), "an idle queue")
        except waiting.NeverHappened as error:
            last = "\n".join(self.log().splitlines()[-20:])
            raise waiting.NeverHappened(f"{error}: {self.queue()}\n{last}") from None

    def flush(self) -> None:
        """Try everything that is deferred now."""
        self._run("postqueue", "-f")

    def header(self, queue_id: str) -> str:
        """The header of a queued message, lines ended by LF."""
        return self._run("postcat", "-h", "-q", queue_id)

    def release(self, queue_id: str) -> None:
        """Let a message out of Postfix's own hold queue, as an administrator would."""
        self._run("postsuper", "-H", queue_id)

    def delete_all(self) -> None:
        """Forget every queued message."""
        self._run("postsuper", "-d", "ALL")

    def sendmail(self, *arguments: str, message: bytes) -> None:
        """Local submission, as by a program on the gateway."""
        self._run("sendmail", "-i", *arguments, given=message)

    def _run(self, command: str, *arguments: str, given: bytes = b"") -> str:
        words = ["/usr/sbin/" + command, "-C" if command == "sendmail" else "-c", str(self._etc), *arguments]
        done = subprocess.run(words, input=given, capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if done.returncode:
            raise Unavailable(f"{' '.join(words)} ended with {done.returncode}: {said}")
        return done.stdout.decode("utf-8", "replace")
