"""pydantic's errors as problems: at their place in the file, in words that say what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sekisho.config.known import known_keys
from sekisho.config.problems import Problem, did_you_mean
from sekisho.config.source import Source
from sekisho.config.tree import Mark, Node

_ON_VALUE = frozenset({"literal_error", "enum", "value_error"})
"""Errors about the value itself rather than about the key."""


def problems_of(error: ValidationError, model: type[BaseModel], source: Source, root: Node) -> Iterator[Problem]:
    """Every error of one file."""
    for one in error.errors(include_url=False):
        if one["type"] == "too_short" and one["input"]:
            continue  # the list is only too short because its entries are wrong, which is said of each
        node, mark = root.walk(one["loc"])
        place = _place(one, node, mark)
        yield source.problem(place.line, place.column, _message(one, model), place.width)


def _place(error: ErrorDetails, node: Node, mark: Mark) -> Mark:
    is_single = not isinstance(node.value, dict | list)
    return node.mark if error["type"] in _ON_VALUE and is_single and node.value is not None else mark


def _message(error: ErrorDetails, model: type[BaseModel]) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    key = _key(error)
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key `{key}`{did_you_mean(key, known_keys(model, error['loc'][:-1]))}"
        case "unknown_word":
            return f"{error['msg']}{did_you_mean(context['word'], context['known'])}"
        case "missing":
            return f"the key `{key}` is missing"
        case "value_error":
            return str(context["error"])
        case "literal_error" | "enum":
            return _choice(error["input"], str(context["expected"]))
    return _typed(error, key, context)


def _key(error: ErrorDetails) -> str:
    """The last key of the error's path that stands in the file."""
    names = [str(step) for step in error["loc"] if isinstance(step, str) and not step.startswith("(")]
    return names[-1] if names else "this file"


_SHAPES = {
    "model_type": "a mapping (`key: value`)",
    "model_attributes_type": "a mapping (`key: value`)",
    "dict_type": "a mapping (`key: value`)",
    "mapping_type": "a mapping (`key: value`)",
    "list_type": "a list (`[a, b]`)",
    "tuple_type": "a list (`[a, b]`)",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}


_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "more than"),
    "less_than": ("lt", "less than"),
}


def _typed(error: ErrorDetails, key: str, context: Mapping[str, Any]) -> str:
    kind, given = error["type"], error["input"]
    if kind in _SHAPES:
        return f"`{key}` takes {_SHAPES[kind]}, not {_described(given)}{_advice(kind, given)}"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"`{key}` must be {words} {context[bound]:g}"
    if kind in ("too_short", "string_too_short"):
        return f"`{key}` is empty"
    message = error["msg"]
    return message[:1].lower() + message[1:]


def _described(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text `{_short(value)}`" if value else "an empty text"
    names: dict[type, str] = {dict: "a mapping", list: "a list", type(None): "nothing"}
    return names.get(type(value), "this")


def _advice(kind: str, given: object) -> str:
    if kind == "string_type" and isinstance(given, bool | int | float):
        return "; write it in quotes"
    if kind.startswith("bool") and isinstance(given, str) and given.lower() in ("yes", "no", "on", "off"):
        right = "true" if given.lower() in ("yes", "on") else "false"
        return f"; write {right}: in YAML 1.2 `{given}` is a word"
    if _SHAPES[kind].startswith("a mapping") and isinstance(given, str) and ":" in given:
        return "; a blank is missing after the colon"
    return ""


def _choice(given: object, expected: str) -> str:
    """``expected`` is pydantic's ``'a', 'b' or 'c'``."""
    words = [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]
    shown = _short(str(given)) if isinstance(given, str) else _described(given)
    near = did_you_mean(str(given), words)
    if near.startswith("; did"):
        return f"`{shown}` is not one of {', '.join(words)}{near}"
    return f"`{shown}` is not one of {', '.join(words)}" if len(words) > 1 else f"only `{words[0]}` can stand here"


def _short(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= 60 else f"{line[:59]}…"
