"""Conditions on how many there are: recipients of the envelope, visible recipients, octets, score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, StrictBool, model_validator

from sekisho.core.amounts import Comparison
from sekisho.core.facts import VISIBLE, Facts
from sekisho.core.fields import ComparisonField, SizeComparisonField
from sekisho.core.reason import Value
from sekisho.core.registered import registered_domain
from sekisho.core.truth import Truth, members
from sekisho.policy.asked import Asked, whole
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.tests import AtProvider
from sekisho.policy.word import Scope, Severity, Word, not_yet, written


class CountTest(Word):
    """How many of them there must be."""

    external: StrictBool | None = Field(
        default=None, description="Count those outside (true) or inside (false); else all"
    )
    count: ComparisonField | None = Field(default=None, description='So many distinct addresses, such as ">= 10"')
    domains: ComparisonField | None = Field(default=None, description="At so many registered domains")

    @model_validator(mode="after")
    def _something_is_compared(self) -> CountTest:
        if self.count is None and self.domains is None:
            raise ValueError('nothing to compare: write count or domains, such as count: ">= 10"')
        return self


@dataclass(frozen=True, slots=True)
class Amounts:
    """Compiled comparisons of a count of addresses and of their domains."""

    count: Comparison | None
    domains: Comparison | None

    def hold(self, count: int, domains: int) -> bool:
        """Whether both hold, where given."""
        return (self.count is None or self.count.matches(count)) and (
            self.domains is None or self.domains.matches(domains)
        )


class Recipients(ConditionWord):
    """How many recipients the envelope has; each address counts once."""

    SCOPE = Scope.MESSAGE
    recipients: CountTest = Field(description="How many there must be")

    def compiled(self, compiler: Compiler) -> Asked:
        test = self.recipients
        return compiler.share(EnvelopeCounts(test.external, Amounts(test.count, test.domains), written(test)))


@dataclass(frozen=True, slots=True, eq=False)
class EnvelopeCounts(Asked):
    CODE: ClassVar[str] = "recipients"
    COST: ClassVar[int] = 5
    external: bool | None
    amounts: Amounts
    test: str

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=self.amounts.hold(*self._counted(facts)))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        count, domains = self._counted(facts)
        return {"test": self.test, "count": count, "domains": domains}

    def _counted(self, facts: Facts) -> tuple[int, int]:
        mask = facts.everyone
        if self.external is not None:
            mask = facts.external if self.external else facts.everyone & ~facts.external
        paths = [facts.transaction.recipients[index] for index in members(mask)]
        return len({path.address.lower() for path in paths}), _organisations(path.domain for path in paths)


def _organisations(domains: Iterable[str]) -> int:
    return len({registered_domain(domain) for domain in set(domains) if domain})


class VisibleTest(CountTest):
    """How many visible recipients there must be."""

    free_mail: StrictBool | None = Field(
        default=None, description="Count those at providers of free mail for consumers (true) or the others (false)"
    )
    known_together: StrictBool | None = not_yet(Severity.ERROR, "They have been written to together before")


class VisibleRecipients(ConditionWord):
    """How many addresses To, Cc, Resent-To and Resent-Cc show to everybody; each counts once.

    A field of these that nobody can read counts as many outside addresses as it has ``@``, and at least one.
    """

    SCOPE = Scope.MESSAGE
    visible_recipients: VisibleTest = Field(description="How many there must be")

    def compiled(self, compiler: Compiler) -> Asked:
        test = self.visible_recipients
        provider = None
        if test.free_mail is not None:
            provider = compiler.share(AtProvider(compiler.known.free_mail, test.free_mail))
        amounts = Amounts(test.count, test.domains)
        return compiler.share(HeaderCounts(test.external, amounts, written(test), provider))


@dataclass(frozen=True, slots=True, eq=False)
class HeaderCounts(Asked):
    CODE: ClassVar[str] = "visible-recipients"
    COST: ClassVar[int] = 60
    external: bool | None
    amounts: Amounts
    test: str
    provider: AtProvider | None

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=self.amounts.hold(*self._counted(facts)))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        count, domains = self._counted(facts)
        return {"test": self.test, "count": count, "domains": domains}

    def _counted(self, facts: Facts) -> tuple[int, int]:
        outside = facts.visible_external
        boxes = outside if self.external else facts.visible
        if self.external is False:
            boxes = tuple(set(facts.visible) - set(outside))
        if self.provider is not None:
            boxes = tuple(box for box in boxes if self.provider.holds(facts, box.local, box.domain))
        unread = 0 if self.external is False else _unread(facts)
        return len(boxes) + unread, _organisations(box.domain for box in boxes) + bool(unread)


def _unread(facts: Facts) -> int:
    """Addresses in visible fields that give none although they seem to have some."""
    fields = [key for key in VISIBLE if key in facts.addresses]
    broken = [key for key in fields if facts.addresses[key].ambiguous and not facts.addresses[key].mailboxes]
    return sum(max(1, sum(field.value.count(b"@") for field in facts.named(key))) for key in broken)


class Size(ConditionWord):
    """The size of the whole message in octets, header included, line ends as CRLF."""

    SCOPE = Scope.MESSAGE
    size: SizeComparisonField = Field(description='A comparison with a size, such as "> 20MB"')

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(SizeIs(self.size))


@dataclass(frozen=True, slots=True, eq=False)
class SizeIs(Asked):
    CODE: ClassVar[str] = "size"
    COST: ClassVar[int] = 10
    size: Comparison

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=self.size.matches(facts.transaction.size))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": f"{self.size.sign} {self.size.amount:.0f}", "size": facts.transaction.size}


class Score(ConditionWord):
    """The sum of the scores of all findings that concern the recipient; inspectors' settings say what each adds.

    Asking for it runs every inspector.
    """

    SCOPE = Scope.RECIPIENT
    score: ComparisonField = Field(description='A comparison, such as ">= 1.5"')

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(ScoreIs(self.score, tuple(sorted(compiler.known.findings))))


@dataclass(frozen=True, slots=True, eq=False)
class ScoreIs(Asked):
    CODE: ClassVar[str] = "score"
    COST: ClassVar[int] = 10_000
    score: Comparison
    codes: tuple[str, ...]

    def ask(self, facts: Facts) -> Truth:
        mask = 0
        for index, total in enumerate(self._totals(facts)):
            mask |= self.score.matches(total) << index
        return Truth(mask)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {"test": str(self.score), "score": f"{max(self._totals(facts), default=0.0):g}"}

    def _totals(self, facts: Facts) -> list[float]:
        """The score of each recipient."""
        sums = [0.0] * len(facts.transaction.recipients)
        for finding in (one for code in self.codes for one in facts.findings(code)):
            for index in members(finding.recipients):
                sums[index] += finding.score
        return [round(one, 6) for one in sums]  # so that 0.1 + 0.2 is 0.3
