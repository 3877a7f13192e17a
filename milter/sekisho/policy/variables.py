"""Variables of a policy file: ``${name}`` in place of a whole value.

Only a value that is nothing but ``${name}`` is replaced, so that what people write into patterns and texts stays
theirs; ``$${name}`` is the text ``${name}`` itself. A variable's value is used as it is, without further replacement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

_NAME = re.compile(r"\$\{([a-z0-9-]+)\}")
_ESCAPED = re.compile(r"\$(\$\{[a-z0-9-]+\})")


def filled(file: Mapping[str, Any]) -> dict[str, Any]:
    """A policy file with its variables' values; raises ``ValidationError`` for every name that is no variable."""
    variables = file.get("variables")
    known = variables if isinstance(variables, Mapping) else {}
    errors: list[InitErrorDetails] = []
    result = {
        key: value if key == "variables" else _filled(value, known, (key,), errors) for key, value in file.items()
    }
    if errors:
        raise ValidationError.from_exception_data("policy", errors)
    return result


def _filled(value: Any, known: Mapping[str, Any], loc: tuple[int | str, ...], errors: list[InitErrorDetails]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(item, known, (*loc, key), errors) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, known, (*loc, index), errors) for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    found = _NAME.fullmatch(value)
    if not found:
        return _ESCAPED.sub(r"\1", value) if _ESCAPED.fullmatch(value) else value
    if found[1] not in known:
        context = {"word": found[1], "known": tuple(map(str, known))}
        error = PydanticCustomError("unknown_word", "unknown variable `{word}`", context)
        errors.append(InitErrorDetails(type=error, loc=loc, input=value))
        return value
    return known[found[1]]
