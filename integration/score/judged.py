"""What the inspectors find in a told message, against its label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from integration.score.octets import octets_of
from integration.score.told import Told
from sekisho.config.load import Configuration
from sekisho.core.finding import Finding
from sekisho.core.ports import Files
from sekisho.mime.reader import MimeReader
from sekisho.serve.judge import Judgement, judge
from sekisho.serve.question import Question, transaction_of

MESSAGES = Path(__file__).parents[2] / "tests" / "messages"
SITE = MESSAGES / "site" / "sekisho.yaml"
BY_KIND = frozenset(["personal-data"])
"""Codes whose kinds are labelled apart."""


@dataclass(frozen=True)
class Judged:
    """A message, and what was found in it by label."""

    told: Told
    findings: tuple[Finding, ...]

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(map(label_of, self.findings))

    @property
    def missed(self) -> frozenset[str]:
        return self.told.found - self.labels

    @property
    def false(self) -> frozenset[str]:
        return self.labels - self.told.found - self.told.may

    def evidence(self, label: str) -> str:
        """What was taken for it, and where."""
        return "; ".join(f"{one.where}: {one.evidence}" for one in self.findings if label_of(one) == label)


def label_of(finding: Finding) -> str:
    """The code, with its kind where kinds are labelled."""
    return f"{finding.code}/{finding.kind}" if finding.code in BY_KIND else finding.code


def judged_all(told: Iterable[Told], configuration: Configuration, files: Files) -> Iterator[Judged]:
    """Every message asked for every code that there is."""
    for one in told:
        facts = judgement(one, configuration, files).facts
        findings = {id(finding): finding for code in configuration.inspectors for finding in facts.findings(code)}
        yield Judged(one, tuple(findings.values()))


def judgement(told: Told, configuration: Configuration, files: Files) -> Judgement:
    """What the gateway would make of the message."""
    question = Question(octets_of(told), told.sender, told.rcpt)
    reader = MimeReader()
    return judge(configuration, reader, transaction_of(question, reader, datetime.fromisoformat(told.at)), files)
