"""Where every message is, compared with what clients were told: the figures of a trial, and what must not be.

For each recipient of an accepted message exactly one thing is right: it has arrived unedited but for policy's edits; or
Postfix still has it; or it is held; or a decision was taken and carried out. More than one copy must be explained: the
client offered the message again because the answer was lost (window A), a release was cut off between the listener's
250 and our commit, which the log tells of when it is sent again (window B), or Postfix delivered one queue file twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from integration.torture.copies import Copy
from integration.torture.ledger import Decided, Ledger, Posted, Told
from integration.torture.mail import SENDER, Fate
from sekisho.core.lifecycle import State

CUT_OFF = 10.0
"""Seconds after Postfix began to take a release within which a kill explains that it is sent again."""

_FOLLOWS = {Decided.RELEASE: State.SENT, Decided.REJECT: State.REJECTED}
_SETTLED = frozenset({State.SENT, State.HELD, State.REJECTED})


@dataclass(frozen=True, slots=True)
class Held:
    """A recipient's row in the store."""

    hold: str
    state: State
    sent_on_record: int
    """How often the audit says that it was sent."""
    intact: bool
    """Whether the stored octets are those that the client sent."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that can be seen when all is quiet."""

    ledger: Ledger
    copies: Sequence[Copy]
    held: Mapping[str, Sequence[Held]]
    """By address."""
    queued: Counter[str]
    """Recipients in Postfix's queue: how often each."""
    cuts: Sequence[float]
    """When a process was killed that may have been releasing, seconds since 1970."""
    warned: Counter[str] = field(default_factory=Counter)
    """How often the log says of a hold that it is sent again because an attempt was cut off."""


@dataclass
class Judgement:
    """What was found."""

    figures: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def judge(world: World) -> Judgement:
    """Look at every message and every copy."""
    found = Judgement()
    by_address: dict[str, list[Copy]] = defaultdict(list)
    for copy in world.copies:
        by_address[copy.address].append(copy)
    known: set[str] = set()
    for posted in world.ledger.posted.values():
        _count(posted, found)
        known.update(posted.mail.fates)
        for address in posted.mail.fates:
            _Case(world, posted, address, by_address[address], found).judge()
    for address in sorted({*by_address, *world.held} - known):
        found.figures["notices"] += len(by_address[address])
        if address != SENDER or address in world.held:
            found.violations.append(f"{address}: nobody wrote there")
    return found


def _count(posted: Posted, found: Judgement) -> None:
    found.figures["messages"] += 1
    found.figures[f"messages {posted.mail.kind}"] += 1
    for told in posted.offers:
        found.figures[f"offers {told.value}"] += 1
    if not posted.accepted:
        found.violations.append(f"{posted.mail.tag}: never accepted: {[told.value for told in posted.offers]}")


class _Case:
    """One recipient of one message."""

    def __init__(self, world: World, posted: Posted, address: str, got: list[Copy], found: Judgement) -> None:
        self._world = world
        self._posted = posted
        self._address = address
        self._copies = got
        self._rows = world.held.get(address, ())
        self._found = found

    def judge(self) -> None:
        if any(not copy.is_as_sent(self._posted.mail) for copy in self._copies):
            self._wrong("arrived as other octets than were sent")
        if self._posted.mail.fates[self._address] is Fate.NOW:
            self._passing()
        else:
            self._waiting()

    def _wrong(self, what: str) -> None:
        state = [row.state.value for row in self._rows]
        ids = [(copy.queue_id, copy.hold) for copy in self._copies]
        self._found.violations.append(f"{self._address}: {what} (holds {state}, copies {ids})")

    def _seen(self, what: str) -> None:
        self._found.figures[f"recipients {what}"] += 1

    def _passing(self) -> None:
        if self._rows:
            self._wrong("held, though policy lets it pass")
        if any(copy.hold for copy in self._copies):
            self._wrong("came out of a hold in which it should not be")
        self._arrived("delivered at once", self._unsure_offers())

    def _waiting(self) -> None:
        if any(not copy.hold for copy in self._copies):
            self._wrong("DELIVERED UNRELEASED")
        if len(self._rows) != 1:
            self._wrong("LOST: accepted, and not held" if not self._rows else "held twice")
            return
        row = self._rows[0]
        if not row.intact:
            self._wrong("stored octets differ from those sent")
        self._decided(row)
        if row.state is State.SENT:
            self._released(row)
        elif row.state in {State.HELD, State.REJECTED}:
            self._kept(row)
        else:
            self._wrong("unsettled")

    def _decided(self, row: Held) -> None:
        """At most one decision was acknowledged, and it was carried out."""
        decided = self._world.ledger.decided(self._address)
        if len(self._world.ledger.tried(self._address)) > 1:
            self._seen("fought over")
        if len(decided) > 1:
            self._wrong(f"decided {len(decided)} times")
        elif decided and row.state in _SETTLED and row.state is not _FOLLOWS[decided[0]]:
            self._wrong(f"the decision was to {decided[0].value}")

    def _released(self, row: Held) -> None:
        timed = self._posted.mail.fates[self._address] is Fate.TIMED
        if not timed and Decided.RELEASE not in self._world.ledger.tried(self._address):
            self._wrong("RELEASED BY NOBODY")
        if row.sent_on_record != 1:
            self._wrong(f"{row.sent_on_record} times sent on record")
        self._arrived("released by a timer" if timed else "released", self._explained_releases())

    def _kept(self, row: Held) -> None:
        if any(copy.hold for copy in self._copies) or self._world.queued[self._address]:
            self._wrong("DELIVERED UNRELEASED")
        self._seen(row.state.value)
        if row.state is State.REJECTED and Decided.REJECT not in self._world.ledger.tried(self._address):
            self._wrong("REJECTED BY NOBODY")

    def _arrived(self, what: str, explained: int) -> None:
        """Count copies; each beyond the first needs an explanation."""
        queue_ids = {copy.queue_id for copy in self._copies}
        deferred = self._world.queued[self._address]
        taken = len(queue_ids) + deferred
        self._found.figures["second copies: Postfix's own"] += len(self._copies) - len(queue_ids)
        if not taken:
            self._wrong("LOST: neither delivered nor queued")
            return
        self._seen(f"{what}, deferred by Postfix" if deferred else what)
        window = "B" if self._rows else "A"
        self._found.figures[f"second copies: window {window}"] += min(taken - 1, explained)
        if taken - 1 > explained:
            self._wrong(f"{taken - 1 - explained} second copies that nothing explains")

    def _unsure_offers(self) -> int:
        return self._posted.offers.count(Told.UNSURE)

    def _explained_releases(self) -> int:
        """How many copies, or queue entries, were begun shortly before a kill, and followed by a warning in the log."""
        times = sorted({copy.queue_id: copy.taken for copy in self._copies}.values())
        cut = sum(any(begun <= kill <= begun + CUT_OFF for kill in self._world.cuts) for begun in times)
        begun = cut if self._copies else self._world.queued[self._address]
        return min(begun, sum(self._world.warned[row.hold] for row in self._rows))
