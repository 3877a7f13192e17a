"""What a claim looks at: the world as it is now, less what earlier claims have already spoken of."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from integration.client import Answer
from integration.sending import Send
from integration.sink import Addressed
from integration.world import Ran, World

NOTICES_FROM = "mail-check@example.co.jp"
"""Who writes notices, in the configuration that all cases share."""
_LABEL = re.compile(r'\w+="(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Copy:
    """A message as one recipient got it."""

    number: tuple[int, int]
    sender: Addressed
    recipient: Addressed
    data: bytes

    @property
    def is_notice(self) -> bool:
        """Whether Sekisho wrote it."""
        head = self.data[: 64 * 1024].partition(b"\r\n\r\n")[0]
        return re.search(rb"(?im)^from:.*" + re.escape(NOTICES_FROM.encode()), head) is not None


@dataclass
class Story:
    """How far a case has come."""

    world: World
    holds_before: frozenset[str]
    metrics_before: dict[str, float]
    send: Send | None = None
    answer: Answer | None = None
    ran: Ran | None = None
    log_before: int = 0
    """Log lines that stood there before the last message was sent."""
    spoken_of: set[object] = field(default_factory=set)
    """Copies, holds and log lines that claims of earlier steps have named."""
    hold: tuple[str, ...] = ()
    """The holds that were named last: HOLD."""


class Seen:
    """One look. Claims name what they speak of through `name`, so that what nobody expected remains."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.world = story.world
        self.named: set[object] = set()
        self.hold = story.hold

    def name(self, thing: object) -> None:
        self.named.add(thing)

    def _new(self, thing: object) -> bool:
        return thing not in self.story.spoken_of and thing not in self.named

    @cached_property
    def copies(self) -> list[Copy]:
        """Everything that arrived and no earlier step has spoken of."""
        found = []
        for number, arrival in enumerate(self.world.arrivals()):
            for place, recipient in enumerate(arrival.recipients):
                copy = Copy((number, place), arrival.sender, recipient, arrival.data)
                if self._new(copy.number):
                    found.append(copy)
        return found

    @cached_property
    def all_holds(self) -> dict[str, dict[str, Any]]:
        """This case's holds by id."""
        return {key: row for key, row in self.world.holds().items() if key not in self.story.holds_before}

    @cached_property
    def log(self) -> list[dict[str, str]]:
        """The log lines since the last message was sent, each as its pairs."""
        return [pairs(line) for line in self.world.log()[self.story.log_before :]]

    @cached_property
    def metrics(self) -> dict[str, float]:
        return samples(self.world.metrics())

    def copies_for(self, address: str) -> list[Copy]:
        """What one recipient got, notices apart."""
        return [copy for copy in self.copies if copy.recipient.address == address and not copy.is_notice]

    def unexpected(self) -> list[str]:
        """Whatever no claim has spoken of."""
        copies = [copy for copy in self.copies if self._new(copy.number) and not copy.is_notice]
        holds = [key for key in self.all_holds if self._new(key)]
        errors = [line for line in self.log if line.get("level") == "error" and self._new(str(line))]
        return [
            *(f"{copy.recipient.path} got a message from {copy.sender.path}" for copy in copies),
            *(f"hold {self.all_holds[key]}" for key in holds),
            *(f"error logged: {line}" for line in errors),
            *(f"traceback logged: {line}" for line in self.world.log() if "Traceback" in line),
        ]


def pairs(line: str) -> dict[str, str]:
    """A logfmt line taken apart; empty for a line that is none."""
    try:
        words = shlex.split(line)
    except ValueError:
        return {}
    return dict(word.split("=", 1) for word in words if "=" in word)


def samples(scrape: str) -> dict[str, float]:
    """The samples of a scrape in the text format, by name and labels as they stand there, labels in order."""
    found: dict[str, float] = {}
    for line in scrape.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[in_order(name)] = float(value)
    return found


def in_order(sample: str) -> str:
    """``name{a="1",b="2"}`` with its labels sorted."""
    name, brace, labels = sample.partition("{")
    if not brace:
        return name
    found = sorted(_LABEL.findall(labels))
    return name + "{" + ",".join(found) + "}"
