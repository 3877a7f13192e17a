"""Postfix accepting and delivering, with the milter and without: smtp-source in front, smtp-sink behind."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from integration import waiting
from integration.bench.contenders import Absent
from integration.bench.goals import Row, ratio_row
from integration.bench.measure import Fleet, Pace, Say
from integration.bench.messages import RECIPIENT, SENDER
from integration.postfix import Postfix

_WORK = "Postfix accept-and-deliver with the milter (policy B), 4 kB"
_SESSIONS = 20
_PATIENCE = 120.0


def rows(fleet: Fleet, mail: Path, pace: Pace, say: Say) -> Iterator[Row]:
    """Three instances on one disk, in turn: from the first connection until the queue is empty.

    The second has the empty milter: what asking any milter in pymilter costs.
    """
    milters = {
        "policy B": fleet.reach("policy B").socket,
        "the empty milter": fleet.reach("empty no-reply").socket,
        "no milter": "",
    }
    source = shutil.which("smtp-source")
    if source is None:
        raise Absent("smtp-source is not installed (Debian: postfix)")
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(Postfix(fleet.place.guard, fleet.place.mail_port, milter))
            for name, milter in milters.items()
        }
        rates: dict[str, list[float]] = {name: [] for name in started}
        for number in range(pace.rounds + 1):
            for name, postfix in started.items():
                rates[name].append(_rate(source, postfix, mail, pace.mails))
                say(f"Postfix with {name}, round {number}: {rates[name][-1]:,.0f} msg/s")
    # The first round warmed up.
    ours, empty, alone = (rates[name][1:] for name in milters)
    yield ratio_row(_WORK, "≥ 0.9× without", ours, alone, 0.9, "msg/s")
    yield replace(ratio_row("the same with the empty milter", "", empty, alone, 0, "msg/s"), verdict="for comparison")


def _rate(source: str, postfix: Postfix, mail: Path, count: int) -> float:
    command = [source, "-s", str(_SESSIONS), "-m", str(count), "-f", SENDER, "-t", RECIPIENT, "-F", str(mail)]
    begun = time.monotonic()
    done = subprocess.run(
        [*command, f"127.0.0.1:{postfix.ports.public}"], capture_output=True, text=True, check=False, timeout=_PATIENCE
    )
    if done.returncode:
        raise Absent(f"smtp-source: {done.stderr.strip()[-200:]}")
    waiting.until(lambda: not postfix.queue_files(), "all mail delivered", _PATIENCE)
    return count / (time.monotonic() - begun)
