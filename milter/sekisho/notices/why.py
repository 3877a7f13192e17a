"""Why something was held or refused, as sentences for its reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.reason import Reason
from sekisho.words import say as words

LONGEST_SENTENCE = 500


def why(
    findings: Iterable[Finding], messages: Iterable[Mapping[str, str]], reasons: Iterable[Reason], language: str
) -> list[str]:
    """The site's own words, then what was found; the conditions only where nothing else explains. Each once."""
    own = [message[language] for message in messages if language in message]
    found = [words.finding(finding, language) for finding in findings]
    said = own + found or [words.reason(reason, language) for reason in reasons]
    return list(dict.fromkeys(one_line(line, LONGEST_SENTENCE) for line in said))
