"""What a hold was good for in the end (NOTICES.md). Pure.

``corrected``: it left changed, or came again changed within a day; ``cancelled``: it was taken back, or returned
because nobody answered; ``rejected``; ``unchanged``: it left as it was; ``false-alarm``: the same, and somebody said
that there had been no reason to hold it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sekisho.core.lifecycle import State

CORRECTED, CANCELLED, REJECTED = "corrected", "cancelled", "rejected"
UNCHANGED, FALSE_ALARM = "unchanged", "false-alarm"
OUTCOMES = (CORRECTED, CANCELLED, REJECTED, UNCHANGED, FALSE_ALARM)
USEFUL = frozenset({CORRECTED, CANCELLED, REJECTED})
"""Outcomes that would have been worse without the hold."""

RESENT_WITHIN = timedelta(hours=24)
"""For so long a changed message of the same sender and subject counts as the corrected one."""

_STOPPED = (State.REJECTED, State.CANCELLED, State.EXPIRED)


def outcome_of(states: Collection[State], *, fixed: bool, false_alarm: bool) -> str:
    """Of a hold whose recipients are in these states; empty while somebody waits. ``fixed``: it was changed."""
    if State.HELD in states:
        return ""
    stopped = [state for state in _STOPPED if state in states]
    if len(stopped) == len(set(states)):
        return REJECTED if State.REJECTED in states else CANCELLED
    if fixed or stopped:
        return CORRECTED
    return FALSE_ALARM if false_alarm else UNCHANGED
