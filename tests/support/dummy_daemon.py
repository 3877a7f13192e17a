"""A daemon with a handler that only marks messages; run as a program by tests of the supervisor.

Given a file of JSON: ``listen``, ``spool``, ``text`` (what messages are marked with), and perhaps ``workers``,
``user``, ``mode``, ``roles``, ``unable`` (workers cannot start), ``detach``. What happens is told on standard output,
one JSON object a line.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from sekisho.core import replies
from sekisho.core.edits import AddHeader
from sekisho.core.message import Transaction
from sekisho.core.plan import Plan
from sekisho.mta.endpoint import parse_endpoint
from sekisho.mta.listener import ListenError
from sekisho.mta.session import Handler, Settings
from sekisho.serve.detach import detached
from sekisho.serve.notify import Notifier
from sekisho.serve.service import Service
from sekisho.serve.supervisor import run
from sekisho.serve.worker import Crew


def tell(**what: object) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


class Marker:
    """Adds a field with the configured text and the worker's slot and pid."""

    def __init__(self, text: str, slot: int) -> None:
        self.text = text
        self.slot = slot

    def handle(self, transaction: Transaction) -> Plan:
        mark = AddHeader("X-Mark", f"{self.text} {self.slot} {os.getpid()} {transaction.client.helo}")
        return Plan((mark,), (), (), replies.ACCEPT, ())

    def failed(self, stage: str, error: BaseException) -> None:
        tell(failed=stage, error=repr(error))

    def finished(self, transaction: Transaction, plan: Plan, seconds: float) -> None:
        """Nothing to count."""

    def close(self) -> None:
        tell(wrote=self.slot)


class Told:
    """Telemetry on standard output."""

    def workers(self, states: Mapping[str, int]) -> None:
        tell(workers=dict(states))

    def loaded(self, success: bool) -> None:
        tell(loaded=success)


class Lines(logging.Handler):
    """The log on standard output too."""

    def emit(self, record: logging.LogRecord) -> None:
        tell(log=record.getMessage(), fields=getattr(record, "fields", {}), error=repr(record.exc_info))


def load(path: Path) -> Crew:
    settings: dict[str, Any] = json.loads(path.read_text())

    def make_handler(slot: int) -> Handler:
        if settings.get("unable"):
            raise RuntimeError("unable")
        tell(started=slot, pid=os.getpid())
        return Marker(settings["text"], slot)

    return Crew(make_handler, settings.get("workers", 2), Settings(Path(settings["spool"])))


def main() -> int:
    path = Path(sys.argv[1])
    settings = json.loads(path.read_text())
    log = logging.getLogger("dummy")
    log.addHandler(Lines())
    log.setLevel(logging.INFO)
    service = Service(
        parse_endpoint(settings["listen"]),
        lambda: load(path),
        Told(),
        log,
        roles=settings.get("roles", {}),
        mode=settings.get("mode"),
        user=settings.get("user"),
    )
    try:
        with detached() if settings.get("detach") else nullcontext():
            return run(service, Notifier(os.environ))
    except ListenError as error:
        tell(refused=str(error))
        return os.EX_TEMPFAIL


if __name__ == "__main__":
    sys.exit(main())
