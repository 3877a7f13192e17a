"""The tree of conditions: all, any, not, and the table of every word that may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sekisho.core.facts import Facts
from sekisho.core.fields import ComparisonField, DurationField
from sekisho.core.reason import Value
from sekisho.core.truth import NOBODY, Truth
from sekisho.policy.asked import Asked, Guard
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.addresses import From, Recipient, Sender
from sekisho.policy.conditions.attachments import Attachment
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.clients import Client, Direction
from sekisho.policy.conditions.counts import Recipients, Score, Size, VisibleRecipients
from sekisho.policy.conditions.findings import Finding
from sekisho.policy.conditions.quantifiers import EveryRecipient, NoRecipient
from sekisho.policy.conditions.texts import BodyText, Header, Subject
from sekisho.policy.conditions.times import Time
from sekisho.policy.word import Scope, Severity, Word, word_chooser
from sekisho.policy.wrong import refuse_word


class All(ConditionWord):
    """Every condition of the list is true; the recipients for whom all of them are."""

    SCOPE = Scope.RECIPIENT
    all: tuple[ConditionModel, ...] = Field(min_length=1, description="Conditions, all of which must be true")

    def compiled(self, compiler: Compiler) -> Asked:
        return every(compiler, tuple(one.compiled(compiler) for one in self.all))


class Any_(ConditionWord):  # noqa: N801  (the word is taken)
    """One condition of the list is true; the recipients for whom any of them is."""

    SCOPE = Scope.RECIPIENT
    any: tuple[ConditionModel, ...] = Field(min_length=1, description="Conditions, one of which must be true")

    def compiled(self, compiler: Compiler) -> Asked:
        return either(compiler, tuple(one.compiled(compiler) for one in self.any))


class Not(ConditionWord):
    """The condition is not true; the recipients for whom it is not."""

    SCOPE = Scope.RECIPIENT
    not_: ConditionModel = Field(description="The condition that must not be true")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(Neither(self.not_.compiled(compiler)))


class VolumeTest(Word):
    """How much one sender sends."""

    recipients: ComparisonField = Field(description='So many recipients, such as "> 200"')
    within: DurationField = Field(description="In this time, such as 1h")


class Volume(ConditionWord):
    """How many recipients one sender has written to within a time."""

    SCOPE = Scope.MESSAGE
    NOT_YET = Severity.ERROR
    volume: VolumeTest = Field(description="How many, and in what time")

    def compiled(self, compiler: Compiler) -> Asked:
        raise NotImplementedError("volume: refused by check")


CONDITIONS: Mapping[str, type[ConditionWord]] = {
    "all": All,
    "any": Any_,
    "not": Not,
    "direction": Direction,
    "client": Client,
    "sender": Sender,
    "from": From,
    "recipient": Recipient,
    "every-recipient": EveryRecipient,
    "no-recipient": NoRecipient,
    "recipients": Recipients,
    "visible-recipients": VisibleRecipients,
    "header": Header,
    "subject": Subject,
    "text": BodyText,
    "attachment": Attachment,
    "finding": Finding,
    "size": Size,
    "time": Time,
    "score": Score,
    "volume": Volume,
}
"""Every condition by its word."""

ConditionModel = Annotated[
    Annotated[All, Tag("(all)")]
    | Annotated[Any_, Tag("(any)")]
    | Annotated[Not, Tag("(not)")]
    | Annotated[Direction, Tag("(direction)")]
    | Annotated[Client, Tag("(client)")]
    | Annotated[Sender, Tag("(sender)")]
    | Annotated[From, Tag("(from)")]
    | Annotated[Recipient, Tag("(recipient)")]
    | Annotated[EveryRecipient, Tag("(every-recipient)")]
    | Annotated[NoRecipient, Tag("(no-recipient)")]
    | Annotated[Recipients, Tag("(recipients)")]
    | Annotated[VisibleRecipients, Tag("(visible-recipients)")]
    | Annotated[Header, Tag("(header)")]
    | Annotated[Subject, Tag("(subject)")]
    | Annotated[BodyText, Tag("(text)")]
    | Annotated[Attachment, Tag("(attachment)")]
    | Annotated[Finding, Tag("(finding)")]
    | Annotated[Size, Tag("(size)")]
    | Annotated[Time, Tag("(time)")]
    | Annotated[Score, Tag("(score)")]
    | Annotated[Volume, Tag("(volume)")]
    | Annotated[Any, BeforeValidator(refuse_word("condition", CONDITIONS)), Tag("(?)")],
    Discriminator(word_chooser(CONDITIONS, "finding")),
]
"""One condition, known by its word."""

for _model in (All, Any_, Not):
    _model.model_rebuild()


@dataclass(frozen=True, slots=True, eq=False)
class Composite(Asked):
    """Conditions joined by all or any; ``order`` is ``parts`` with the cheap ones first."""

    parts: tuple[Asked, ...]
    order: tuple[Asked, ...]

    @property
    def cost(self) -> int:
        return sum(part.cost for part in self.parts)

    def values(self, facts: Facts) -> Mapping[str, Value]:  # noqa: ARG002  (the parts say all)
        return {}

    def inner_conditions(self) -> tuple[Asked, ...]:
        return self.parts


@dataclass(frozen=True, slots=True, eq=False)
class Every(Composite):
    CODE: ClassVar[str] = "all"

    def ask(self, facts: Facts) -> Truth:
        truth = Truth(facts.everyone)
        for part in self.order:
            truth &= part.truth(facts)
            if not truth:
                return NOBODY
        return truth

    def guard(self) -> Guard | None:
        found = [guard for guard in (part.guard() for part in self.parts) if guard is not None]
        return min(found, key=lambda guard: guard.cost, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class Either(Composite):
    CODE: ClassVar[str] = "any"

    def ask(self, facts: Facts) -> Truth:
        truth = NOBODY
        for part in self.order:
            truth |= part.truth(facts)
            if truth.yes == facts.everyone:
                return truth
        return truth

    def guard(self) -> Guard | None:
        found = [part.guard() for part in self.parts]
        guards = [guard for guard in found if guard is not None]
        if len(guards) < len(found) or len({guard.of for guard in guards}) != 1:
            return None
        keys = frozenset().union(*(guard.keys for guard in guards))
        return Guard(guards[0].of, keys, frozenset().union(*(guard.lists for guard in guards)))


@dataclass(frozen=True, slots=True, eq=False)
class Neither(Asked):
    CODE: ClassVar[str] = "not"
    inner: Asked

    @property
    def cost(self) -> int:
        return self.inner.cost

    def ask(self, facts: Facts) -> Truth:
        return self.inner.truth(facts).complement(facts.everyone)

    def values(self, facts: Facts) -> Mapping[str, Value]:  # noqa: ARG002  (the parts say all)
        return {}

    def inner_conditions(self) -> tuple[Asked, ...]:
        return (self.inner,)


def every(compiler: Compiler, parts: tuple[Asked, ...]) -> Asked:
    """All of them; one alone is itself."""
    return parts[0] if len(parts) == 1 else compiler.share(Every(parts, _cheap_first(parts)))


def either(compiler: Compiler, parts: tuple[Asked, ...]) -> Asked:
    """Any of them; one alone is itself."""
    return parts[0] if len(parts) == 1 else compiler.share(Either(parts, _cheap_first(parts)))


def _cheap_first(parts: tuple[Asked, ...]) -> tuple[Asked, ...]:
    return tuple(sorted(parts, key=lambda part: part.cost))
