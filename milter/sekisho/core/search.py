"""From roles to people: who is to be asked about a step of an approval, and who instead where there is nobody.

Given a step, what is known of the message and the site's people; gives whom to ask and what could not be found, as
codes. Nobody is asked about mail of their own but for `self`; nobody outside the organisation is asked at all; for
people who are away, or whom no request reaches, their deputies are asked. Where those who are left cannot open the step
together, the fallback persons are asked besides, and if that is not enough the postmaster: somebody always is. Raises
what `People` raises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sekisho.core.approval import ESCALATION, FALLBACK, OPERATOR, STAND_INS, Role, Step, Vote, is_open, roles
from sekisho.core.approvers import (
    ABSENT,
    DEPUTY_LOOP,
    EMPTY_GROUP,
    ESCALATED,
    EXTERNAL,
    NO_CC_APPROVER,
    NO_GROUP,
    NO_MANAGER,
    NO_PEERS,
    NO_SENDER,
    OWN_MAIL,
    TOO_FEW,
    UNREACHED,
    Asked,
    Found,
    Matter,
    Missing,
    Site,
)

MOST_PEERS = 20
"""Of a large section so many are asked, others for another message."""
_MOST_MANAGERS = 10


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
    return replace(search.found(), enough=bool(search.asked))


def stand_in(step: Step, asked: Iterable[Asked], matter: Matter, site: Site) -> Found:
    """Who is asked instead of people whom no request reached. ``asked``: everybody who was asked about the step."""
    search = _Search(matter, site)
    lost = [one for one in asked if not search.remember(one)]
    for one in lost:
        search.add_instead(one)
    return search.completed(step, UNREACHED)


class _Search:
    """Looks for people, one role after the other."""

    def __init__(self, matter: Matter, site: Site) -> None:
        self._matter = matter
        self._site = site
        self._sender = self._known_as(matter.sender)
        self.asked: dict[tuple[str, str, str], Asked] = {}
        self._before: dict[tuple[str, str, str], Asked] = {}
        self._missing: list[Missing] = []

    def found(self) -> Found:
        return Found(tuple(self.asked.values()), tuple(self._missing))

    def completed(self, step: Step, why: str = "") -> Found:
        """With the fallback persons, and at last the postmaster, where the others could not open the step."""
        if not self._is_enough(step):
            why = why or (self._missing[0].why if self._missing else TOO_FEW)
            self.add_fallback(why)
            if not self._is_enough(step):
                self._add_last(why)
        return replace(self.found(), enough=self._is_enough(step))

    def remember(self, one: Asked) -> bool:
        """Whether somebody who was asked before has the request, and counts."""
        if self._is_unreached(one.person):
            return False
        self._before[one.role, one.person, one.principal] = one
        return True

    def add_instead(self, one: Asked) -> None:
        """Somebody instead of who was not reached: the deputy, or another peer; of stand-ins the next."""
        self._missing.append(Missing(one.role, UNREACHED, one.person))
        before = len(self.asked)
        if one.role == "peer":
            for principal in self._peers():
                self._add_one(one.role, principal, UNREACHED)
        elif one.principal != self._sender:
            self._add_deputy_of(one)
        if one.role in STAND_INS and len(self.asked) == before:
            self.add_fallback(UNREACHED)
        if one.role in STAND_INS and len(self.asked) == before:
            self._add_last(UNREACHED)

    def _add_deputy_of(self, one: Asked) -> None:
        try:
            self._ask(one.role, self._present(one.person), one.principal, UNREACHED)
        except _Gone as gone:
            if gone.why != UNREACHED:
                self._missing.append(Missing(one.role, gone.why, one.person))

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

    def _add_last(self, why: str) -> None:
        """The postmaster."""
        last = self._known_as(self._site.last)
        if last != self._sender and not self._is_unreached(last):
            self._ask(FALLBACK, last, last, why)

    def _ask(self, role: str, person: str, principal: str, why: str) -> None:
        if (role, person, principal) not in self._before:
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
        known = {self._known_as(address) for address in section} - {self._sender}
        others = (address for address in known if not self._is_unreached(address))
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
        while (absence := self._site.people.absence(current, self._matter.at)) or self._is_unreached(current):
            known = self._site.people.find(current)
            deputy = self._known_as((absence.deputy if absence else "") or (known.deputy if known else ""))
            if not deputy:
                raise _Gone(ABSENT if absence else UNREACHED)
            if deputy in seen:
                raise _Gone(DEPUTY_LOOP)
            self._check(deputy)
            seen.add(deputy)
            current = deputy
        return current

    def _is_unreached(self, address: str) -> bool:
        return address.lower() in self._matter.unreached

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
        there = [*self._before.values(), *self.asked.values()]
        votes = [Vote(0, one.role, one.person, one.principal, everybody) for one in there]
        operator = Vote(0, str(OPERATOR), str(OPERATOR), str(OPERATOR), everybody)
        return is_open(step, [*votes, operator])
