"""Conditions on all recipients of the envelope at once: every-recipient and no-recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.reason import Value
from sekisho.core.truth import Truth
from sekisho.policy.asked import Asked, addresses
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.addresses import RecipientTest, Wanted
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.word import Scope, written


class EveryRecipient(ConditionWord):
    """All recipients of the envelope are so."""

    SCOPE = Scope.MESSAGE
    every_recipient: RecipientTest = Field(description="What must be true of every recipient")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(Every(self.every_recipient.wanted(compiler), written(self.every_recipient)))


class NoRecipient(ConditionWord):
    """No recipient of the envelope is so."""

    SCOPE = Scope.MESSAGE
    no_recipient: RecipientTest = Field(description="What must be true of no recipient")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(Nobody(self.no_recipient.wanted(compiler), written(self.no_recipient)))


@dataclass(frozen=True, slots=True, eq=False)
class Every(Asked):
    CODE: ClassVar[str] = "every-recipient"
    COST: ClassVar[int] = 5
    wanted: Wanted
    test: str

    def ask(self, facts: Facts) -> Truth:
        among = self.wanted.among(facts)
        if among.yes == facts.everyone:
            return among
        return Truth(0, facts.everyone if among.yes | among.unknown == facts.everyone else 0)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        others = facts.everyone & ~self.wanted.among(facts).yes
        return {"test": self.test, "others": addresses(facts, others)}


@dataclass(frozen=True, slots=True, eq=False)
class Nobody(Asked):
    CODE: ClassVar[str] = "no-recipient"
    COST: ClassVar[int] = 5
    wanted: Wanted
    test: str

    def ask(self, facts: Facts) -> Truth:
        among = self.wanted.among(facts)
        if not among:
            return Truth(facts.everyone)
        return Truth(0, 0 if among.yes else facts.everyone)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": self.test, "those": addresses(facts, self.wanted.among(facts).yes)}
