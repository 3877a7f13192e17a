"""Whether rules are worth what they cost: outcomes, decision times, alarms against their budget. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sekisho.core.alarms import BUDGET, FEWEST, LEAST_USEFUL, Alarm
from sekisho.core.outcomes import FALSE_ALARM, OUTCOMES, UNCHANGED, USEFUL
from sekisho.store.statistics import Kept

WINDOW = timedelta(days=30)
HASTY = 5.0
"""Seconds in which nobody has read anything."""
_CLEAN = frozenset({UNCHANGED, FALSE_ALARM})


@dataclass(frozen=True, slots=True)
class RuleUse:
    """What a rule's holds came to."""

    rule: str
    holds: int
    states: Mapping[str, int]
    outcomes: Mapping[str, int]
    useful: float | None
    """Share of the holds with an outcome that ended changed, cancelled or rejected; None where none has one yet."""
    median: float | None = None
    """Seconds from hold to decision by a person; None where nobody decided."""
    p95: float | None = None
    hasty: int = 0
    """Decisions within `HASTY` seconds."""
    per_thousand: float | None = None
    """Alarms on clean mail for 1,000 external messages; None where no message was counted."""
    for_monitor: bool = False
    """Enough holds, of too little use."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Alarms on clean mail for 1,000 external messages, by whom they concern, and what is allowed."""

    messages: int
    alarms: Mapping[Alarm, int] = field(default_factory=dict)

    def per_thousand(self, alarm: Alarm) -> float | None:
        """None where no message was counted."""
        return round(1000 * self.alarms.get(alarm, 0) / self.messages, 2) if self.messages else None

    def is_kept(self, alarm: Alarm) -> bool:
        """Whether there are no more than allowed, as far as is known."""
        return (self.per_thousand(alarm) or 0.0) <= BUDGET[alarm]


def by_rule(kept: Iterable[Kept], messages: int) -> list[RuleUse]:
    """Each rule's holds, the most frequent first; ``messages``: external ones in the same time."""
    grouped: dict[str, list[Kept]] = {}
    for hold in kept:
        for rule in hold.rules:
            grouped.setdefault(rule, []).append(hold)
    found = [_use(rule, those, messages) for rule, those in grouped.items()]
    return sorted(found, key=lambda use: (-use.holds, use.rule))


def budget(kept: Iterable[Kept], warnings: int, messages: int) -> Budget:
    """What was asked of people on mail that turned out to be clean."""
    alarms = Counter(hold.alarm for hold in kept if hold.outcome in _CLEAN)
    alarms[Alarm.NOTICE] += warnings
    return Budget(messages, {alarm: alarms[alarm] for alarm in BUDGET})


def _use(rule: str, kept: Sequence[Kept], messages: int) -> RuleUse:
    outcomes = Counter(hold.outcome for hold in kept if hold.outcome)
    ended = sum(outcomes.values())
    useful = sum(outcomes[one] for one in USEFUL) / ended if ended else None
    times = sorted(hold.waited for hold in kept if hold.waited is not None)
    # Who is never asked is never bothered: silent timers are no reason to change a rule.
    asked = [hold for hold in kept if hold.alarm is not Alarm.FREE]
    clean = sum(hold.outcome in _CLEAN for hold in asked)
    return RuleUse(
        rule=rule,
        holds=len(kept),
        states=dict(Counter(hold.state for hold in kept)),
        outcomes={one: outcomes[one] for one in OUTCOMES if outcomes[one]},
        useful=round(useful, 4) if useful is not None else None,
        median=_quantile(times, 0.5),
        p95=_quantile(times, 0.95),
        hasty=sum(time < HASTY for time in times),
        per_thousand=round(1000 * clean / messages, 2) if messages else None,
        for_monitor=_for_monitor(asked),
    )


def _for_monitor(asked: Sequence[Kept]) -> bool:
    ended = [hold for hold in asked if hold.outcome]
    useful = sum(hold.outcome in USEFUL for hold in ended)
    return len(ended) >= FEWEST and useful / len(ended) < LEAST_USEFUL


def _quantile(times: Sequence[float], share: float) -> float | None:
    """The nearest rank."""
    if not times:
        return None
    return times[max(0, -(-len(times) * round(share * 100) // 100) - 1)]
