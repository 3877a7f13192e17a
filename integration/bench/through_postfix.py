"""Postfix accepting and delivering, with the milter and without: smtp-source in front, smtp-sink behind."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from integration import waiting
from integration.bench.contenders import Absent
from integration.bench.goals import Row, ratio_row
from integration.bench.measure import Fleet, Pace, Say
from integration.bench.messages import RECIPIENT, SENDER
from integration.postfix import Postfix

_WORK = "Postfix accept-and-deliver with the milter (policy B), 4 kB"
_GOAL = "≥ 0.9× without"
_SESSIONS = 20
_PATIENCE = 120.0


def rows(fleet: Fleet, mail: Path, pace: Pace, say: Say) -> Iterator[Row]:
    """Two instances on one disk, in turn: from the first connection until the queue is empty."""
    milter = fleet.reach("policy B").socket
    source = shutil.which("smtp-source")
    if source is None:
        raise Absent("smtp-source is not installed (Debian: postfix)")
    with (
        Postfix(fleet.place.guard, fleet.place.mail_port, milter) as asking,
        Postfix(fleet.place.guard, fleet.place.mail_port, "") as alone,
    ):
        rates: dict[str, list[float]] = {"with": [], "without": []}
        for number in range(pace.rounds + 1):
            for word, postfix in (("with", asking), ("without", alone)):
                rates[word].append(_rate(source, postfix, mail, pace.mails))
                say(f"Postfix {word} the milter, round {number}: {rates[word][-1]:,.0f} msg/s")
    # The first round warmed up.
    yield ratio_row(_WORK, _GOAL, rates["with"][1:], rates["without"][1:], 0.9, "msg/s")


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
