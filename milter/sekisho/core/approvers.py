"""From roles to people: who is to be asked about a step of an approval, and who instead where there is nobody.

Given a step, what is known of the message and the site's people; gives whom to ask and what could not be found, as
codes. Nobody is asked about mail of their own but for `self`; nobody outside the organisation is asked at all; for
people who are away their deputies are asked. Where those who are left cannot open the step together, the fallback
persons are asked besides, and if that is not enough the postmaster: somebody always is. Raises what `People` raises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sekisho.core.approval import ESCALATION, FALLBACK, OPERATOR, Role, Step, Vote, is_open, roles
from sekisho.core.people import People

MOST_PEERS = 20
"""Of a large section so many are asked, others for another message."""
_MOST_MANAGERS = 10

NO_SENDER = "no-sender"
NO_MANAGER = "no-manager"
NO_PEERS = "no-peers"
NO_CC_APPROVER = "no-cc-approver"
NO_GROUP = "unknown-group"
EMPTY_GROUP = "empty-group"
OWN_MAIL = "own-mail"
EXTERNAL = "external"
ABSENT = "absent"
DEPUTY_LOOP = "deputy-loop"
AWAY = "directory-away"
TOO_FEW = "too-few"
ESCALATED = "escalated"
UNANSWERED = "unanswered"
UNASKED = "unasked"
"""Of a sender who confirms without having been asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to ask."""

    role: str
    """As the step spells it, or one of `core.approval.STAND_INS`."""
    person: str
    principal: str
    """For whom: the person, or the one whose deputy the person is."""
    why: str = ""
    """Why this one: empty for those whom the step names, else a code of this module."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who should have been asked and cannot be."""

    role: str
    why: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom to ask, and who could not be found."""

    asked: tuple[Asked, ...]
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of the hold."""

    serial: str
    """The hold's id; chooses among many peers."""
    sender: str
    """The sender of record; empty where nobody is known."""
    among: tuple[str, ...]
    """Internal addresses among the message's recipients."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a site asks."""

    people: People
    is_external: Callable[[str], bool]
    """Whether an address is outside the organisation."""
    fallback: tuple[str, ...]
    last: str
    """The postmaster."""


