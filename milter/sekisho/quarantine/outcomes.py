"""What a hold was good for, worked out from its row. Pure."""

from __future__ import annotations

from dataclasses import replace

from sekisho.core.outcomes import FALSE_ALARM, outcome_of
from sekisho.store.rows import HoldRow


def with_outcome(hold: HoldRow) -> HoldRow:
    """The hold with its outcome, once nobody waits."""
    states = [person.state for person in hold.recipients]
    found = outcome_of(states, fixed=bool(hold.offers.made), false_alarm=hold.outcome == FALSE_ALARM)
    return replace(hold, outcome=found or hold.outcome)
