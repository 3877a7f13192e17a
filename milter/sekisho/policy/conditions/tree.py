"""The tree of conditions: all, any, not, and the table of every word that may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sekisho.core.fields import ComparisonField, DurationField
from sekisho.policy.asked import Asked
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
from sekisho.policy.joined import Neither, either, every
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


class Use(ConditionWord):
    """The condition that a block of this name holds."""

    SCOPE = Scope.RECIPIENT
    use: str = Field(description="A name under `blocks:`, in this file or another")

    def compiled(self, compiler: Compiler) -> Asked:
        raise NotImplementedError(f"block {self.use}: refused by check")


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
    "use": Use,
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
    | Annotated[Use, Tag("(use)")]
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