class _Gone(Exception):
    """Nobody can be asked, for this reason."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def resolve(step: Step, matter: Matter, site: Site) -> Found:
    """Who is asked first about a step."""
    search = _Search(matter, site)
    for role in roles(step):
        search.add(role)
    return search.completed(step)


def fall_back(step: Step, matter: Matter, site: Site, why: str) -> Found:
    """Who is asked when it cannot be found out who should be, or nobody has answered: the fallback persons."""
    search = _Search(matter, site)
    search.add_fallback(why)
    return search.completed(step, why)


def escalate(to: Role, unanswered: Iterable[tuple[str, str, str]], matter: Matter, site: Site) -> Found:
    """Who is asked besides. ``unanswered``: role, person and principal of those who were asked and say nothing."""
    search = _Search(matter, site)
    if to.kind == "deputy":
        for role, person, principal in unanswered:
            search.add_deputy(role, person, principal)
    else:
        search.add(to, as_role=ESCALATION, why=ESCALATED)
    if not search.asked:
        search.add_fallback(ESCALATED)
    return search.found()


class _Search:
    """Looks for people, one role after the other."""

    def __init__(self, matter: Matter, site: Site) -> None:
        self._matter = matter
        self._site = site
        self._sender = self._known_as(matter.sender)
        self.asked: dict[tuple[str, str, str], Asked] = {}
        self._missing: list[Missing] = []

    def found(self) -> Found:
        return Found(tuple(self.asked.values()), tuple(self._missing))

    def completed(self, step: Step, why: str = "") -> Found:
        """With the fallback persons, and at last the postmaster, where the others could not open the step."""
        if not self._is_enough(step):
            why = why or (self._missing[0].why if self._missing else TOO_FEW)
            self.add_fallback(why)
            last = self._known_as(self._site.last)
            if not self._is_enough(step) and last != self._sender:
                self._ask(FALLBACK, last, last, why)
        return self.found()

    def add(self, role: Role, *, as_role: str = "", why: str = "") -> None:
        """Everybody whom a role means."""
        if role == OPERATOR:
            return
        before = len(self.asked)
        try:
            for principal in self._candidates(role):
                self._add_one(as_role or str(role), principal, why, is_own=role.kind == "self")
            if len(self.asked) == before and not self._missing:
                self._missing.append(Missing(str(role), TOO_FEW))
        except _Gone as gone:
            self._missing.append(Missing(str(role), gone.why))

    def add_fallback(self, why: str) -> None:
        for address in self._site.fallback:
            self._add_one(FALLBACK, self._known_as(address), why)

    def add_deputy(self, role: str, person: str, principal: str) -> None:
        """The deputy of somebody who does not answer."""
        known = self._site.people.find(person)
        if known is None or not known.deputy:
            self._missing.append(Missing(role, ABSENT, person))
            return
        try:
            self._ask(role, self._present(self._known_as(known.deputy)), principal, ESCALATED)
        except _Gone as gone:
            self._missing.append(Missing(role, gone.why, person))

    def _add_one(self, role: str, principal: str, why: str, *, is_own: bool = False) -> None:
        try:
            person = principal if is_own else self._present(principal)
            self._ask(role, person, principal, why)
        except _Gone as gone:
            self._missing.append(Missing(role, gone.why, principal))

    def _ask(self, role: str, person: str, principal: str, why: str) -> None:
        self.asked.setdefault((role, person, principal), Asked(role, person, principal, why))

    def _candidates(self, role: Role) -> Sequence[str]:
        """The people whom a role means, whether they are there or not."""
        match role.kind:
            case "self":
                return self._required([self._sender] if self._sender else [], NO_SENDER)
            case "manager":
                return self._required(list(self._managers())[:1], NO_MANAGER)
            case "peer":
                return self._required(self._peers(), NO_PEERS)
            case "cc-approver":
                return self._required(self._among_recipients(), NO_CC_APPROVER)
            case "group":
                return self._members(role.name)
            case _:
                return [self._known_as(role.name)]

    @staticmethod
    def _required(found: Sequence[str], why: str) -> Sequence[str]:
        if not found:
            raise _Gone(why)
        return found

    def _managers(self) -> Iterator[str]:
        """The sender's manager, and the manager's."""
        seen = {self._sender}
        person = self._site.people.find(self._sender) if self._sender else None
        while person is not None and person.manager and len(seen) <= _MOST_MANAGERS:
            manager = self._known_as(person.manager)
            if manager in seen:
                return
            seen.add(manager)
            yield manager
            person = self._site.people.find(manager)

    def _peers(self) -> Sequence[str]:
        person = self._site.people.find(self._sender) if self._sender else None
        section = self._site.people.section(person.section) if person is not None and person.section else ()
        others = {self._known_as(address) for address in section} - {self._sender}
        return sorted(others, key=self._shuffled)[:MOST_PEERS]

    def _shuffled(self, address: str) -> bytes:
        return hashlib.sha256(f"{self._matter.serial} {address}".encode("utf-8", "surrogateescape")).digest()

    def _among_recipients(self) -> Sequence[str]:
        """Recipients who approve for others: members of any group, and those who lead the sender."""
        leading = {*map(self._known_as, self._site.people.approvers()), *self._managers()}
        there = dict.fromkeys(map(self._known_as, self._matter.among))
        return [address for address in there if address in leading and address != self._sender]

    def _members(self, name: str) -> Sequence[str]:
        members = self._site.people.group(name)
        if members is None:
            raise _Gone(NO_GROUP)
        return self._required(list(dict.fromkeys(map(self._known_as, members))), EMPTY_GROUP)

    def _present(self, principal: str) -> str:
        """Who answers for somebody now: the person, or the deputy, or the deputy's."""
        seen = {principal}
        current = principal
        self._check(current)
        while absence := self._site.people.absence(current, self._matter.at):
            known = self._site.people.find(current)
            deputy = self._known_as(absence.deputy or (known.deputy if known else ""))
            if not deputy:
                raise _Gone(ABSENT)
            if deputy in seen:
                raise _Gone(DEPUTY_LOOP)
            self._check(deputy)
            seen.add(deputy)
            current = deputy
        return current

    def _check(self, address: str) -> None:
        if address == self._sender:
            raise _Gone(OWN_MAIL)
        if self._site.is_external(address):
            raise _Gone(EXTERNAL)

    def _known_as(self, address: str) -> str:
        """The one address of a person, whichever alias was given."""
        known = self._site.people.find(address) if address else None
        return known.address if known is not None else address.lower()

    def _is_enough(self, step: Step) -> bool:
        """Whether the step opens when everybody who is asked agrees."""
        everybody = frozenset({0})
        votes = [Vote(0, one.role, one.person, one.principal, everybody) for one in self.asked.values()]
        operator = Vote(0, str(OPERATOR), str(OPERATOR), str(OPERATOR), everybody)
        return is_open(step, [*votes, operator])
