"""A policy file as it is written: rules, and the default mode of those that say none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, StrictBool, Tag

from sekisho.policy.actions.base import ShortFor
from sekisho.policy.actions.tree import ActionModel
from sekisho.policy.conditions.tree import ConditionModel
from sekisho.policy.word import ONE_OR_MANY, Members, Word

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 64

ModeWord = Literal["monitor", "warn", "enforce", "off"]


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write it as 2026-12-01") from None
    return text


class ModeStep(Word):
    """A mode, and for whom and from when it holds."""

    mode: ModeWord = Field(description="The mode")
    senders: Members | None = Field(
        default=None, description="Only for these senders of record: a list's name, addresses, domains"
    )
    from_: Annotated[str, AfterValidator(_day)] | None = Field(
        default=None, description="Only from the start of this day on, by the organisation's clock"
    )

    @property
    def is_general(self) -> bool:
        """Whether it holds for everybody, always."""
        return self.senders is None and self.from_ is None


def _ends_generally(steps: tuple[ModeStep, ...]) -> tuple[ModeStep, ...]:
    if not steps or not steps[-1].is_general:
        raise ValueError("the last entry is the mode for all others: write a word alone, such as `- monitor`")
    if any(step.is_general for step in steps[:-1]):
        raise ValueError("the first entry that fits counts: only the last one can be for everybody")
    return steps


def _mode_kind(value: Any) -> str:
    return "(steps)" if isinstance(value, list | tuple) else "(word)"


ModeSteps = Annotated[
    tuple[Annotated[ModeStep, BeforeValidator(ShortFor("mode"))], ...], AfterValidator(_ends_generally)
]
ModeField = Annotated[
    Annotated[ModeWord, Tag("(word)")] | Annotated[ModeSteps, Tag("(steps)")], Discriminator(_mode_kind)
]
"""One mode for all, or a list of which the first entry that fits counts."""


def mode_steps(mode: str | tuple[ModeStep, ...]) -> tuple[ModeStep, ...]:
    """The entries of a mode, the last of which is for all others."""
    return (ModeStep.model_validate({"mode": mode}),) if isinstance(mode, str) else mode


def _rule_id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > _LONGEST_ID:
        raise ValueError(
            f"{text!r} is not a rule's id; write small letters, digits and single hyphens, at most {_LONGEST_ID}"
        )
    return text


def _block_name(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is not a block's name; write small letters, digits and single hyphens")
    return text


class Message(Word):
    """The site's own words for people, by language."""

    ja: str = Field(default="", description="In Japanese")
    en: str = Field(default="", description="In English")
    zh: str = Field(default="", description="In Chinese")


class RuleModel(Word):
    """A condition and the actions that follow."""

    id: Annotated[str, AfterValidator(_rule_id)] = Field(
        description="Its name in kebab-case, by which logs, metrics, notices and other rules speak of it"
    )
    description: str = Field(default="", description="What it is for, in a sentence for people")
    when: ConditionModel = Field(description="The condition; the rule matches the recipients for whom it is true")
    unless: Annotated[tuple[ConditionModel, ...], *ONE_OR_MANY] | None = Field(
        default=None, description="Exceptions: recipients for whom any of them is true are not matched"
    )
    then: Annotated[tuple[ActionModel, ...], *ONE_OR_MANY] = Field(
        description="Actions: a word, or a mapping of a word with its settings"
    )
    mode: ModeField | None = Field(
        default=None,
        description="monitor records what would have happened, warn also tells the sender, enforce acts, off rests; "
        "or a list of modes with senders and from, the first of which that fits counts",
    )
    on_error: Literal["tempfail", "match", "accept"] = Field(
        default="tempfail",
        description="What happens to recipients for whom a source was away: refuse for now, treat as matching, or pass",
    )
    severity: Literal["low", "medium", "high", "critical"] | None = Field(
        default=None, description="How much it matters, for logs and notices"
    )
    message: Message | None = Field(default=None, description="The site's own words for notices, by language")
    override: StrictBool = Field(default=False, description="Replaces the rule of the same id of an earlier file")


class PolicyFile(Word):
    """One policy file, its variables filled in: see `sekisho.policy.shape`."""

    variables: Mapping[str, Any] = Field(
        default_factory=dict, description="Values by name, for use as `${name}` in place of a whole value"
    )
    blocks: Mapping[Annotated[str, AfterValidator(_block_name)], ConditionModel] = Field(
        default_factory=dict, description="Conditions by name, for use as `use: name` in any policy file"
    )
    mode: ModeField = Field(default="enforce", description="The mode of its rules that say none themselves")
    rules: tuple[RuleModel, ...] = Field(default=(), description="The rules, in the order in which they count")
