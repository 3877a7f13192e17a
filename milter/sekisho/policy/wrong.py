"""Errors of a policy file's shape, raised so that their place is the key that is wrong.

Their types are ``unknown_word``, with ``word`` and ``known`` in the context, and ``shape``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


def refuse_word(kind: str, known: Iterable[str]) -> Callable[[Any], NoReturn]:
    """A validator for what is no ``kind``: names the key that is wrong, and the words that would be right."""
    words = tuple(known)

    def refuse(value: Any) -> NoReturn:
        if isinstance(value, str) and value in words:
            raise PydanticCustomError("shape", f"`{value}` needs settings: write `{value}: …`")
        if isinstance(value, str):
            raise _unknown((), kind, value, words)
        if not isinstance(value, Mapping) or not value:
            raise PydanticCustomError("shape", f"a {kind} is a word with its settings, such as `{words[-2]}: …`")
        strangers = [key for key in value if key not in words]
        if strangers:
            raise _unknown((str(strangers[0]),), kind, str(strangers[0]), words)
        raise _several(kind, [str(key) for key in value])

    return refuse


def _unknown(loc: tuple[str, ...], kind: str, word: str, known: tuple[str, ...]) -> ValidationError:
    error = PydanticCustomError("unknown_word", f"unknown {kind} `{{word}}`", {"word": word, "known": known})
    return _at(loc, word, error)


def _several(kind: str, keys: list[str]) -> ValidationError:
    named = " and ".join(f"`{key}`" for key in keys)
    advice = "; join them by `all:` or `any:`, each with its own hyphen" if kind == "condition" else ""
    return _at((keys[1],), keys[1], PydanticCustomError("shape", f"one {kind} a mapping: here are {named}{advice}"))


def _at(loc: tuple[str, ...], given: str, error: PydanticCustomError) -> ValidationError:
    return ValidationError.from_exception_data("policy", [InitErrorDetails(type=error, loc=loc, input=given)])
