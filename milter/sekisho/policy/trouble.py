"""What is wrong with a policy, and where: records that the loader of files turns into file, line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sekisho.policy.actions.tree import ACTIONS
from sekisho.policy.conditions.tree import CONDITIONS
from sekisho.policy.models import PolicyFile
from sekisho.policy.word import Loc, Severity, Word, kebab

WORDS: dict[str, type[Word]] = {f"({word})": model for word, model in {**CONDITIONS, **ACTIONS}.items()}
"""Every word's model by its mark in the place of an error."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong or odd."""

    loc: Loc
    """Keys and indexes from the top of the file; a step that is not in the file (a single value written without its
    list) may be passed over."""
    message: str
    severity: Severity = Severity.ERROR
    word: str = ""
    """What was written, where something else may have been meant,"""
    known: tuple[str, ...] = ()
    """and what would have been right."""
    source: int = 0
    """Which file, counted from 0."""


def shape_troubles(error: ValidationError, source: int = 0, root: type[Word] = PolicyFile) -> tuple[Trouble, ...]:
    """What is wrong with the shape of one file: every error that validating it as ``root`` has found."""
    return tuple(_trouble(one, source, root) for one in error.errors(include_url=False) if not _consequence(one))


def _consequence(error: ErrorDetails) -> bool:
    """Whether a list is only too short because all its entries were wrong."""
    return error["type"] == "too_short" and bool(error["input"])


def _trouble(error: ErrorDetails, source: int, root: type[Word]) -> Trouble:
    loc = plain(error["loc"])
    context = error.get("ctx", {})
    last = str(loc[-1]) if loc else ""
    match error["type"]:
        case "missing":
            return Trouble(loc[:-1], f"`{last}` is missing", source=source)
        case "extra_forbidden":
            return Trouble(loc, f"unknown key `{last}`", word=last, known=_keys(root, error["loc"][:-1]), source=source)
        case "unknown_word":
            return Trouble(loc, error["msg"], word=context["word"], known=tuple(context["known"]), source=source)
        case "literal_error":
            choices = tuple(str(one) for one in _choices(str(context["expected"])))
            said = f"`{_short(error['input'])}` is not one of {', '.join(choices)}"
            return Trouble(loc, said, word=_short(error["input"]), known=choices, source=source)
        case kind:
            return Trouble(loc, _said(kind, last, error, root), source=source)


def plain(loc: tuple[int | str, ...]) -> Loc:
    """The place without the marks of words."""
    return tuple(step for step in loc if not _is_mark(step))


def _is_mark(step: int | str) -> bool:
    return isinstance(step, str) and step.startswith("(") and step.endswith(")")


def _said(kind: str, key: str, error: ErrorDetails, root: type[Word]) -> str:
    value = _short(error["input"])
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        known = ", ".join(f"`{one}`" for one in _keys(root, error["loc"]))
        who = "this" if key.isdigit() else f"`{key}`"
        return f"{who} must be a mapping with {known}" if known else f"{who} must be a mapping"
    return {
        "string_type": f"`{value}` must be text: put it in quotes",
        "bool_type": f"`{value}` must be true or false, without quotes",
        "tuple_type": "must be a list",
        "too_short": "an empty list: write at least one entry, or leave the key out",
        "string_too_short": "an empty text: write something, or leave the key out",
        "int_type": f"`{value}` must be a whole number",
    }.get(kind, error["msg"].removeprefix("Value error, "))


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _choices(expected: str) -> list[str]:
    """Pydantic's ``'a', 'b' or 'c'`` taken apart."""
    return [piece for piece in expected.split("'")[1::2] if piece]


def _keys(root: type[Word], loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys that may stand at a place."""
    model: type[Word] | None = root
    for step in loc:
        if isinstance(step, str) and _is_mark(step):
            model = WORDS.get(step)
        elif isinstance(step, str) and model is not None:
            model = _below(model, step)
    return tuple(kebab(name) for name in model.model_fields) if model else ()


def _below(model: type[Word], key: str) -> type[Word] | None:
    """The model of a key's value, where there is just one."""
    for name, field in model.model_fields.items():
        if kebab(name) == key:
            found = set(_models(field.annotation))
            return found.pop() if len(found) == 1 else None
    return None


def _models(annotation: Any) -> Iterator[type[Word]]:
    if isinstance(annotation, type) and annotation is not NoneType and issubclass(annotation, Word):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
