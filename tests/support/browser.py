"""A real Chromium, told what to do over the WebDriver protocol (W3C WebDriver), at the size of a telephone.

`chromedriver` listens on a free port of loopback and starts Chromium without a window. Elements are found by CSS
selector. Errors of the protocol are `BrowserError`.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integration.waiting import free_ports, until

WIDTH, HEIGHT = 390, 844
DRIVER = shutil.which("chromedriver") or ""
CHROMIUM = shutil.which("chromium") or ""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class BrowserError(Exception):
    """Chromium could not do what it was told."""


class Browser:
    """One window."""

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        self._path = f"/session/{session}"

    def open(self, url: str) -> None:
        """Go to an address and wait until the page is loaded."""
        self._post("/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._get("/url"))

    @property
    def source(self) -> str:
        return str(self._get("/source"))

    def text(self, selector: str = "body") -> str:
        """The text that a person sees in the first element."""
        return str(self._get(f"/element/{self._find(selector)}/text"))

    def until_it_says(self, text: str) -> None:
        """Wait until the page, perhaps a new one, shows a text."""
        until(lambda: self._says(text), f"the page to say {text!r}")

    def _says(self, text: str) -> bool:
        try:
            return text in self.text()
        except BrowserError:  # one page is going, the next has not come
            return False

    def frame_text(self, selector: str) -> str:
        """The text that a person sees in a frame."""
        self._post("/frame", {"id": {_ELEMENT: self._find(selector)}})
        text = self.text()
        self._post("/frame", {"id": None})
        return text

    def click(self, selector: str) -> None:
        self._post(f"/element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self._post(f"/element/{self._find(selector)}/value", {"text": text})

    def bottom(self, selector: str) -> float:
        """How far down, in CSS pixels, the first element ends."""
        rect = self._get(f"/element/{self._find(selector)}/rect")
        return float(rect["y"] + rect["height"])

    def run(self, script: str) -> Any:
        """What a script in the page returns."""
        return self._post("/execute/sync", {"script": script, "args": []})

    def picture(self, path: Path) -> None:
        """What stands on the screen, as PNG."""
        path.write_bytes(base64.b64decode(self._get("/screenshot")))

    def close(self) -> None:
        self._call("DELETE", "")

    def _find(self, selector: str) -> str:
        found = self._post("/element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def _get(self, path: str) -> Any:
        return self._call("GET", path)

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return _call(self._port, method, f"{self._path}{path}", body)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A Chromium that keeps what it must in ``folder``."""
    (port,) = free_ports(1)
    command = [DRIVER, f"--port={port}", f"--log-path={folder / 'chromedriver.log'}"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as driver:
        try:
            until(lambda: _is_up(port), "chromedriver to listen")
            one = Browser(port, _session(port, folder))
            yield one
            one.close()
        finally:
            os.killpg(driver.pid, signal.SIGKILL)


def _session(port: int, folder: Path) -> str:
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    options = {
        "binary": CHROMIUM,
        "args": [*arguments, f"--user-data-dir={folder / 'profile'}"],
        "mobileEmulation": {"deviceMetrics": {"width": WIDTH, "height": HEIGHT, "pixelRatio": 2.0}},
    }
    wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
    return str(_call(port, "POST", "/session", wanted)["sessionId"])


def _call(port: int, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        text = json.dumps(body) if body is not None else None
        connection.request(method, path, text, {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
    finally:
        connection.close()
    if isinstance(value, dict) and "error" in value:
        raise BrowserError(f"{value['error']}: {value['message']}")
    return value


def _is_up(port: int) -> bool:
    try:
        return bool(_call(port, "GET", "/status")["ready"])
    except OSError:
        return False
