"""All matching rules, merged: what becomes of each recipient."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from sekisho.core.actions import Drop, Hold, Refuse
from sekisho.core.rule import Match, Mode, OnError
from sekisho.core.truth import Mask, members
from sekisho.core.values import value


class Disposition(IntEnum):
    """What becomes of a message for one recipient; the stricter is the greater."""

    ACCEPT = 0
    HOLD = 1
    TEMPFAIL = 2
    REJECT = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@value(frozen=True, slots=True)
class Decision:
    """The matches in the order of their rules, and each recipient's disposition."""

    matches: tuple[Match, ...]
    dispositions: tuple[Disposition, ...]
    score: float = 0.0
    unanswered: tuple[str, ...] = ()
    """Rules that let somebody pass unasked, because a source was away and they say ``on-error: accept``."""

    @property
    def enforced(self) -> tuple[Match, ...]:
        """The matches that do something."""
        return tuple(match for match in self.matches if match.rule.mode is Mode.ENFORCE)

    @property
    def warned(self) -> tuple[Match, ...]:
        """The matches of which the sender is only told."""
        return tuple(match for match in self.matches if match.rule.mode is Mode.WARN)

    @property
    def strictest(self) -> Disposition:
        """The message's disposition: the strictest of its recipients'."""
        return max(self.dispositions, default=Disposition.ACCEPT)


def those(dispositions: Sequence[Disposition], wanted: Disposition) -> Mask:
    """The recipients with this disposition."""
    mask = 0
    for index, one in enumerate(dispositions):
        if one is wanted:
            mask |= 1 << index
    return mask


def decided(matches: Sequence[Match], count: int, score: float = 0.0) -> Decision:
    """Merge the matches of a message with ``count`` recipients: reject > tempfail > hold > accept, for each."""
    dispositions = [Disposition.ACCEPT] * count
    for match in matches:
        if match.rule.mode is not Mode.ENFORCE:
            continue
        for disposition, mask in _demands(match, count):
            for index in members(mask):
                dispositions[index] = max(dispositions[index], disposition)
    return Decision(tuple(matches), tuple(dispositions), score)


def _demands(match: Match, count: int) -> list[tuple[Disposition, Mask]]:
    """What one match asks for, and for whom."""
    demands = []
    if match.truth.unknown and match.rule.on_error is OnError.TEMPFAIL:
        demands.append((Disposition.TEMPFAIL, match.truth.unknown))
    for action in match.rule.actions if match.truth.yes else ():
        match action:
            case Hold(whole=whole):
                demands.append((Disposition.HOLD, match.held((1 << count) - 1, whole=whole)))
            case Refuse(permanent=permanent):
                demands.append((Disposition.REJECT if permanent else Disposition.TEMPFAIL, match.truth.yes))
            case Drop():
                demands.append((Disposition.REJECT, match.truth.yes))
    return demands
