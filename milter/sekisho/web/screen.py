"""What the page behind a link shows of a hold: values for its templates, in the reader's language.

Given the hold, what the person may choose, the texts and the moment. Everything from outside is one clean line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import State
from sekisho.core.oneline import one_line
from sekisho.core.terms import Preview
from sekisho.notices.texts import Texts
from sekisho.notices.why import LONGEST_SENTENCE, why
from sekisho.quarantine.choose import PICKED, REASONS, preview_of, sends
from sekisho.quarantine.notify import deadline_of
from sekisho.store.rows import HoldRow

_YES = frozenset({"approve", "send-with-reason"})
MOST_CHIPS = 12
MOST_PICKED = 50
"""Of more recipients nobody picks some on a telephone."""
STRIP = 5
"""Lines of evidence on the first screen, below the headline."""


@dataclass(frozen=True, slots=True)
class Chip:
    """The recipients of one domain."""

    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient who waits."""

    number: int
    """Its place in the hold."""
    address: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready reason."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    code: str
    text: str
    way: str
    """``safe``: chosen on the first screen; ``fix``, ``yes``: they send, and have a page of their own."""
    whom: str
    """What is asked where it can be chosen for some of the recipients; empty where one waits."""
    reasons: tuple[Ready, ...]
    """One of these is asked for; none: no reason is asked."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A hold as its reader sees it."""

    headline: str
    sender: str
    subject: str
    chips: tuple[Chip, ...]
    left: str
    otherwise: str
    explanation: str
    strip: tuple[str, ...]
    evidence: tuple[str, ...]
    waiting: tuple[Person, ...]
    options: tuple[Option, ...]
    note: str
    shows_message: bool
    hidden_note: str
    foot: str


def screen_of(hold: HoldRow, offers: Sequence[str], texts: Texts, now: datetime, note: str, explanation: str) -> Screen:
    """The first screen, and what the pages behind it need. ``offers``: codes of choices, the safest first."""
    return _Writer(hold, texts, now).screen(offers, note, explanation)


class _Writer:
    def __init__(self, hold: HoldRow, texts: Texts, now: datetime) -> None:
        self._hold = hold
        self._texts = texts
        self._now = now
        self._preview = preview_of(hold)
        self._marks = self._marks_of_all()

    def screen(self, offers: Sequence[str], note: str, explanation: str) -> Screen:
        hold, evidence = self._hold, self._evidence()
        deadline, fate = deadline_of(hold)
        sent = {"time": self._texts.moment(hold.created, self._now), "zone": self._texts.offset(hold.created)}
        return Screen(
            headline=evidence[0],
            sender=self._texts.say("screen.from", sender=hold.message.sender_of_record or hold.message.sender.address),
            subject=one_line(hold.message.subject, LONGEST_SENTENCE).strip() or self._texts.say("subject.none"),
            chips=self._chips(),
            left=self._left(deadline) if deadline else "",
            otherwise=self._otherwise(fate, deadline),
            explanation=one_line(explanation, LONGEST_SENTENCE),
            strip=self._strip(evidence[1:]),
            evidence=tuple(evidence),
            waiting=self._waiting(),
            options=self._options(offers),
            note=note,
            shows_message=self._preview is Preview.FULL,
            hidden_note=self._texts.say("screen.hidden.findings") if self._preview is Preview.FINDINGS else "",
            foot=self._texts.say("screen.time", **sent),
        )

    @property
    def _is_review(self) -> bool:
        """Whether it has gone already and is only looked at."""
        return self._hold.state is not State.HELD

    def _otherwise(self, fate: OnExpiry, deadline: datetime | None) -> str:
        if self._is_review:
            return self._texts.say("screen.review")
        return self._texts.by(f"otherwise.{fate.value}", self._moment(deadline))

    def _evidence(self) -> list[str]:
        """Sentences, the most telling first; never none."""
        if self._preview is Preview.NONE:
            return [self._texts.say("screen.hidden.none")]
        kept = self._hold.evidence
        found = sorted(kept.findings, key=lambda finding: -finding.score)
        lines = why(found, kept.messages.values(), kept.reasons.values(), self._texts.language)
        return lines or [self._texts.say("held.lead", count=len(self._waiting()))]

    def _strip(self, rest: Sequence[str]) -> tuple[str, ...]:
        """What stands below the headline."""
        if len(rest) <= STRIP:
            return tuple(rest)
        return (*rest[: STRIP - 1], self._texts.say("screen.more", count=len(rest) - STRIP + 1))

    def _marks_of_all(self) -> dict[int, tuple[str, ...]]:
        """What is said beside each recipient, by ordinal."""
        marks: dict[int, dict[str, None]] = {}
        for finding in self._hold.evidence.findings if self._preview is not Preview.NONE else ():
            key = f"screen.mark.{finding.code}"
            if key in self._texts.templates:
                for ordinal in range(len(self._hold.recipients)):
                    if finding.recipients >> ordinal & 1:
                        marks.setdefault(ordinal, {})[self._texts.say(key)] = None
        return {ordinal: tuple(found) for ordinal, found in marks.items()}

    def _waiting(self) -> tuple[Person, ...]:
        people = enumerate(self._hold.recipients)
        return tuple(
            Person(ordinal, one_line(person.path.address, 320), self._marks.get(ordinal, ()))
            for ordinal, person in people
            if self._is_review or person.state is State.HELD
        )

    def _chips(self) -> tuple[Chip, ...]:
        """By domain, those with a mark first."""
        counts: Counter[str] = Counter()
        marks: dict[str, dict[str, None]] = {}
        for person in self._waiting():
            domain = person.address.rpartition("@")[2]
            counts[domain] += 1
            marks.setdefault(domain, {}).update(dict.fromkeys(person.marks))
        ordered = sorted(counts, key=lambda domain: (not marks[domain], -counts[domain]))
        chips = [
            Chip(self._texts.say("domain-count", domain=domain, count=counts[domain]), tuple(marks[domain]))
            for domain in ordered[:MOST_CHIPS]
        ]
        left = sum(counts[domain] for domain in ordered[MOST_CHIPS:])
        return (*chips, *([Chip(self._texts.say("and-more", count=left), ())] if left else []))

    def _options(self, offers: Sequence[str]) -> tuple[Option, ...]:
        few = len(self._waiting()) <= MOST_PICKED
        possible = [code for code in offers if few or code != PICKED]
        return tuple(self._option(code, first=not number) for number, code in enumerate(possible))

    def _option(self, code: str, *, first: bool) -> Option:
        key = f"choice.review.{code}" if self._is_review else f"choice.{code}"
        text = self._texts.counted(key, len(self._waiting()))
        reasons = tuple(Ready(one, self._texts.say(f"reason.{one}")) for one in REASONS.get(code, ()))
        shown = self._texts.say("do.recommended", choice=text) if first and not self._is_review else text
        asked = self._texts.say("screen.whom.drop-recipient" if code == PICKED else "screen.whom")
        way = _way(code) if sends(self._hold, code) else "safe"
        picks = 1 < len(self._waiting()) <= MOST_PICKED and way != "fix" and not self._is_review
        return Option(code, shown, way, asked if picks else "", reasons)

    def _moment(self, deadline: datetime | None) -> str:
        return self._texts.moment(deadline, self._now) if deadline else ""

    def _left(self, deadline: datetime) -> str:
        left = deadline - self._now
        if left <= timedelta(0):
            return self._texts.say("screen.left.over")
        return self._texts.say("screen.left", span=self._texts.span(left))


def _way(code: str) -> str:
    return "yes" if code in _YES else "fix"
