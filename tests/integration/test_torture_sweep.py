"""A process that dies, or is told of an error, at a system call loses nothing that it acknowledged."""

from __future__ import annotations

import shutil

import pytest

from integration.guard import Guard
from integration.sink import Sink
from integration.torture.sweep import Place, Sweep


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_every_rename_and_fsync_may_be_the_last_or_fail() -> None:
    """Holding (a row, a file), deciding and releasing, each stopped at each of these calls."""
    with Guard() as guard, Sink() as sink:
        home = guard.directory()
        sweep = Sweep(Place(home / "store", home / "trace", sink), frozenset({"rename", "fsync"}))
        sweep.run()
    assert sweep.violations == []
    struck = {(step, call) for step, call, _ in sweep.points}
    assert {("hold, big", "rename"), ("hold, big", "fsync"), ("hold, small", "fsync"), ("release", "fsync")} <= struck
