"""What the release role writes of its alarms."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from sekisho.serve.metrics import Metrics
from sekisho.serve.watching import SILENCE, Watching


def test_a_store_that_stays_away_is_written_when_it_is_new_and_then_each_minute(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    watching = Watching(Metrics(tmp_path, "release"), logging.getLogger("watched"), lambda: now[0])

    def written(*alarm: str) -> list[str]:
        caplog.clear()
        watching.alarmed(*alarm)
        return [record.__dict__["fields"]["why"] for record in caplog.records]

    assert written("store", "", "refused") == ["refused"]
    assert written("store", "", "refused") == []
    assert written("worker", "", "refused") == ["refused"]
    assert written("store", "", "no space") == ["no space"]
    now[0] = SILENCE - 1
    assert written("store", "", "no space") == []
    now[0] = SILENCE
    assert written("store", "", "no space") == ["no space"]


def test_what_is_said_of_a_hold_is_always_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watching = Watching(Metrics(tmp_path, "release"), logging.getLogger("watched"))
    for _ in range(2):
        watching.alarmed("uncertain", "a-hold", "it is sent again")
    assert len(caplog.records) == 2
