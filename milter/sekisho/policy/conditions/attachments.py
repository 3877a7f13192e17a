"""The condition on attachments: names, type by content, size, number, digest."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StrictBool

from sekisho.core.addresses import is_pattern
from sekisho.core.amounts import Comparison
from sekisho.core.facts import Facts
from sekisho.core.fields import ComparisonField, SizeComparisonField
from sekisho.core.oneline import one_line
from sekisho.core.parts import Part
from sekisho.core.patterns import BadPattern, Pattern
from sekisho.core.reason import Value
from sekisho.core.truth import Truth
from sekisho.policy.asked import Asked, listed, whole
from sekisho.policy.compiler import Compiler
from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.word import ONE_OR_MANY, Scope, Word, written

_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/(\*|[a-z0-9][a-z0-9.+-]*)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
ENCRYPTED = "encrypted-attachment"
"""The finding that says so."""
SOME = Comparison(">=", 1)


def _name(text: str) -> str:
    try:
        _name_pattern(text)
    except BadPattern as error:
        raise ValueError(str(error)) from None
    return text


def _name_pattern(text: str) -> str:
    """RE2 for a ``/pattern/`` or a glob."""
    pattern = text[1:-1] if is_pattern(text) else _glob(unicodedata.normalize("NFKC", text))
    Pattern(pattern).checked()
    return pattern


def _glob(text: str) -> str:
    """``*.xlsx`` as a pattern of the whole name, written so that RE2 takes it."""
    pieces = {"*": ".*", "?": "."}
    inner = "".join(pieces.get(char) or re.escape(char) for char in text)
    return f"(?s)^{inner}\\z" if inner != ".*" else "(?s).+"


def _type(text: str) -> str:
    lowered = text.lower()
    if not _TYPE.fullmatch(lowered):
        raise ValueError(f"{text!r} is not a media type; write application/pdf, or image/* for all of a kind")
    return lowered


def _digest(text: str) -> str:
    lowered = text.lower()
    if not _DIGEST.fullmatch(lowered):
        raise ValueError(f"{text!r} is not a SHA-256 digest of 64 hexadecimal digits")
    return lowered


class AttachmentTest(Word):
    """All that is given must be true of one attachment; `count` says of how many."""

    name: Annotated[tuple[Annotated[str, AfterValidator(_name)], ...], *ONE_OR_MANY] | None = Field(
        default=None, description="Any of its names is like one of these: *.xlsx, or /pattern/; case does not count"
    )
    type: Annotated[tuple[Annotated[str, AfterValidator(_type)], ...], *ONE_OR_MANY] | None = Field(
        default=None, description="Its type by content (declared where unknown) is one of these; image/* is any image"
    )
    size: SizeComparisonField | None = Field(default=None, description='Its size, such as "> 20MB"')
    count: ComparisonField | None = Field(default=None, description='So many attachments are so; ">= 1" unless given')
    encrypted: StrictBool | None = Field(
        default=None, description="It, or a file in it, needs a password (true), or none does (false)"
    )
    sha256: Annotated[tuple[Annotated[str, AfterValidator(_digest)], ...], *ONE_OR_MANY] | None = Field(
        default=None, description="The digest of its content is one of these"
    )


class Attachment(ConditionWord):
    """Attachments: parts that are shown as files, or that bear a name."""

    SCOPE = Scope.MESSAGE
    attachment: AttachmentTest = Field(description="What must be true of an attachment")

    def compiled(self, compiler: Compiler) -> Asked:
        test = self.attachment
        names = tuple(compiler.pattern(_name_pattern(name)) for name in test.name or ())
        return compiler.share(
            AttachmentsAre(
                names,
                frozenset(test.type or ()),
                test.size,
                frozenset(test.sha256 or ()),
                test.count or SOME,
                test.encrypted,
                written(test),
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class AttachmentsAre(Asked):
    CODE: ClassVar[str] = "attachment"
    COST: ClassVar[int] = 400
    names: tuple[Pattern, ...]
    types: frozenset[str]
    size: Comparison | None
    digests: frozenset[str]
    count: Comparison
    encrypted: bool | None
    test: str

    def ask(self, facts: Facts) -> Truth:
        return whole(facts, true=self.count.matches(len(self._those(facts))))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        those = self._those(facts)
        return {"test": self.test, "count": len(those), "names": listed([_label(part) for part in those])}

    def _those(self, facts: Facts) -> list[Part]:
        return [part for part in facts.structure.parts if (part.attached or part.names) and self._passes(facts, part)]

    def _passes(self, facts: Facts, part: Part) -> bool:
        return (
            (self.size is None or self.size.matches(part.content.size))
            and (not self.names or any(_named(self.names, name) for name in part.names))
            and (not self.types or _is_of(self.types, facts.kind(part) or part.type))
            and (not self.digests or _sha256(part) in self.digests)
            and (self.encrypted is None or _is_encrypted(facts, part) is self.encrypted)
        )


def _is_encrypted(facts: Facts, part: Part) -> bool:
    """Whether the inspector of closed files says so of the part, or of something in it."""
    place = one_line(part.place)
    places = [finding.where for finding in facts.findings(ENCRYPTED)]
    return any(where == place or where.startswith(f"{place}/") for where in places)


def _named(patterns: tuple[Pattern, ...], name: str) -> bool:
    normal = unicodedata.normalize("NFKC", name)
    return any(pattern.found(name) or pattern.found(normal) for pattern in patterns)


def _is_of(types: frozenset[str], found: str) -> bool:
    return found in types or f"{found.partition('/')[0]}/*" in types


def _sha256(part: Part) -> str:
    digest = hashlib.sha256()
    for chunk in part.content.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _label(part: Part) -> str:
    return part.names[0] if part.names else part.place
