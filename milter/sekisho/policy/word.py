"""What all words of the policy language have in common: read-only models with kebab-case keys and no unknown ones.

The field types here turn what people write into checked values when a policy is read; a bad value is a ``ValueError``
with one sentence that says what would be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from sekisho.core.addresses import is_pattern, normal_entry
from sekisho.core.patterns import BadPattern, Pattern


class Scope(Enum):
    """For whom a condition is true."""

    MESSAGE = "message"
    """For all recipients or for none."""
    RECIPIENT = "recipient"
    """For each recipient by itself."""


class Severity(Enum):
    """How bad it is that the program cannot do yet what a word asks for."""

    ERROR = "error"
    """Mail would pass unheld or unedited: the policy is refused."""
    WARNING = "warning"
    """What happens is only stricter or quieter."""


NOT_YET = "not-yet"


def kebab(name: str) -> str:
    """``not_in`` to ``not-in``, ``from_`` to ``from``."""
    return name.rstrip("_").replace("_", "-")


class Word(BaseModel):
    """Base of every policy word and of the settings below one."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=kebab)

    EMPTY: ClassVar[bool] = True
    """Whether it may have no settings at all."""
    NOT_YET: ClassVar[Severity | None] = None
    """Set on a word that the schema knows and the program cannot do yet."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.EMPTY and not self.model_fields_set:
            known = ", ".join(kebab(name) for name in type(self).model_fields)
            raise ValueError(f"nothing is asked: write at least one of {known}")
        return self


def not_yet(severity: Severity, description: str) -> Any:
    """A field that the schema knows and the program cannot do yet; absent unless written."""
    return Field(default=None, description=description, json_schema_extra={NOT_YET: severity.value})


def not_yet_of(field: FieldInfo) -> Severity | None:
    """How `not_yet` marked a field."""
    extra = field.json_schema_extra
    return Severity(extra[NOT_YET]) if isinstance(extra, Mapping) and NOT_YET in extra else None


def _many(value: object) -> object:
    """One value is a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _not_empty(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if not value:
        raise ValueError("an empty list: write at least one value, or leave the key out")
    return value


ONE_OR_MANY = (BeforeValidator(_many), AfterValidator(_not_empty))


def _pattern(text: str) -> str:
    try:
        Pattern(text).checked()
    except BadPattern as error:
        raise ValueError(str(error)) from None
    return text


def _member(text: str) -> str:
    return text if is_list_name(text) else normal_entry(text)


def _domain(text: str) -> str:
    entry = normal_entry(text)
    if "@" in entry or is_pattern(entry) or entry == "<>":
        raise ValueError(f"{text!r} is not a domain; write example.com, or .example.com for its sub-domains")
    return entry


def is_list_name(text: str) -> bool:
    """Whether a member of ``in`` names a list, rather than being an entry itself."""
    return bool(text) and text.replace("-", "").replace("_", "").isalnum()


PatternText = Annotated[str, AfterValidator(_pattern)]
"""A pattern in RE2 syntax."""

Member = Annotated[str, AfterValidator(_member)]
"""A list's name, an address, a domain, a .domain or a /pattern/."""

DomainText = Annotated[str, AfterValidator(_domain)]
"""``example.com``, or ``.example.com`` for its sub-domains."""

Patterns = Annotated[tuple[PatternText, ...], *ONE_OR_MANY]
Members = Annotated[tuple[Member, ...], *ONE_OR_MANY]
Domains = Annotated[tuple[DomainText, ...], *ONE_OR_MANY]
Texts = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], *ONE_OR_MANY]

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _field_name(text: str) -> str:
    if not text or not set(text) <= _TOKEN:
        raise ValueError(f"{text!r} is not the name of a header field (letters, digits and hyphens, no colon)")
    return text


def _field_value(text: str) -> str:
    if any(char in text for char in "\r\n\0"):
        raise ValueError("a header field's value has no line ends and no NUL")
    return text


FieldName = Annotated[str, AfterValidator(_field_name)]
"""RFC 5322 3.6.8 ftext, kept to characters that every MTA takes."""

FieldValue = Annotated[str, AfterValidator(_field_value)]


def checked_address(text: str, wanted: str = "an address such as user@example.com") -> str:
    """The address itself, fit for a header and an envelope, or ``ValueError``."""
    local, at, domain = text.rpartition("@")
    if not (at and local and domain) or set(text) & set(' \t\r\n\0<>,;:()[]"\\') or not text.isprintable():
        raise ValueError(f"{text!r} is not {wanted}")
    normal_entry(text)
    return text


Address = Annotated[str, AfterValidator(checked_address)]
"""``user@example.com``, without display name and without quotes."""


def written(model: BaseModel) -> str:
    """The settings of a word as they were written, on one line: ``external: true, not-in: partners``."""
    return ", ".join(f"{kebab(name)}: {_shown(getattr(model, name))}" for name in _given(model))


def _given(model: BaseModel) -> Iterator[str]:
    return (name for name in type(model).model_fields if name in model.model_fields_set)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, BaseModel):
        return written(value)
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value[:5])) + (", …" if len(value) > 5 else "")
    return str(value)


def tag(word: str) -> str:
    """The mark of a word in the place of an error, which no key can look like."""
    return f"({word})"


def word_chooser(words: Iterable[str], first: str = "") -> Callable[[Any], str]:
    """A discriminator on the one key of a mapping, or on the key ``first`` whatever stands beside it."""
    known = frozenset(words)

    def choose(value: Any) -> str:
        keys = list(value) if isinstance(value, Mapping) else []
        if first and first in keys:
            return tag(first)
        return tag(keys[0]) if len(keys) == 1 and keys[0] in known else UNKNOWN

    return choose


UNKNOWN = tag("?")
Loc = tuple[int | str, ...]
