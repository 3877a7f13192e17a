"""Conditions on one address each: sender, from, recipient, and recipient's quantifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, StrictBool

from sekisho.core.facts import Facts
from sekisho.core.reason import Value
from sekisho.core.truth import Truth
from sekisho.policy.asked import Asked, Guard, addresses, any_true, each, listed, whole
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.tests import (
    AddressTest,
    AtProvider,
    Check,
    Labelled,
    guard_of,
    passes,
    passes_path,
)
from sekisho.policy.word import Scope, Texts, written


class Sender(ConditionWord):
    """The envelope sender. Anybody can claim one: an exemption should not rest on it alone."""

    SCOPE = Scope.MESSAGE
    sender: AddressTest = Field(description="What must be true of the envelope sender; `<>` is the null sender")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(SenderPasses(self.sender.checks(compiler), written(self.sender)))


@dataclass(frozen=True, slots=True, eq=False)
class SenderPasses(Asked):
    CODE: ClassVar[str] = "sender"
    COST: ClassVar[int] = 2
    checks: tuple[Check, ...]
    test: str

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=passes_path(self.checks, facts, facts.transaction.sender))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": self.test, "address": facts.transaction.sender.address or "<>"}

    def guard(self) -> Guard | None:
        return guard_of(self.checks, "sender")


class From(ConditionWord):
    """The addresses of the From fields, of which any may be the one: a message can have several."""

    SCOPE = Scope.MESSAGE
    from_: AddressTest = Field(description="What must be true of an address in From")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(AuthorPasses(self.from_.checks(compiler), written(self.from_)))


@dataclass(frozen=True, slots=True, eq=False)
class AuthorPasses(Asked):
    CODE: ClassVar[str] = "from"
    COST: ClassVar[int] = 30
    checks: tuple[Check, ...]
    test: str

    def ask(self, facts: Facts) -> Truth:
        authors = [(box.local, box.domain) for box in facts.authors] or [("", "")]
        return whole(facts, true=any_true(lambda one: passes(self.checks, facts, *one), authors))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": self.test, "addresses": listed([box.address for box in facts.authors]) or "<>"}


class RecipientTest(AddressTest):
    """All that is given must be true of the recipient."""

    external: StrictBool | None = Field(
        default=None, description="Outside the organisation's domains (true) or in one (false)"
    )
    label: Texts | None = Field(
        default=None, description="An address book gives it, or its domain, one of these labels; case does not count"
    )
    free_mail: StrictBool | None = Field(
        default=None, description="At a provider of free mail for consumers (true) or not (false)"
    )

    def wanted(self, compiler: Compiler) -> Wanted:
        """The compiled test."""
        return compiler.share(Wanted(self.external, self.checks(compiler)))

    def checks(self, compiler: Compiler) -> tuple[Check, ...]:
        found = super().checks(compiler)
        if self.free_mail is not None:
            found = (compiler.share(AtProvider(compiler.known.free_mail, self.free_mail)), *found)
        if self.label is not None:
            found = (*found, compiler.share(Labelled(frozenset(label.casefold() for label in self.label))))
        return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a recipient must be."""

    external: bool | None
    checks: tuple[Check, ...]

    def among(self, facts: Facts) -> Truth:
        """The recipients that are so."""
        candidates = facts.everyone
        if self.external is not None:
            candidates = facts.external if self.external else facts.everyone & ~facts.external
        if not self.checks or not candidates:
            return Truth(candidates)
        return each(facts, lambda path: passes_path(self.checks, facts, path), candidates)


class Recipient(ConditionWord):
    """Recipients of the envelope that are so; true for these only."""

    SCOPE = Scope.RECIPIENT
    recipient: RecipientTest = Field(description="What must be true of the recipient")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(RecipientPasses(self.recipient.wanted(compiler), written(self.recipient)))


@dataclass(frozen=True, slots=True, eq=False)
class RecipientPasses(Asked):
    CODE: ClassVar[str] = "recipient"
    COST: ClassVar[int] = 4
    wanted: Wanted
    test: str

    def ask(self, facts: Facts) -> Truth:
        return self.wanted.among(facts)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": self.test, "recipients": addresses(facts, facts.everyone)}

    def guard(self) -> Guard | None:
        return guard_of(self.wanted.checks, "recipient")
