"""Every rule of conf/ that matched or did not is explained by a sentence, in Japanese, English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from sekisho.config.load import load
from sekisho.core.finding import Finding
from sekisho.core.ports import Unavailable
from sekisho.core.reason import Reason
from sekisho.policy.explain import explain
from sekisho.words import en, ja, say, zh
from tests.support.cookbook import NAMES, judged, ready

LANGUAGES: dict[str, ModuleType] = {"en": en, "ja": ja, "zh": zh}
JOINED = {"all", "any", "not"}
MISSING = "–"
"""What stands in a sentence for a value that nobody gave."""


@pytest.mark.parametrize("name", NAMES)
def test_every_hit_and_miss_has_a_reason_in_words(name: str, tmp_path: Path) -> None:
    site = ready(name, tmp_path)
    configuration = load(site.config)
    for case, folder in site.told(configuration):
        facts = judged(configuration, case, folder).facts
        for rule, truth, reason in explain(configuration.policy, facts):
            for language, words in LANGUAGES.items():
                said = say.reason(reason, language)
                frame = words.MATCHED if truth.yes else words.NOT_MATCHED
                assert said.startswith(frame.partition("{")[0]), (case.name, rule.id, said)
                assert said.endswith(words.STOP), (case.name, rule.id, said)
                assert MISSING not in said and "  " not in said, (case.name, rule.id, said)
                assert _unsaid(reason, words) == [], (case.name, rule.id)


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_has_a_sentence(name: str, tmp_path: Path) -> None:
    site = ready(name, tmp_path)
    configuration = load(site.config)
    for case, folder in site.told(configuration):
        facts = judged(configuration, case, folder).facts
        for code in configuration.inspectors:
            with suppress(Unavailable):
                facts.findings(code)
        for finding in facts.found:
            for language, words in LANGUAGES.items():
                said = say.finding(finding, language)
                assert finding.code in words.FINDINGS, finding.code
                assert MISSING not in said, (case.name, said)
                assert _kind_is_said(finding, words), (case.name, finding.code, finding.kind)


def _unsaid(reason: Reason, words: ModuleType) -> list[str]:
    """Codes in a reason and its parts for which there is no sentence."""
    known = JOINED | set(words.REASONS) | set(words.OUTSIDE)
    return [one.code for one in _parts(reason) if one.code not in known]


def _parts(reason: Reason) -> Iterator[Reason]:
    yield reason
    for part in reason.parts:
        yield from _parts(part)


def _kind_is_said(finding: Finding, words: ModuleType) -> bool:
    """Whether the sentence does without the kind, or has words for it."""
    template = words.FINDINGS.get(f"{finding.code}/{finding.kind}") or words.FINDINGS[finding.code]
    return "{kind}" not in template or finding.kind in words.KINDS
