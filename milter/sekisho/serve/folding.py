"""The journal, counted: what came, and which held messages came again corrected.

The release role reads on where it stopped, in pieces; a piece is counted in one transaction with the position behind
it, so that nothing is counted twice. Old segments and answers that do not count any more go. Nobody waits for it: a
store or a disk that is away is asked again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sekisho.core.content import Octets
from sekisho.core.outcomes import RESENT_WITHIN
from sekisho.quarantine import outcomes
from sekisho.records.corrections import Stopped, corrected
from sekisho.records.journal import Keyed, checksum, key_of
from sekisho.records.segments import Entry, entries_from, retire, segments
from sekisho.store import Store, StoreUnavailable, cursors, holds, remembered, statistics
from sekisho.store.errors import ContentDamaged
from sekisho.store.rows import HoldRow
from sekisho.store.unit import Unit

PAUSE = 15.0
"""Seconds between looks."""


class Folding:
    """Counts one gateway's journal."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set."""
        while not stop.wait(PAUSE):
            try:
                self.step()
            except (OSError, StoreUnavailable):
                continue

    def step(self) -> int:
        """Count everything that is new; gives how many messages. Raises OSError and `StoreUnavailable`."""
        counted = 0
        known = self._store.read(partial(cursors.positions, instance=self._store.instance))
        for segment in segments(self._folder):
            counted += self._count(segment.name, known.get(segment.name, 0))
        self._tidy()
        return counted

    def _count(self, segment: str, position: int) -> int:
        counted = 0
        while True:
            entries, after = entries_from(self._folder / segment, position)
            if after == position:
                return counted
            corrections = self._corrections(entries)
            if not self._store.write(partial(self._keep, segment, position, after, entries, corrections)):
                return counted
            position, counted = after, counted + len(entries)

    def _keep(
        self, segment: str, before: int, after: int, entries: Sequence[Entry], corrections: Sequence[str], unit: Unit
    ) -> bool:
        if not cursors.move(unit, self._store.instance, segment, before, after):
            return False
        days = Counter(entry.at.date() for entry in entries)
        outbound = Counter(entry.at.date() for entry in entries if entry.outbound and entry.external)
        for day, messages in days.items():
            statistics.add_traffic(unit, day, self._store.instance, messages, outbound[day])
        for hold in corrections:
            outcomes.correct(unit, hold, self._clock())
        return True

    def _corrections(self, entries: Sequence[Entry]) -> list[str]:
        if not entries:
            return []
        since = min(entry.at for entry in entries) - RESENT_WITHIN
        stopped = self._store.read(lambda view: outcomes.stopped_since(view, since))
        keyed = Keyed(key_of(self._folder))
        return corrected(entries, [self._stopped(hold, ended) for hold, ended in stopped], keyed)

    def _stopped(self, hold: HoldRow, ended: datetime) -> Stopped:
        message = hold.message
        return Stopped(
            hold=hold.id,
            sender=message.sender_of_record or message.sender.address,
            subject=message.subject,
            recipients=frozenset(person.path.address for person in hold.recipients),
            size=message.size - _header_size(hold),
            ended=ended,
            checksum=partial(self._checksum, hold),
        )

    def _checksum(self, hold: HoldRow) -> int | None:
        try:
            content = self._store.read(lambda view: holds.content(view, self._store.files, hold.message))
            return checksum(Octets(content.read()[_header_size(hold) :]))
        except ContentDamaged:
            return None

    def _tidy(self) -> None:
        now = self._clock()
        gone = retire(self._folder, now.date())
        if gone:
            self._store.write(lambda unit: cursors.forget(unit, self._store.instance, gone))
        if self._store.read(lambda view: remembered.has_expired(view, now)):
            self._store.write(lambda unit: remembered.drop_expired(unit, now))


def _header_size(hold: HoldRow) -> int:
    """Octets of a message's header and of the empty line behind it."""
    return sum(whole for _, whole in hold.message.header) + 2
