"""Variables of a policy file: ``${name}`` in place of a whole value.

Only a value that is nothing but ``${name}`` is replaced, so that what people write into patterns and texts stays
theirs; ``$${name}`` is the text ``${name}`` itself. A variable's value is used as it is, without further replacement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sekisho.policy.word import Loc

NAME = r"\$\{([a-z0-9-]+)\}"
_NAME = re.compile(NAME)
_ESCAPED = re.compile(r"\$(\$\{[a-z0-9-]+\})")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no variable has, and where it stands."""

    loc: Loc
    name: str
    known: tuple[str, ...]


def filled(file: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Unknown, ...]]:
    """A policy file with its variables' values, and every name that is no variable, left as it stands."""
    variables = file.get("variables")
    filling = _Filling(variables if isinstance(variables, Mapping) else {})
    result = {key: value if key == "variables" else filling.value(value, (key,)) for key, value in file.items()}
    return result, tuple(filling.unknown)


class _Filling:
    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known
        self.unknown: list[Unknown] = []

    def value(self, value: Any, loc: Loc) -> Any:
        if isinstance(value, Mapping):
            return {key: self.value(item, (*loc, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, (*loc, index)) for index, item in enumerate(value)]
        return self._text(value, loc) if isinstance(value, str) else value

    def _text(self, value: str, loc: Loc) -> Any:
        found = _NAME.fullmatch(value)
        if not found:
            return _ESCAPED.sub(r"\1", value) if _ESCAPED.fullmatch(value) else value
        if found[1] in self._known:
            return self._known[found[1]]
        self.unknown.append(Unknown(loc, found[1], tuple(map(str, self._known))))
        return value
