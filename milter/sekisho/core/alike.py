"""What makes two messages alike: the template of their subjects, without what changes from reader to reader. Pure.

Folded are letter case and width, reply prefixes, addresses, placeholders, names that an honorific or a greeting marks
or that the caller knows, and every word with a digit in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from unicodedata import normalize

LONGEST = 300
"""Characters of a subject that count."""

_PREFIX = re.compile(r"(?:(?:re|aw|sv|fwd?|wg|tr|返信|転送|回复|转发)(?:\[[0-9]+\])?\s*:\s*)+")
_MARKED = re.compile(
    r"\{\{[^{}]{0,80}\}\}|%%[^%]{1,80}%%|\*\|[^|]{1,80}\|\*|\[\[[^\[\]]{1,80}\]\]|<<[^<>]{1,80}>>|"
    r"[^\s<>()\[\],;:@]{1,64}@[^\s<>()\[\],;:@]{1,100}"
)
_SIGNS = re.compile(r"[{%*\[<@]")
_HONORIFIC = re.compile(r"(\s?)(?:様|さま|御中|殿|さん|先生|女士)")
_LETTERS = r"[^\s\u3000-\u303f!?:;,.()\[\]<>|/]{1,20}"
_NAME = re.compile(rf"{_LETTERS}\Z")
_SPACED_NAME = re.compile(rf"(?:{_LETTERS}\s)?{_LETTERS}\Z")
"""Who writes a blank before the honorific writes one within the name."""
_GREETINGS = ("dear ", "hello ", "hi ", "hey ")
_GREETED = re.compile(
    r"\b(dear|hello|hi|hey)\s(?:(?:mr|mrs|ms|dr|prof)\b\.?\s)?"
    r"[^\s!?:;,.]{1,40}(?: [^\s!?:;,.]{1,40})?(?=\s?(?:[!?:;,.]|$))"
)
_LONGEST_NAME = 42
_DIGIT = re.compile(r"[0-9]")
_TOKEN = re.compile(r"[0-9a-z_.:/#+-]*[0-9][0-9a-z_.:/#+-]*+")
_WORD = re.compile(r"\w{2,40}")


def subject_template(subject: str, names: Collection[str] = ()) -> str:
    """Equal for subjects that differ in nothing but whom they are for; ``names`` are those of the reader, if known."""
    text = _normal(subject)
    text = _PREFIX.sub("", text, count=1) if ":" in text else text
    for word in _words(names) if names else ():
        text = text.replace(word, "*")
    text = _MARKED.sub("*", text) if _SIGNS.search(text) else text
    text = _GREETED.sub(r"\1 *", text) if any(word in text for word in _GREETINGS) else text
    text = text if text.isascii() else _without_honored(text)
    return _without_digits(text)


def _normal(text: str) -> str:
    """Letter case, width and white space folded."""
    cut = text[:LONGEST]
    return " ".join((cut if cut.isascii() else normalize("NFKC", cut)).casefold().split())


def _words(names: Collection[str]) -> list[str]:
    """Each word of the names, the longest first, so that none is cut by another."""
    found = {word for name in names for word in _WORD.findall(_normal(name))}
    return sorted(found, key=lambda word: (-len(word), word))


def _without_honored(text: str) -> str:
    """Names before an honorific: 山田太郎様 and 山田 太郎 様 are *様."""
    pieces, position = [], 0
    for found in _HONORIFIC.finditer(text):
        before = text[position : found.start()]
        # A name is short: looking at the end alone keeps this linear.
        name = _SPACED_NAME if found[1] else _NAME
        pieces += [before[:-_LONGEST_NAME], name.sub("*", before[-_LONGEST_NAME:], count=1), found[0].strip()]
        position = found.end()
    return "".join((*pieces, text[position:]))


def _without_digits(text: str) -> str:
    """Every word with a digit is ``#``: numbers, dates, order codes."""
    if not _DIGIT.search(text):
        return text
    return " ".join(_TOKEN.sub("#", word) if _DIGIT.search(word) else word for word in text.split(" "))
