"""Modes that count instead of those in the policy: what ``sekisho policy mode`` has set, for a rule or for senders.

A rule's mode here takes the place of the one that is written with the rule. A mode for senders (of record) is the most
that any rule may do to their mail. Both end when the entry is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Self

from pydantic import Field, model_validator

from sekisho.policy.models import ModeStep, ModeWord, PolicyFile, mode_steps
from sekisho.policy.trouble import Trouble
from sekisho.policy.word import Members, Severity, Word, is_list_name
from sekisho.policy.written import Numbered, in_force


class ModeEntry(Word):
    """One mode that was set, and by whom, when and why."""

    rule: str | None = Field(default=None, description="The rule's id")
    senders: Members | None = Field(default=None, description="Senders of record: a list's name, addresses, domains")
    mode: ModeWord = Field(description="The mode")
    by: str = Field(default="", description="Who has set it")
    at: str = Field(default="", description="When")
    reason: str = Field(default="", description="Why")

    @model_validator(mode="after")
    def _rule_or_senders(self) -> Self:
        if (self.rule is None) is (self.senders is None):
            raise ValueError("an entry is for a rule or for senders: write one of `rule` and `senders`")
        return self

    @property
    def subject(self) -> tuple[str | None, tuple[str, ...] | None]:
        """Whom it is about: a later entry about the same takes its place."""
        return self.rule, self.senders


class ModesFile(Word):
    """The file of these modes."""

    modes: tuple[ModeEntry, ...] = Field(default=(), description="The entries; of two about the same the later counts")


def with_modes(rules: Iterable[Numbered], modes: ModesFile) -> list[Numbered]:
    """The rules as these modes make them."""
    entries = {entry.subject: entry for entry in modes.modes}.values()
    own = {entry.rule: mode_steps(entry.mode) for entry in entries if entry.rule is not None}
    limits = tuple(ModeStep(mode=one.mode, senders=one.senders) for one in entries if one.senders is not None)
    return [replace(rule, steps=own.get(rule.model.id, rule.steps), limits=limits) for rule in rules]


def mode_troubles(modes: ModesFile, files: Sequence[PolicyFile], lists: frozenset[str]) -> Iterator[Trouble]:
    """What is wrong with these modes, and each rule that they make act otherwise than it is written."""
    rules = {rule.model.id: rule for rule in in_force(files)}
    for number, entry in enumerate(modes.modes):
        loc = ("modes", number)
        for name in entry.senders or ():
            if is_list_name(name) and name not in lists:
                yield Trouble((*loc, "senders"), f"unknown list `{name}`", word=name, known=tuple(sorted(lists)))
        if entry.senders is not None:
            said = f"for {', '.join(entry.senders)} no rule does more than {entry.mode}{_history(entry)}"
            yield Trouble((*loc, "senders"), said, Severity.WARNING)
        elif entry.rule not in rules:
            said = f"there is no rule `{entry.rule}`: this entry does nothing"
            yield Trouble((*loc, "rule"), said, Severity.WARNING, word=entry.rule or "", known=tuple(rules))
        elif rules[entry.rule].steps != mode_steps(entry.mode):
            said = f"rule `{entry.rule}` is set to {entry.mode}, whatever its own mode{_history(entry)}"
            yield Trouble((*loc, "rule"), said, Severity.WARNING)


def _history(entry: ModeEntry) -> str:
    told = [f"by {entry.by}" if entry.by else "", f"at {entry.at}" if entry.at else "", entry.reason]
    known = ", ".join(filter(None, told))
    return f" ({known})" if known else ""
