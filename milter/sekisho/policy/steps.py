"""A rule whose mode depends on who sends, and on the day."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date

from sekisho.core.facts import Facts
from sekisho.core.path import parse_path
from sekisho.core.ports import Unavailable
from sekisho.core.rule import Mode, Rule
from sekisho.policy.conditions.tests import Membership

STRICTNESS = (Mode.OFF, Mode.MONITOR, Mode.WARN, Mode.ENFORCE)


@dataclass(frozen=True, slots=True)
class Step:
    """A mode for some senders, from a day on."""

    mode: Mode
    senders: Membership | None
    since: date | None

    def holds(self, facts: Facts) -> bool:
        """Whether this is the mode for the message; may raise `Unavailable`."""
        if self.since is not None and facts.transaction.received.astimezone(facts.site.zone).date() < self.since:
            return False
        if self.senders is None:
            return True
        sender = parse_path(facts.sender_of_record.encode("utf-8", "surrogateescape"))
        return not sender.is_null and self.senders.holds(facts, sender.local, sender.domain)


@dataclass(frozen=True, slots=True)
class SteppedRule(Rule):
    """A rule with several modes; ``mode`` is the one for all others."""

    steps: tuple[Step, ...] = ()
    limits: tuple[Step, ...] = ()
    """Each the most that the rule may do to some senders."""

    def mode_for(self, facts: Facts) -> Mode:
        """The mode for a message; may raise `Unavailable`."""
        mode = next((step.mode for step in self.steps if step.holds(facts)), self.mode)
        limits = (limit.mode for limit in self.limits if limit.holds(facts))
        return min((mode, *limits), key=STRICTNESS.index)


def stepped(rule: Rule, steps: tuple[Step, ...], limits: tuple[Step, ...]) -> SteppedRule:
    """The rule with these modes before its own, and these limits."""
    own = {one.name: getattr(rule, one.name) for one in fields(rule)}
    return SteppedRule(**own, steps=steps, limits=limits)


def in_force(rule: Rule, facts: Facts) -> Rule:
    """The rule with the mode that it has for this message.

    The sender is the sender of record, which cannot be claimed. Where a source is away, the strictest mode counts.
    """
    if not isinstance(rule, SteppedRule):
        return rule
    try:
        mode = rule.mode_for(facts)
    except Unavailable as error:
        facts.away[error.source] = error.why
        mode = max((rule.mode, *(step.mode for step in rule.steps)), key=STRICTNESS.index)
    return rule if mode is rule.mode else replace(rule, mode=mode)


def rests(rule: Rule) -> bool:
    """Whether it is off for everybody."""
    modes = {rule.mode, *(step.mode for step in rule.steps)} if isinstance(rule, SteppedRule) else {rule.mode}
    return modes == {Mode.OFF}
