"""What can be known of rules without any message: those that never match, are never reached, or rewrite a message
in two ways, and exemptions that rest on what anybody can claim.

Works on compiled conditions, where equal conditions are one object: a rule is the set of conditions that must all be
true. What is reported is certain; much that a person would see is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from sekisho.core.amounts import Comparison
from sekisho.core.rule import Mode
from sekisho.policy.actions.editing import EnvelopeOnly, EnvelopeOnlySettings
from sekisho.policy.asked import Asked
from sekisho.policy.compile import condition
from sekisho.policy.compiler import Compiler, Known
from sekisho.policy.conditions.addresses import From, RecipientPasses, Sender
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.clients import Goes
from sekisho.policy.conditions.counts import Amounts, EnvelopeCounts, HeaderCounts, ScoreIs, SizeIs
from sekisho.policy.conditions.tree import All, Any_
from sekisho.policy.joined import Either, Every, Neither
from sekisho.policy.trouble import Trouble
from sekisho.policy.word import Severity
from sekisho.policy.written import Numbered


def contradictions(rules: Iterable[Numbered], known: Known) -> Iterator[Trouble]:
    """Rules whose conditions can never be true together."""
    compiler = Compiler(known)
    for rule in rules:
        if _impossible(_needs(condition(compiler, rule.model))):
            yield _warning(rule, "when", "this rule can never match: its conditions exclude each other")


def shadowed(rules: Iterable[Numbered], known: Known) -> Iterator[Trouble]:
    """Rules that are never reached, because an earlier one stops at every message that they could match."""
    compiler = Compiler(known)
    stops: list[tuple[str, frozenset[Asked]]] = []
    for rule in rules:
        needed = _needs(condition(compiler, rule.model)).true
        before = next((name for name, enough in stops if enough <= needed), None)
        if before is not None:
            yield _warning(rule, "id", f"this rule is never reached: rule `{before}` stops at all that it could match")
        enforced = all(step.mode == Mode.ENFORCE.value for step in rule.steps)
        if enforced and any("stop" in type(one).model_fields for one in rule.model.then):
            stops.append((rule.model.id, needed))


def conflicts(rules: Iterable[Numbered], known: Known) -> Iterator[Trouble]:
    """Rules that rewrite the visible recipients in two ways, and may do so to the same message."""
    compiler = Compiler(known)
    seen: list[tuple[str, Needs, EnvelopeOnlySettings]] = []
    for rule in rules:
        needs = _needs(condition(compiler, rule.model))
        for action in rule.model.then:
            if not isinstance(action, EnvelopeOnly):
                continue
            settings = action.envelope_only
            other = next((name for name, one, its in seen if its != settings and not _impossible(one | needs)), None)
            if other is not None:
                yield _warning(
                    rule, "then", f"rule `{other}` shows other recipients in To: where both match, this counts"
                )
            seen.append((rule.model.id, needs, settings))


def exemptions(rules: Iterable[Numbered]) -> Iterator[Trouble]:
    """Exceptions, `accept` and `stop` that rest on a sender's address alone."""
    said = "this exemption rests on a sender address alone, which anybody can claim; add `client` or `direction`"
    for rule in rules:
        for number, exception in enumerate(rule.model.unless or ()):
            if _claimed(exception):
                yield Trouble(("rules", rule.number, "unless", number), said, Severity.WARNING, source=rule.source)
        exempts = {"accept", "stop"} & {name for one in rule.model.then for name in type(one).model_fields}
        if exempts and _claimed(rule.model.when):
            yield _warning(rule, "when", said)


def _warning(rule: Numbered, key: str, said: str) -> Trouble:
    return Trouble(("rules", rule.number, key), said, Severity.WARNING, source=rule.source)


def _claimed(word: ConditionWord) -> bool:
    """Whether a condition can be made true by claiming an address."""
    match word:
        case Sender() | From():
            return True
        case All():
            return all(map(_claimed, word.all))
        case Any_():
            return any(map(_claimed, word.any))
    return False


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be true, and what must not be, for a condition to be true."""

    true: frozenset[Asked]
    untrue: frozenset[Asked]

    def __or__(self, other: Needs) -> Needs:
        return Needs(self.true | other.true, self.untrue | other.untrue)


def _needs(asked: Asked) -> Needs:
    match asked:
        case Every():
            inner = [_needs(part) for part in asked.parts]
            return Needs(_union(one.true for one in inner), _union(one.untrue for one in inner))
        case Neither(inner=Either() as either):
            return Needs(frozenset((asked,)), frozenset((either, *either.parts)))
        case Neither():
            return Needs(frozenset((asked,)), frozenset((asked.inner,)))
    return Needs(frozenset((asked,)), frozenset())


def _union(sets: Iterable[frozenset[Asked]]) -> frozenset[Asked]:
    return frozenset().union(*sets)


def _impossible(needs: Needs) -> bool:
    if needs.true & needs.untrue:
        return True
    return any(_exclude(one, other) for one, other in combinations(needs.true, 2))


def _exclude(one: Asked, other: Asked) -> bool:
    """Whether the two are surely never true of the same recipient."""
    if isinstance(one, Goes) and isinstance(other, Goes):
        return one.direction != other.direction
    if isinstance(one, HeaderCounts | EnvelopeCounts) and isinstance(other, type(one)):
        return _counted(one) == _counted(other) and _amounts_exclude(one.amounts, other.amounts)
    if isinstance(one, SizeIs) and isinstance(other, SizeIs):
        return disjoint(one.size, other.size)
    if isinstance(one, ScoreIs) and isinstance(other, ScoreIs):
        return disjoint(one.score, other.score)
    return {_outside(one), _outside(other)} == {True, False}


def _outside(asked: Asked) -> bool | None:
    """Whether the recipients for whom it is true are outside (true) or inside (false); None where it does not say."""
    if isinstance(asked, Goes):
        return asked.direction == "outbound"
    return asked.wanted.external if isinstance(asked, RecipientPasses) else None


def _counted(asked: HeaderCounts | EnvelopeCounts) -> tuple[object, ...]:
    """Whom it counts."""
    return asked.external, asked.provider if isinstance(asked, HeaderCounts) else None


def _amounts_exclude(one: Amounts, other: Amounts) -> bool:
    pairs = ((one.count, other.count), (one.domains, other.domains))
    return any(a is not None and b is not None and disjoint(a, b) for a, b in pairs)


def disjoint(one: Comparison, other: Comparison) -> bool:
    """Whether no number satisfies both; says no where it is not sure."""
    # Comparisons change their answer only at their amounts: trying these, and what lies around them, decides.
    edges = sorted({one.amount, other.amount})
    tried = [edges[0] - 1, *edges, sum(edges) / len(edges), edges[-1] + 1]
    return not any(one.matches(number) and other.matches(number) for number in tried)
