"""The newcomer's exercise: every command of docs/guide/first-rule.md prints what the page says."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from sekisho.core.parse import parse_message
from tests.support.exercise import Command, File, Meanwhile, Shell, agrees, steps
from tests.support.milter_client import PATIENCE, MilterClient

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "first-rule.md"
RECIPIENT = b"<somebody@north.example>"


def test_every_command_prints_what_the_page_says(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8").replace("127.0.0.1:9464", f"127.0.0.1:{_free_port()}")
    written = {step.name: step.content.encode() for step in steps(page) if isinstance(step, File)}
    done = 0
    with Shell(tmp_path, _environ(tmp_path)) as shell:
        for step in steps(page):
            match step:
                case File(name, content):
                    (tmp_path / name).write_text(content, "utf-8")
                case Meanwhile(what):
                    _happen(what, tmp_path, written)
                case Command(typed, printed):
                    answer = shell.answer(typed)
                    assert agrees(answer, printed), f"$ {typed}\n{answer}"
                    done += 1
    assert done >= 15


def _happen(what: str, folder: Path, written: Mapping[str, bytes]) -> None:
    """Mail comes, also such as the page shows later; or time passes."""
    offered = re.fullmatch(r"offer (\d+) (\S+)", what)
    if offered:
        for _ in range(int(offered[1])):
            _offer(written[offered[2]], folder / "milter.sock")
        return
    awaited = re.fullmatch(r'wait for (\d+) "(.+)" in (\S+)', what)
    assert awaited, what
    _until(folder / awaited[3], awaited[2], int(awaited[1]))


def _offer(message: bytes, listener: Path) -> None:
    """As the MTA would, for a client of the office's network."""
    fields, body = parse_message(message)
    with MilterClient(str(listener)) as client:
        client.greet()
        _, verdict = client.offer(b"<sato@example.com>", [RECIPIENT], [(one.name, one.value) for one in fields], body)
    assert verdict in b"ac"


def _until(file: Path, text: str, times: int) -> None:
    """Until the text stands so often in the file."""
    latest = time.monotonic() + PATIENCE
    while not file.exists() or file.read_text("utf-8").count(text) < times:
        assert time.monotonic() < latest, f"{text!r} is not {times} times in {file.read_text('utf-8')}"
        time.sleep(0.05)


def _environ(folder: Path) -> dict[str, str]:
    """A reader's, with the command of this environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "TERM": "dumb"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
