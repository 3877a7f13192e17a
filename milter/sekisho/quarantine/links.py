"""Links into the page where people decide: made for a person and a hold, and opened again.

Given the site's key and the address under which the page is reached. What a link stands for is bound to the hold as it
is; why a token is good no more is for log and metrics, never for whoever presents it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sekisho.core.lifecycle import State
from sekisho.notices.links import LIFETIME, Grant, code_of, fingerprint, is_code, is_mark, is_valid, issue, mark_of
from sekisho.store import holds, tokens
from sekisho.store.ids import LENGTH, RandomOctets
from sekisho.store.rows import HoldRow
from sekisho.store.tokens import ChoiceRow, TokenRow
from sekisho.store.unit import Unit, View

DECIDE, UNDO = "decide", "undo"
MOST_WRONG = 3
"""Wrong codes after which a link is closed."""
_NOBODY = TokenRow("", "0" * LENGTH, DECIDE, "", "", "", datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Link:
    """What a notice shows: the page, and the code that must be typed there to have something sent."""

    url: str
    code: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A token that is good now, and what it leads to."""

    token: str
    row: TokenRow
    hold: HoldRow
    choice: ChoiceRow | None = None
    """What it can take back, or what became of that."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A token that is not good."""

    why: str
    """``unknown`` (or altered), ``used``, ``expired``, ``overtaken`` (the hold changed)."""
    hold: str = ""


class Links:
    """Makes and opens links. ``base`` ends with a slash; ``key`` has 32 octets or more."""

    def __init__(self, base: str, key: bytes, random: RandomOctets) -> None:
        self._base = base
        self._key = key
        self._random = random

    def invite(self, unit: Unit, hold: HoldRow, person: str, now: datetime, *, notice: str, approver: bool) -> Link:
        """A link by which the person may decide, once. ``notice``: the outbox row whose mail carries it."""
        token = self.decide_again(unit, hold, person, notice, now)
        return Link(f"{self._base}{'a' if approver else 'h'}/{token}", self.code(hold.id, person))

    def decide_again(self, unit: Unit, hold: HoldRow, person: str, notice: str, now: datetime) -> str:
        """A token by which somebody who took a choice back may choose anew."""
        return self._issued(unit, TokenRow("", hold.id, DECIDE, person, notice, "", now + LIFETIME), hold)

    def take_back(self, unit: Unit, hold: HoldRow, choice: ChoiceRow, notice: str, now: datetime) -> str:
        """A token by which a choice is taken back, and which afterwards shows what became of it."""
        row = TokenRow("", hold.id, UNDO, choice.person, notice, choice.id, now + LIFETIME)
        return self._issued(unit, row, hold)

    def opened(self, view: View, token: str, now: datetime) -> Opened | Closed:
        """What a token leads to, if it is good now."""
        row = tokens.find(view, fingerprint(token)) or _NOBODY
        hold = holds.load(view, row.hold)
        choice = tokens.chosen(view, row.choice)
        is_valid_now = is_valid(self._key, token, _grant(row, hold), now)
        if hold is None:
            return Closed("unknown")
        if row.used is not None:
            return Closed("used", hold.id)
        if not is_valid_now:
            return Closed("expired" if now >= row.expires else "overtaken", hold.id)
        return Opened(token, row, hold, choice)

    def code(self, hold: str, person: str) -> str:
        """The code that accompanies links about a hold to a person."""
        return code_of(self._key, hold, person)

    def is_code(self, opened: Opened, typed: str) -> bool:
        """Whether somebody typed the code of the mail."""
        return is_code(self._key, opened.hold.id, opened.row.person, typed)

    def mark(self, token: str, now: datetime) -> str:
        """What a form on the token's page carries, so that only who fetched the page can post it."""
        return mark_of(self._key, token, now)

    def is_mark(self, token: str, mark: str, now: datetime) -> bool:
        """Whether a form carries what the token's page gave it."""
        return is_mark(self._key, token, mark, now)

    def _issued(self, unit: Unit, row: TokenRow, hold: HoldRow) -> str:
        token = issue(self._key, _grant(row, hold), self._random)
        tokens.add(unit, replace(row, fingerprint=fingerprint(token)))
        return token


def _grant(row: TokenRow, hold: HoldRow | None) -> Grant:
    """What the token is bound to: a decision to those who wait, taking back to the choice."""
    digest = hold.message.digest if hold else ""
    if row.action == UNDO:
        return Grant(row.hold, f"{UNDO}:{row.choice}", row.person, digest, (), row.expires)
    people = hold.recipients if hold else ()
    waiting = tuple(person.path.address for person in people if person.state is State.HELD)
    return Grant(row.hold, DECIDE, row.person, digest, waiting, row.expires)
