"""Who has to agree before a lock opens: the tree that a policy writes, and what the votes so far come to. Pure.

An approval is a chain of steps, one after the other; most have one. A step is a role, any of several, or a number of
several. A vote is one person's yes: for a role in a step, for some recipients of the hold, as oneself or as somebody's
deputy. Within `n-of` neither a person nor the one whom they stand for counts twice. A no is no vote: it ends the hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CC_APPROVER = "cc-approver"
WORDS = ("operator", "self", "manager", "peer", CC_APPROVER)
NAMED = ("group", "address")

FALLBACK = "fallback"
"""The role of whoever is asked because somebody else could not be found."""
ESCALATION = "escalation"
"""The role of whoever is asked because others did not answer in time."""
STAND_INS = frozenset({FALLBACK, ESCALATION})
"""Their yes counts for any one role of the step."""


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who may be found only when the message is known; ``name`` is that of a group, or an address."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


OPERATOR = Role("operator")
"""Whoever runs the gateway, by the command line."""
SELF = Role("self")
"""The sender of record."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these is enough."""

    of: tuple[Role | NOf, ...]

    def __str__(self) -> str:
        return f"any-of: [{', '.join(map(_inner, self.of))}]"


@dataclass(frozen=True, slots=True)
class NOf:
    """So many different people: of one role's, or each for another of several."""

    n: int
    of: tuple[Role | AnyOf, ...]

    def __str__(self) -> str:
        of = str(self.of[0]) if len(self.of) == 1 else f"[{', '.join(map(_inner, self.of))}]"
        return f"n-of: {{n: {self.n}, of: {of}}}"


Step = Role | AnyOf | NOf


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps, each asked when the one before it is open."""

    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(_inner, self.steps))}]"


Approval = Step | Chain


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's yes."""

    step: int
    role: str
    """A role of the step as it is spelled, or one of `STAND_INS`."""
    person: str
    principal: str
    """For whom: the person, unless a deputy."""
    covers: frozenset[int]
    """For which recipients of the hold, by ordinal."""


def _inner(step: Step) -> str:
    return str(step) if isinstance(step, Role) else f"{{{step}}}"


def steps(approval: Approval) -> tuple[Step, ...]:
    """The steps of a chain; anything else is a chain of one."""
    return approval.steps if isinstance(approval, Chain) else (approval,)


def roles(step: Step) -> tuple[Role, ...]:
    """The roles of a step, each once, in order."""
    return tuple(dict.fromkeys(_roles(step)))


def _roles(step: Step) -> Iterator[Role]:
    if isinstance(step, Role):
        yield step
    else:
        for inner in step.of:
            yield from _roles(inner)


def standing(approval: Approval, votes: Iterable[Vote], recipient: int) -> int:
    """The first step that is not open yet for a recipient; as many as there are steps if none is left."""
    cast = [vote for vote in votes if recipient in vote.covers]
    every = steps(approval)
    for number, step in enumerate(every):
        if not is_open(step, [vote for vote in cast if vote.step == number]):
            return number
    return len(every)


def is_open(step: Step, votes: Sequence[Vote]) -> bool:
    """Whether these votes, all of this step, open it."""
    match step:
        case Role():
            return any(_speaks_for(vote, step) for vote in votes)
        case AnyOf(of=of):
            return any(is_open(inner, votes) for inner in of)
        case NOf(n=n, of=(single,)):
            return _most([vote for vote in votes if is_open(single, [vote])], n) >= n
        case NOf(n=n, of=of):
            return _filled(of, votes, n)


def _speaks_for(vote: Vote, role: Role) -> bool:
    return vote.role == str(role) or vote.role in STAND_INS


def _most(votes: Sequence[Vote], enough: int) -> int:
    """How many of the votes are of different people for different people, as far as ``enough``."""
    if enough == 0 or not votes:
        return 0
    first, rest = votes[0], votes[1:]
    taken = 1 + _most([vote for vote in rest if not _same(vote, first)], enough - 1)
    return taken if taken >= enough else max(taken, _most(rest, enough))


def _filled(of: Sequence[Step], votes: Sequence[Vote], n: int) -> bool:
    """Whether ``n`` of the steps can be opened by a vote each, of different people."""
    if n == 0:
        return True
    if len(of) < n:
        return False
    for vote in votes:
        if is_open(of[0], [vote]) and _filled(of[1:], [one for one in votes if not _same(one, vote)], n - 1):
            return True
    return _filled(of[1:], votes, n)


def _same(one: Vote, other: Vote) -> bool:
    """Whether two votes are by or for the same person."""
    return bool({one.person, one.principal} & {other.person, other.principal})


def parse(value: object) -> Approval:
    """What a policy writes: a word, a mapping, or a list of these as a chain. Raises ``ValueError`` in words."""
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError("an empty chain: name at least one approver")
        found = tuple(_step(inner) for inner in value)
        return found[0] if len(found) == 1 else Chain(found)
    return _step(value)


def _step(value: object) -> Step:
    if isinstance(value, str):
        return _role(value)
    key, inner = next(iter(value.items())) if isinstance(value, Mapping) and len(value) == 1 else ("", None)
    if key == "any-of" and isinstance(inner, list | tuple) and inner:
        return AnyOf(tuple(_in_any_of(one) for one in inner))
    if key == "n-of" and isinstance(inner, Mapping):
        return _n_of(inner)
    known = f"{', '.join(WORDS)}, group:NAME, address:A, any-of or n-of"
    raise ValueError(f"not an approval; write one of {known}; a chain is the outermost list")


def _role(text: str) -> Role:
    kind, colon, name = text.partition(":")
    name = name.strip()
    if (not colon and kind in WORDS) or (kind in NAMED and name):
        return Role(kind, name.lower() if kind == "address" else name)
    raise ValueError(f"{text!r} is not an approver; write one of {', '.join(WORDS)}, group:NAME or address:A")


def _in_any_of(value: object) -> Role | NOf:
    found = _step(value)
    if isinstance(found, AnyOf):
        raise ValueError("any-of within any-of: write one list")
    return found


def _n_of(value: Mapping[str, Any]) -> NOf:
    number, of = value.get("n"), value.get("of")
    if set(value) != {"n", "of"} or not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError("n-of needs how many and of whom: n-of: {n: 2, of: group:legal}")
    several = of if isinstance(of, list | tuple) else [of]
    if not several:
        raise ValueError("n-of needs somebody to ask: n-of: {n: 2, of: group:legal}")
    found = tuple(_in_n_of(one) for one in several)
    if len(found) == 1:
        _require_several(number, found[0])
    elif len(found) < number:
        raise ValueError(f"{number} of {len(found)} approvers can never agree")
    return NOf(number, found)


def _in_n_of(value: object) -> Role | AnyOf:
    found = _step(value)
    if isinstance(found, NOf) or (isinstance(found, AnyOf) and any(isinstance(one, NOf) for one in found.of)):
        raise ValueError("n-of within n-of: write one number")
    return found


def _require_several(number: int, of: Step) -> None:
    people = roles(of)
    if number > len(people) and all(role.kind in ("operator", "self", "manager", "address") for role in people):
        raise ValueError(f"{number} of {len(people)} approvers can never agree")


def plain(approval: Approval) -> Any:
    """The approval as `parse` takes it, as plain data."""
    match approval:
        case Chain(steps=several):
            return [plain(step) for step in several]
        case AnyOf(of=of):
            return {"any-of": [plain(one) for one in of]}
        case NOf(n=n, of=of):
            return {"n-of": {"n": n, "of": plain(of[0]) if len(of) == 1 else [plain(one) for one in of]}}
        case Role():
            return str(approval)
