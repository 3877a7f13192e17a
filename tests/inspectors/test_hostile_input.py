"""Every inspector takes whatever a message holds, and says it in clean findings."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.finding import Finding
from tests.support.mail import ENTRIES, HOSTILE, attachment, found, mail


def checked(findings: list[Finding], recipients: int) -> None:
    for finding in findings:
        assert finding.count >= 1
        assert finding.score >= 0
        assert finding.recipients & ~recipients == 0
        assert len(finding.evidence) <= 250
        for text in (finding.evidence, *(value for value in finding.values.values() if isinstance(value, str))):
            assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


@pytest.mark.parametrize("code", sorted(ENTRIES))
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:6]))
def test_no_text_breaks_an_inspector(code: str, text: str) -> None:
    facts = mail(
        text,
        dictionaries={"site": ["社外秘", "a"]},
        attachments=[attachment(text[:5000], data=text[:100].encode("utf-8", "replace"))],
    )
    checked(found(code, facts), facts.everyone)
    line = text.replace("\n", " ").replace("\r", " ")[:20_000]
    facts = mail(subject=line, author=f"{line[:300]} <x@example.co.jp>".encode("utf-8", "replace").decode())
    checked(found(code, facts), facts.everyone)


@given(st.text(max_size=200), st.text(max_size=40))
def test_no_text_at_all_does(text: str, name: str) -> None:
    facts = mail(
        text, subject=name.replace("\n", " "), attachments=[attachment(name)], dictionaries={"site": ["社外秘"]}
    )
    for code in ENTRIES:
        checked(found(code, facts), facts.everyone)
