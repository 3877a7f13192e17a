"""From policy files as they are written to a policy that can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sekisho.core.rule import Mode, OnError, Rule
from sekisho.policy.asked import Asked
from sekisho.policy.compiler import Compiler, Known
from sekisho.policy.conditions.tests import membership
from sekisho.policy.index import IndexedPolicy, indexed
from sekisho.policy.joined import Every, Neither, either, every
from sekisho.policy.models import Message, ModeStep, PolicyFile, RuleModel
from sekisho.policy.modes import ModesFile, with_modes
from sekisho.policy.steps import Step, stepped
from sekisho.policy.word import Loc
from sekisho.policy.written import Numbered, rules_of


def nowhere(_loc: Loc) -> str:
    """The place of what is in no file."""
    return ""


NO_MODES = ModesFile()


@dataclass(frozen=True, slots=True)
class Source:
    """A policy file that has been read."""

    file: PolicyFile
    place: Callable[[Loc], str] = nowhere
    """``file:line`` of keys and indexes from the top of the file."""


def compile_policy(sources: Sequence[Source], known: Known, modes: ModesFile = NO_MODES) -> IndexedPolicy:
    """The policy of these files, in order, with the modes that were set by command.

    `sekisho.policy.check.troubles` must have found no error in them.
    """
    compiler = Compiler(known)
    rules = with_modes(rules_of([source.file for source in sources]), modes)
    return indexed(tuple(_rule(compiler, sources[one.source], one) for one in rules))


def _rule(compiler: Compiler, source: Source, numbered: Numbered) -> Rule:
    model = numbered.model
    rule = Rule(
        id=model.id,
        mode=numbered.mode,
        when=condition(compiler, model),
        actions=tuple(action for one in model.then for action in one.compiled()),
        on_error=OnError(model.on_error),
        place=source.place(("rules", numbered.number)),
        description=model.description,
        message=_message(model.message),
        severity=model.severity or "",
    )
    steps = tuple(_step(compiler, step) for step in numbered.steps[:-1])
    limits = tuple(_step(compiler, limit) for limit in numbered.limits)
    return stepped(rule, steps, limits) if steps or limits else rule


def _step(compiler: Compiler, step: ModeStep) -> Step:
    senders = membership(compiler, step.senders, wanted=True) if step.senders is not None else None
    return Step(Mode(step.mode), senders, date.fromisoformat(step.from_) if step.from_ is not None else None)


def condition(compiler: Compiler, model: RuleModel) -> Asked:
    """``when`` and none of ``unless``; the conditions of an ``all`` stand beside the exceptions."""
    when = model.when.compiled(compiler)
    if model.unless is None:
        return when
    exceptions = either(compiler, tuple(one.compiled(compiler) for one in model.unless))
    together = when.parts if isinstance(when, Every) else (when,)
    return every(compiler, (*together, compiler.share(Neither(exceptions))))


def _message(message: Message | None) -> Mapping[str, str]:
    return {language: text for language, text in message.model_dump().items() if text} if message else {}
