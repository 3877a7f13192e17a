"""The rules that count, as they are written: overriding files and blocks worked in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sekisho.core.rule import Mode
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.tree import All, Any_, Not, Use
from sekisho.policy.models import ModeStep, PolicyFile, RuleModel, mode_steps


@dataclass(frozen=True, slots=True)
class Numbered:
    """A rule, and where it stands: ``source`` counts files from 0, ``number`` the rules of the file."""

    source: int
    number: int
    model: RuleModel
    steps: tuple[ModeStep, ...]
    limits: tuple[ModeStep, ...] = ()
    """Senders to whom it may not do more than a mode."""

    @property
    def mode(self) -> Mode:
        """The mode for all whom no other step concerns."""
        return Mode(self.steps[-1].mode)


def in_force(files: Iterable[PolicyFile]) -> list[Numbered]:
    """The rules that count: one that overrides takes the place of the one that it replaces."""
    found: dict[str, Numbered] = {}
    for source, file in enumerate(files):
        for number, model in enumerate(file.rules):
            found[model.id] = Numbered(source, number, model, mode_steps(model.mode or file.mode))
    return list(found.values())


def rules_of(files: Iterable[PolicyFile]) -> list[Numbered]:
    """The rules that count, with blocks put in where they are used; the blocks must have been checked."""
    files = list(files)
    blocks = {name: block for file in files for name, block in file.blocks.items()}
    rules = in_force(files)
    return [replace(one, model=_without_blocks(one.model, blocks)) for one in rules] if blocks else rules


def _without_blocks(model: RuleModel, blocks: Mapping[str, ConditionWord]) -> RuleModel:
    unless = None if model.unless is None else tuple(expanded(one, blocks) for one in model.unless)
    return model.model_copy(update={"when": expanded(model.when, blocks), "unless": unless})


def expanded(word: ConditionWord, blocks: Mapping[str, ConditionWord]) -> ConditionWord:
    """A condition with the blocks that it uses put in."""
    match word:
        case Use():
            return expanded(blocks[word.use], blocks)
        case All():
            return word.model_copy(update={"all": tuple(expanded(one, blocks) for one in word.all)})
        case Any_():
            return word.model_copy(update={"any": tuple(expanded(one, blocks) for one in word.any)})
        case Not():
            return word.model_copy(update={"not_": expanded(word.not_, blocks)})
    return word


def inner(word: ConditionWord) -> tuple[ConditionWord, ...]:
    """The conditions that a condition is made of."""
    match word:
        case All():
            return word.all
        case Any_():
            return word.any
        case Not():
            return (word.not_,)
    return ()
