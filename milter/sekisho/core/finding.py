"""What an inspector noticed. Inspectors report; policy chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from sekisho.core.truth import Mask
from sekisho.core.values import value

Value = str | int


@value(frozen=True, slots=True)
class Finding:
    """A code, a place, the recipients it concerns, masked evidence, a score.

    Sentences about it are made by `words` from ``code``, ``kind`` and ``values``.
    """

    code: str
    where: str
    """``header:To``, ``body:12``, ``attachment:list.xlsx/顧客(hidden)!B4``."""
    recipients: Mask
    """Whom it concerns; all recipients for a finding about the message."""
    kind: str = ""
    """A sub-kind of the code: ``my-number``, a dictionary's name, a broken archive's reason."""
    count: int = 1
    """How many distinct occurrences this finding stands for."""
    score: float = 0.0
    evidence: str = ""
    """Cut short and masked: fit to be shown in a notice."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What the sentence about it needs besides: counts, names, domains."""


def kind_of(finding: Finding) -> str:
    """``CODE``, or ``CODE:KIND`` where the code has kinds."""
    return f"{finding.code}:{finding.kind}" if finding.kind else finding.code
