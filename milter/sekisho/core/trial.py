"""What rules in warn mode would have done, for the one notice that tells the sender. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sekisho.core.actions import Action, Drop, EnvelopeOnly, Hold, HoldHeader, PutOnMtaHold, Refuse
from sekisho.core.decision import Decision
from sekisho.core.truth import Mask

_REFUSED, _HELD, _CHANGED = "refused", "held", "changed"


@dataclass(frozen=True, slots=True)
class OnTrial:
    """Rules on trial that would have done something, to whom, and the worst of it."""

    rules: tuple[str, ...]
    recipients: Mask
    outcome: str
    """``refused``, ``held`` or ``changed``."""


def on_trial(decision: Decision, leaving: Mask) -> OnTrial | None:
    """What all rules in warn mode would have done to those who get the message now; None for nothing."""
    concerned, rules, outcomes = 0, [], set()
    for match in decision.warned:
        would = _would_have_been(match.rule.actions)
        if would and match.truth.yes & leaving:
            concerned |= match.truth.yes & leaving
            rules.append(match.rule.id)
            outcomes.add(would)
    if not rules:
        return None
    worst = next(one for one in (_REFUSED, _HELD, _CHANGED) if one in outcomes)
    return OnTrial(tuple(rules), concerned, worst)


def _would_have_been(actions: Iterable[Action]) -> str:
    """What a rule's actions come to; empty for those that nobody needs to hear of."""
    found = {_effect(action) for action in actions}
    return next((one for one in (_REFUSED, _HELD, _CHANGED) if one in found), "")


def _effect(action: Action) -> str:
    match action:
        case Refuse() | Drop():
            return _REFUSED
        case Hold() if not action.is_brief and action.terms.review is None:
            return _HELD
        case PutOnMtaHold() | HoldHeader():
            return _HELD
        case EnvelopeOnly():
            return _CHANGED
    return ""
