"""A listener that answers each recipient as a script says, and remembers what arrived and which answers were lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import hypothesis.strategies as st

from sekisho.core.message import Path
from sekisho.core.path import parse_path
from sekisho.quarantine.smtp import Kind, Outcome

_SOMEBODY = parse_path(b"<somebody@example.com>")
ANSWERS = {
    "250": Outcome(_SOMEBODY, Kind.ACCEPTED, 250, "ok"),
    "451": Outcome(_SOMEBODY, Kind.DELAYED, 451, "later"),
    "550": Outcome(_SOMEBODY, Kind.REFUSED, 550, "no"),
    "cut off": Outcome(_SOMEBODY, Kind.DELAYED, 0, "gone", uncertain=True),
}
"""What the listener can say to a recipient; cut off, it has the message nevertheless."""
SAID = st.lists(st.sampled_from(sorted(ANSWERS)), max_size=6)


class ScriptedListener:
    """Notices are answered like mail; only mail that has ``ours`` in its reverse-path is counted."""

    def __init__(self, ours: str = "") -> None:
        self._ours = ours
        self.script: list[str] = []
        """What it says next; then always 250."""
        self.copies: Counter[str] = Counter()
        """What arrived, by recipient …"""
        self.lost: Counter[str] = Counter()
        """… and how often that was not heard of."""

    def send(self, sender: Path, recipients: Sequence[Path], pieces: Iterable[bytes], size: int) -> list[Outcome]:
        said = [self.script.pop(0) if self.script else "250" for _ in recipients]
        for path, answer in zip(recipients, said, strict=True):
            if not sender.is_null and self._ours in sender.address:
                self.copies[path.address] += answer in ("250", "cut off")
                self.lost[path.address] += answer == "cut off"
        return [replace(ANSWERS[answer], path=path) for path, answer in zip(recipients, said, strict=True)]
