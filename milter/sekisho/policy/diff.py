"""What a new policy changes, in words: rules added, removed, tightened, loosened.

A rule is tightened when it holds, edits or refuses more than before; a rule that only exempts is tightened when it
exempts less. Where that is not certain the rule is said to be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from sekisho.policy.actions.base import ActionWord
from sekisho.policy.actions.holding import HoldSettings
from sekisho.policy.models import ModeStep, PolicyFile
from sekisho.policy.steps import STRICTNESS
from sekisho.policy.width import Width, compared, exceptions
from sekisho.policy.word import kebab, written
from sekisho.policy.written import Numbered, rules_of

EXEMPTING = frozenset({"accept", "stop"})
ON_ERROR = ("accept", "match", "tempfail")


class Kind(Enum):
    """What has become of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that is not as it was, and in which respects."""

    rule: str
    kind: Kind
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        details = f": {'; '.join(self.details)}" if self.details else ""
        return f"{self.kind.value} rule `{self.rule}`{details}"


def differences(old: Sequence[PolicyFile], new: Sequence[PolicyFile]) -> tuple[Difference, ...]:
    """Every rule that is not as it was, those of the new policy first, in its order."""
    before = {one.model.id: one for one in rules_of(old)}
    after = {one.model.id: one for one in rules_of(new)}
    found = [_difference(before.get(name), one) for name, one in after.items()]
    removed = [Difference(name, Kind.REMOVED, _outline(one)) for name, one in before.items() if name not in after]
    moved = _moved([name for name in before if name in after], [name for name in after if name in before])
    return (*(one for one in found if one is not None), *removed, *moved)


def _outline(one: Numbered) -> tuple[str, ...]:
    actions = ", ".join(_word(action) for action in one.model.then)
    return (f"mode {_modes(one)}", f"then {actions}")


def _difference(old: Numbered | None, new: Numbered) -> Difference | None:
    if old is None:
        return Difference(new.model.id, Kind.ADDED, _outline(new))
    changes = [change for aspect in ASPECTS for change in aspect(old, new)]
    if not changes:
        return None
    return Difference(new.model.id, _kind({kind for kind, _ in changes}), tuple(said for _, said in changes))


def _kind(kinds: set[Kind]) -> Kind:
    """Of the whole rule: what certainly goes both ways is only changed."""
    decided = kinds - {Kind.CHANGED}
    return decided.pop() if len(decided) == 1 and len(kinds) == 1 else Kind.CHANGED


Change = tuple[Kind, str]


def _mode(old: Numbered, new: Numbered) -> Iterator[Change]:
    if old.steps == new.steps:
        return
    kind = Kind.CHANGED
    if old.steps[:-1] == new.steps[:-1]:
        kind = _exempting(new, _rise(STRICTNESS.index(old.mode), STRICTNESS.index(new.mode)))
    yield kind, f"mode was {_modes(old)}, is {_modes(new)}"


def _modes(rule: Numbered) -> str:
    """``enforce``, or ``enforce (senders: pilot), else monitor``."""
    steps = [f"{step.mode} ({', '.join(_limits(step))})" for step in rule.steps[:-1]]
    return ", else ".join([*steps, rule.mode.value])


def _limits(step: ModeStep) -> list[str]:
    senders = [f"senders: {', '.join(step.senders)}"] if step.senders is not None else []
    return [*senders, *([f"from: {step.from_}"] if step.from_ is not None else [])]


def _condition(old: Numbered, new: Numbered) -> Iterator[Change]:
    width = compared(old.model.when, new.model.when)
    if width is not Width.SAME:
        yield _exempting(new, _of(width)), f"`when` {_SAID[width]}"


def _exceptions(old: Numbered, new: Numbered) -> Iterator[Change]:
    width = exceptions(old.model.unless or (), new.model.unless or ())
    if width is not Width.SAME:
        yield _exempting(new, _of(width)), f"`unless` {_SAID[width.inverse]}"


def _on_error(old: Numbered, new: Numbered) -> Iterator[Change]:
    before, after = old.model.on_error, new.model.on_error
    if before != after:
        kind = _rise(ON_ERROR.index(before), ON_ERROR.index(after))
        yield kind, f"on-error was {before}, is {after}"


def _actions(old: Numbered, new: Numbered) -> Iterator[Change]:
    before = {_word(action): action for action in old.model.then}
    after = {_word(action): action for action in new.model.then}
    for word in before.keys() - after.keys():
        yield (Kind.TIGHTENED if word in EXEMPTING else Kind.LOOSENED), f"no longer does {word}"
    for word, action in after.items():
        if word not in before:
            yield (Kind.LOOSENED if word in EXEMPTING else Kind.TIGHTENED), f"now does {word}"
        elif action != before[word]:
            yield _settings(before[word], action), f"{word} was ({_told(before[word])}), is ({_told(action)})"


def _texts(old: Numbered, new: Numbered) -> Iterator[Change]:
    for name in ("description", "message", "severity"):
        if getattr(old.model, name) != getattr(new.model, name):
            yield Kind.CHANGED, f"`{name}` is another"


ASPECTS: tuple[Callable[[Numbered, Numbered], Iterator[Change]], ...] = (
    _mode,
    _condition,
    _exceptions,
    _actions,
    _on_error,
    _texts,
)
_SAID = {
    Width.WIDER: "matches more than before",
    Width.NARROWER: "matches less than before",
    Width.DIFFERENT: "has changed",
}


def _of(width: Width) -> Kind:
    return {Width.WIDER: Kind.TIGHTENED, Width.NARROWER: Kind.LOOSENED}.get(width, Kind.CHANGED)


def _rise(old: int, new: int) -> Kind:
    return Kind.TIGHTENED if new > old else Kind.LOOSENED


def _exempting(rule: Numbered, kind: Kind) -> Kind:
    """A rule that only exempts makes things looser by matching more."""
    if not {_word(action) for action in rule.model.then} <= EXEMPTING:
        return kind
    return {Kind.TIGHTENED: Kind.LOOSENED, Kind.LOOSENED: Kind.TIGHTENED}.get(kind, kind)


def _settings(old: ActionWord, new: ActionWord) -> Kind:
    """Of an action whose settings have changed."""
    before, after = (getattr(one, next(iter(type(one).model_fields))) for one in (old, new))
    if not isinstance(before, HoldSettings) or not isinstance(after, HoldSettings):
        return Kind.CHANGED
    kinds = set()
    if before.recipients != after.recipients:
        kinds.add(Kind.TIGHTENED if after.recipients == "all" else Kind.LOOSENED)
    if (before.on_expiry == "send") is not (after.on_expiry == "send"):
        kinds.add(Kind.LOOSENED if after.on_expiry == "send" else Kind.TIGHTENED)
    same = {"recipients", "on_expiry"}
    if any(getattr(before, name) != getattr(after, name) for name in HoldSettings.model_fields if name not in same):
        kinds.add(Kind.CHANGED)
    return _kind(kinds) if kinds else Kind.CHANGED


def _word(action: ActionWord) -> str:
    return kebab(next(iter(type(action).model_fields)))


def _told(action: ActionWord) -> str:
    return written(getattr(action, next(iter(type(action).model_fields)))) or "no settings"


def _moved(old: list[str], new: list[str]) -> list[Difference]:
    """Rules that stand before another rule than they did: of interest where one of them stops."""
    if old == new:
        return []
    first = next(name for name, before in zip(new, old, strict=True) if name != before)
    return [Difference(first, Kind.CHANGED, ("the order of the rules has changed, from this one on",))]
