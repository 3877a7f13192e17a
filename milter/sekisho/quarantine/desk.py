"""What is known where people are asked: who they are, how they work, how long one waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sekisho.core.amounts import Duration
from sekisho.core.approvers import Site
from sekisho.core.terms import Terms
from sekisho.core.worktime import Calendar, ends


@dataclass(frozen=True, slots=True)
class Desk:
    """Whom a site asks, and by which clock."""

    site: Site
    calendar: Calendar
    remind: Duration
    patience: timedelta

    def after(self, start: datetime, lasts: Duration | None) -> datetime | None:
        """When so long a time is over."""
        return ends(start, lasts, None, self.calendar)

    def escalation(self, start: datetime, terms: Terms) -> datetime | None:
        """When others are asked because of somebody who says nothing from a moment on."""
        return self.after(start, terms.escalate.after) if terms.escalate else None

    def next_look(self, start: datetime, terms: Terms) -> datetime | None:
        """When to remind somebody who was told at a moment, or to ask others."""
        moments = (self.after(start, self.remind), self.escalation(start, terms))
        return min((moment for moment in moments if moment is not None), default=None)
