"""Conditions on what people read: header fields, subject and text.

Words and patterns are looked for in the text as it is and in its NFKC form without invisible characters, so that
full-width letters and zero-width blanks hide nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, StrictBool, model_validator

from sekisho.core.facts import Facts
from sekisho.core.folding import INVISIBLE, fold
from sekisho.core.parts import Text
from sekisho.core.patterns import Pattern
from sekisho.core.reason import Value
from sekisho.core.truth import Truth
from sekisho.policy.asked import Asked, whole
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.word import FieldName, Patterns, Scope, Texts, Word, written

_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
EVIDENCE = 80
"""At most so many characters of a message stand in a reason."""


class HeaderTest(Word):
    """Which field, and what must be true of it."""

    name: FieldName = Field(description="The field's name, letter case ignored")
    present: StrictBool | None = Field(
        default=None, description="There is such a field (true, the default) or none (false)"
    )
    matches: Patterns | None = Field(default=None, description="One of these RE2 patterns is found in a decoded value")

    @model_validator(mode="after")
    def _absent_fields_match_nothing(self) -> HeaderTest:
        if self.present is False and self.matches is not None:
            raise ValueError("a field that is not present matches nothing: leave out present or matches")
        return self


class Header(ConditionWord):
    """A header field, in any of its instances."""

    SCOPE = Scope.MESSAGE
    header: HeaderTest = Field(description="Which field, and what must be true of it")

    def compiled(self, compiler: Compiler) -> Asked:
        test = self.header
        patterns = tuple(map(compiler.pattern, test.matches or ()))
        return compiler.share(FieldIs(test.name.lower(), test.present is not False, patterns, written(test)))


@dataclass(frozen=True, slots=True, eq=False)
class FieldIs(Asked):
    CODE: ClassVar[str] = "header"
    COST: ClassVar[int] = 12
    key: str
    present: bool
    patterns: tuple[Pattern, ...]
    test: str

    def ask(self, facts: Facts) -> Truth:
        if not self.patterns:
            return whole(facts, true=bool(facts.named(self.key)) is self.present)
        return whole(facts, true=any(matched(self.patterns, value) for value in self._decoded(facts)))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        first = next(iter(self._decoded(facts)), "")
        return {"test": self.test, "count": len(facts.named(self.key)), "value": shortened(first)}

    def _decoded(self, facts: Facts) -> Iterable[str]:
        return (facts.reader.decoded(field.value) for field in facts.named(self.key))


class TextTest(Word):
    """What must be found; where several keys are given, each of them."""

    matches: Patterns | None = Field(default=None, description="One of these RE2 patterns")
    contains: Texts | None = Field(default=None, description="One of these words; case and width do not count")
    dictionary: Texts | None = Field(default=None, description="A word of one of these dictionaries")

    @model_validator(mode="after")
    def _something_is_asked(self) -> TextTest:
        if self.matches is None and self.contains is None and self.dictionary is None:
            raise ValueError("nothing to look for: write matches, contains or dictionary")
        return self

    def sought(self, compiler: Compiler) -> Sought:
        """The compiled test."""
        patterns = tuple(map(compiler.pattern, self.matches or ()))
        words = tuple(dict.fromkeys(fold(word).text for word in self.contains or ()))
        return compiler.share(Sought(patterns, words, self.dictionary or (), written(self)))


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a text."""

    patterns: tuple[Pattern, ...]
    words: tuple[str, ...]
    dictionaries: tuple[str, ...]
    test: str

    def evidence(self, facts: Facts, text: str) -> str | None:
        """What was found first; None unless everything that is asked for is there."""
        found: list[str] = []
        if self.patterns:
            found.append(matched(self.patterns, text))
        if self.words:
            plain = fold(text).text
            found.append(next((word for word in self.words if word in plain), ""))
        if self.dictionaries:
            hits = (hit for name in self.dictionaries for hit in facts.dictionaries[name].hits(text))
            found.append(next((hit.word for hit in hits), ""))
        return shortened(found[0]) if all(found) else None


class Subject(ConditionWord):
    """The decoded Subject; a message without one has an empty Subject, and where there are several any counts."""

    SCOPE = Scope.MESSAGE
    subject: TextTest = Field(description="What must be found in it")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(SubjectHas(self.subject.sought(compiler)))


class BodyTextTest(TextTest):
    """What must be found in the text."""

    quoted: StrictBool | None = Field(
        default=None, description="Look at quoted mail, signatures and disclaimers too; they do not count otherwise"
    )


class BodyText(ConditionWord):
    """The text that people read in the message itself, HTML as the text that it shows; attachments do not count."""

    SCOPE = Scope.MESSAGE
    text: BodyTextTest = Field(description="What must be found in it")

    def compiled(self, compiler: Compiler) -> Asked:
        return compiler.share(TextHas(self.text.sought(compiler), bool(self.text.quoted)))


@dataclass(frozen=True, slots=True, eq=False)
class SubjectHas(Asked):
    CODE: ClassVar[str] = "subject"
    COST: ClassVar[int] = 25
    sought: Sought

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=_found(self.sought, facts, self._texts(facts)) is not None)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return _told(self.sought, facts, self._texts(facts))

    def _texts(self, facts: Facts) -> tuple[Text, ...]:
        return tuple(Text("header:Subject", subject) for subject in facts.subjects or ("",))


@dataclass(frozen=True, slots=True, eq=False)
class TextHas(Asked):
    CODE: ClassVar[str] = "text"
    COST: ClassVar[int] = 500
    sought: Sought
    quoted: bool

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=_found(self.sought, facts, self._texts(facts)) is not None)

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return _told(self.sought, facts, self._texts(facts))

    def _texts(self, facts: Facts) -> tuple[Text, ...]:
        return facts.texts if self.quoted else facts.sent_texts


def _found(sought: Sought, facts: Facts, texts: Iterable[Text]) -> tuple[str, str] | None:
    """Place and evidence in the first text that has everything."""
    for text in texts:
        evidence = sought.evidence(facts, text.text)
        if evidence is not None:
            return text.place, evidence
    return None


def _told(sought: Sought, facts: Facts, texts: Iterable[Text]) -> Mapping[str, Value]:
    where, evidence = _found(sought, facts, texts) or ("", "")
    return {"test": sought.test, "where": where, "evidence": evidence}


def matched(patterns: tuple[Pattern, ...], text: str) -> str:
    """What the first matching pattern found (the pattern itself where it found the empty text), or nothing."""
    forms = (text,) if text.isascii() else (text, unicodedata.normalize("NFKC", text.translate(_WITHOUT_INVISIBLE)))
    for pattern in patterns:
        for form in forms:
            if pattern.found(form):
                start, end = next(pattern.spans(form))
                return form[start:end].strip() or pattern.text
    return ""


def shortened(text: str) -> str:
    """At most `EVIDENCE` characters of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EVIDENCE else line[: EVIDENCE - 1] + "…"
