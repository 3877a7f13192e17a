"""Rules and policies, compiled: conditions that can be asked, actions that can be carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from sekisho.core.actions import Action
from sekisho.core.facts import Facts
from sekisho.core.reason import Reason
from sekisho.core.truth import Mask, Truth
from sekisho.core.values import value


class Mode(Enum):
    """How much a rule may do: nothing, record, tell the sender, act."""

    OFF = "off"
    MONITOR = "monitor"
    WARN = "warn"
    ENFORCE = "enforce"


class OnError(Enum):
    """What becomes of recipients for whom a rule's condition is unknown."""

    TEMPFAIL = "tempfail"
    MATCH = "match"
    ACCEPT = "accept"


class Condition(Protocol):
    """A compiled condition. Equal conditions are equal objects, so that each is asked once a message."""

    def truth(self, facts: Facts) -> Truth:
        """For whom it is true; a source that is away makes it unknown, never raises."""

    def reason(self, facts: Facts) -> Reason:
        """Why it is, or is not, true."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition and the actions that follow."""

    id: str
    mode: Mode
    when: Condition
    actions: tuple[Action, ...]
    on_error: OnError = OnError.TEMPFAIL
    place: str = ""
    """``file:line`` of its definition."""
    description: str = ""
    message: Mapping[str, str] = field(default_factory=dict)
    """The site's own words for people, by language."""
    severity: str = ""
    """``low``, ``medium``, ``high``, ``critical``; empty where the site says nothing."""


@value(frozen=True, slots=True)
class Match:
    """A rule, and for whom it matched; ``truth.unknown`` are those whom ``on-error: tempfail`` refuses."""

    rule: Rule
    truth: Truth
    spared: Mask = 0
    """Whom the rule's holds do not concern, because somebody agreed to the same before."""

    def held(self, everyone: Mask, *, whole: bool) -> Mask:
        """Whom a hold of the rule concerns."""
        left = self.truth.yes & ~self.spared
        return everyone if whole and left else left


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules, in the order in which they are written."""

    rules: tuple[Rule, ...]
