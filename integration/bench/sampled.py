"""``python -m integration.bench.sampled``: where the processor time of a message goes, by sampling.

Sessions of the gateway are fed by the fake MTA in this process, with policy B+, and every few milliseconds of processor
time the stack is looked at: a busy machine disturbs it little. What the fake MTA itself does is left out, and so are
libmilter and pymilter, which are not there: their share is what the empty milter of the benchmarks uses.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from integration.bench import messages
from integration.bench.contenders import Place
from integration.bench.ours import every_inspector
from integration.fake import FakeMta
from integration.guard import Guard
from sekisho.config.load import load
from sekisho.core.message import Client
from sekisho.mta.session import Sessions
from sekisho.serve import roles
from sekisho.serve.logs import Lines, LogfmtFormatter
from sekisho.serve.preparation import begun, own_folders

_EVERY = 0.001
"""Seconds of processor time between samples."""
_WARM, _MESSAGES = 200, 5_000
_SHOWN = 30
_OURS = "/sekisho/"


class Samples:
    """Stacks seen, by the innermost function of ours and by module."""

    def __init__(self) -> None:
        self.functions: Counter[str] = Counter()
        self.modules: Counter[str] = Counter()
        self.total = 0

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Look at where the program is."""
        ours = [_named(one) for one in _outwards(frame) if _OURS in one.f_code.co_filename]
        if ours:
            self.total += 1
            self.functions[":".join(ours[0])] += 1
            self.modules.update({module for module, _ in ours})


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _named(frame: FrameType) -> tuple[str, str]:
    module = frame.f_code.co_filename.partition(_OURS)[2].removesuffix(".py")
    return module, frame.f_code.co_qualname


def main() -> int:
    """Print two tables; the exit status."""
    with Guard() as guard:
        mail = messages.text_mail(4_000).replace(b"\n", b"\r\n")  # as it comes from the MTA
        mta = _mta(every_inspector(Place(guard, guard.directory(), 9)))
        samples = Samples()
        _send(mta, mail, _WARM)
        signal.signal(signal.SIGPROF, samples.take)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
        _send(mta, mail, _MESSAGES)
        signal.setitimer(signal.ITIMER_PROF, 0)
    print(f"{samples.total} samples; a module's share includes what it calls\n")
    for title, counts in (("module", samples.modules), ("function (its own time)", samples.functions)):
        print(f"| {title} | share |\n| --- | --- |")
        for name, count in counts.most_common(_SHOWN):
            print(f"| `{name}` | {count / samples.total:.1%} |")
        print()
    return 0


def _mta(configuration: Path) -> FakeMta:
    loaded = load(configuration)
    log = logging.Logger("profile", logging.INFO)
    handler = Lines(configuration.with_name("log").open("w"))
    handler.setFormatter(LogfmtFormatter())
    log.addHandler(handler)
    own_folders(loaded.settings)
    with begun(loaded.settings, log):
        crew = roles.crew_of(loaded, log)
    return FakeMta(Sessions(crew.make_handler(0), crew.collecting, lambda: datetime.now(UTC)))


def _send(mta: FakeMta, mail: bytes, count: int) -> None:
    client = Client("127.0.0.1", "localhost", 49152, "client.example")
    for number in range(count):
        mta.deliver(
            client, (messages.SENDER.encode(),), [(messages.RECIPIENT.encode(),)], mail, {"i": f"4Prof{number:09}"}
        )


if __name__ == "__main__":
    sys.exit(main())
