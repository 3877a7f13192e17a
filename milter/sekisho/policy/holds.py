"""What is wrong or odd in what a policy says of holds: groups that nobody knows, people who cannot be found, time that
never runs out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.approval import Approval, Role, roles, steps
from sekisho.policy.actions.holding import OFFERED_LATER, Hold, HoldSettings
from sekisho.policy.compiler import Known
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.clients import Direction
from sekisho.policy.conditions.tree import All, Any_
from sekisho.policy.trouble import Trouble
from sekisho.policy.word import Loc, Severity, kebab
from sekisho.policy.written import Numbered

_OF_SENDER = frozenset({"self", "manager", "peer"})
_IN_DIRECTORY = frozenset({"manager", "peer"})
WARNING = Severity.WARNING


def hold_troubles(loc: Loc, word: HoldSettings, known: Known) -> Iterator[Trouble]:
    """Of one hold by itself."""
    for number, offer in enumerate(word.offer):
        if offer in OFFERED_LATER:
            yield Trouble((*loc, "offer", number), f"`{offer}` is not available yet and is not offered", WARNING)
    for key, role in _all_roles(word):
        yield from _unknown((*loc, *key), role, known)
    if word.review is not None:
        for name in sorted(word.model_fields_set & {"approval", "for_", "until", "on_expiry"}):
            said = f"with `review` the mail is sent at once: `{kebab(name)}` has no effect"
            yield Trouble((*loc, kebab(name)), said, WARNING)
    elif not word.model_fields_set & {"approval", "for_", "until"}:
        said = "nobody is named who may release it, and it does not end: write `approval`, or `for` and `on-expiry`"
        yield Trouble(loc, said, WARNING)
    elif word.on_expiry != "keep" and word.for_ is None and word.until is None:
        yield Trouble((*loc, "on-expiry"), "the time of this hold never runs out: write `for` or `until`", WARNING)


def unsent(rules: list[Numbered]) -> Iterator[Trouble]:
    """Rules for mail from outside that ask for somebody whom only mail of ours has."""
    for rule in rules:
        asked = {role.kind for one in rule.model.then if isinstance(one, Hold) for _, role in _all_roles(one.hold)}
        missing = sorted(asked & _OF_SENDER)
        if missing and _is_inbound(rule.model.when):
            said = f"mail from outside has no sender of record: `{missing[0]}` will be the fallback person"
            yield Trouble(("rules", rule.number, "when"), said, WARNING, source=rule.source)


def _all_roles(word: HoldSettings) -> Iterator[tuple[Loc, Role]]:
    yield from ((("approval",), role) for role in _roles(word.approval))
    if word.escalate is not None:
        yield ("escalate", "to"), word.escalate.to
    if word.review is not None:
        yield from ((("review", "by"), role) for role in _roles(word.review.by))


def _roles(approval: Approval) -> Iterator[Role]:
    return (role for step in steps(approval) for role in roles(step))


def _unknown(loc: Loc, role: Role, known: Known) -> Iterator[Trouble]:
    if role.kind == "group" and role.name not in known.groups:
        said = f"unknown group `{role.name}`: say who is in it in sekisho.yaml, `approvals: {{groups: …}}`"
        yield Trouble(loc, said, word=role.name, known=tuple(sorted(known.groups)))
    if role.kind in _IN_DIRECTORY and not known.knows_people:
        said = f"nobody's {role.kind} is known, the fallback person is asked: say where the people are, `approvals:`"
        yield Trouble(loc, said, WARNING)


def _is_inbound(word: ConditionWord | None) -> bool:
    match word:
        case Direction():
            return word.direction == "inbound"
        case All():
            return any(map(_is_inbound, word.all))
        case Any_():
            return all(map(_is_inbound, word.any))
    return False
