"""A serving Sekisho as a child process, started as an administrator would, its log in a file."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from integration import waiting
from integration.guard import Guard
from integration.world import Page

SEKISHO = Path(sys.executable).with_name("sekisho")
"""The command of the environment that runs the tests."""


class Daemon:
    """``sekisho serve`` with one configuration; a context that stops it."""

    def __init__(self, guard: Guard, configuration: Path, socket_path: Path, http: int) -> None:
        self._guard = guard
        self._configuration = configuration
        self._socket = socket_path
        self._http = http
        self._log = configuration.with_name("sekisho.log")
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Daemon:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        """Start, and return when it is ready for mail."""
        self._child = self._guard.start([SEKISHO, "serve", "-c", self._configuration], self._log)
        try:
            waiting.until(self.is_ready, "sekisho serve is ready")
        except waiting.NeverHappened as error:
            raise waiting.NeverHappened(f"{error}\n{self._last_words()}") from None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and everything it started; gives its exit status."""
        assert self._child is not None
        status = self._guard.stop(self._child, how)
        self._child = None
        return status

    def is_ready(self) -> bool:
        """Whether the milter's socket answers and /readyz says yes; raises when the process has ended."""
        if self._child is None or self._child.poll() is not None:
            raise waiting.NeverHappened("sekisho serve has ended")
        return _connects(self._socket) and self.get("/readyz") is not None

    def get(self, path: str) -> str | None:
        """A page of its HTTP listener; None when there is none or it is an error."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._http}{path}", timeout=5) as page:
                return str(page.read().decode())
        except (urllib.error.URLError, OSError):
            return None

    def page(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Page:
        """What its HTTP listener answers to one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self._http, timeout=30)
        with closing(connection):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            return Page(response.status, text, response.getheader("Location", "") or "")

    def _last_words(self) -> str:
        return "\n".join(self.log().splitlines()[-10:])

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
