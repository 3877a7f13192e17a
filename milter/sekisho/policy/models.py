"""A policy file as it is written: rules, and the default mode of those that say none."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool

from sekisho.policy.actions.tree import ActionModel
from sekisho.policy.conditions.tree import ConditionModel
from sekisho.policy.word import ONE_OR_MANY, Word

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 64

ModeWord = Literal["monitor", "warn", "enforce", "off"]


def _rule_id(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > _LONGEST_ID:
        raise ValueError(
            f"{text!r} is not a rule's id; write small letters, digits and single hyphens, at most {_LONGEST_ID}"
        )
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
    mode: ModeWord | None = Field(
        default=None,
        description="monitor records what would have happened, warn also tells the sender, enforce acts, off rests",
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
    """One policy file."""

    mode: ModeWord = Field(default="enforce", description="The mode of its rules that say none themselves")
    rules: tuple[RuleModel, ...] = Field(default=(), description="The rules, in the order in which they count")
