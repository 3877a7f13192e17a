"""The header as it should leave, and the difference to the header as it came.

Actions work on a ``Draft``; ``difference`` turns draft and original into edits in an order that is right for Postfix
(where a deletion shifts what follows) and Sendmail (where it does not): from the highest index of a name down, changes
in place, additions last. ``apply`` performs edits on fields, for what is sent later from stored octets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sekisho.core.edits import AddHeader, ChangeHeader, DeleteHeader, Edit, InsertHeader
from sekisho.core.message import Field


@dataclass(frozen=True, slots=True)
class _Line:
    origin: int | None
    field: Field


class Draft:
    """A header being rewritten; knows of each field which original field it was."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._original = tuple(fields)
        self._lines = [_Line(index, field) for index, field in enumerate(fields)]

    def remove(self, keys: Iterable[str]) -> None:
        """Drop every field with one of these lower-case names."""
        unwanted = frozenset(keys)
        self._lines = [line for line in self._lines if line.field.key not in unwanted]

    def remove_prefix(self, prefix: str) -> None:
        """Drop every field whose lower-case name begins so."""
        self._lines = [line for line in self._lines if not line.field.key.startswith(prefix)]

    def add(self, name: str, value: str) -> None:
        """Append a field."""
        self._lines.append(_Line(None, _field(name, value)))

    def set_only(self, name: str, value: str) -> None:
        """Leave exactly one field of this name: the first changed in place, or a new one at the end."""
        key = name.lower()
        first = next((i for i, line in enumerate(self._lines) if line.field.key == key), None)
        if first is None:
            self.add(name, value)
            return
        old = self._lines[first]
        kept = replace(old, field=Field(old.field.name, _field(name, value).value))
        rest = [line for line in self._lines[first + 1 :] if line.field.key != key]
        self._lines[first:] = [kept, *rest]

    def difference(self) -> tuple[Edit, ...]:
        """The edits that turn the original header into this one."""
        surviving = {line.origin: line.field for line in self._lines if line.origin is not None}
        numbered = _numbered(self._original)
        edits: list[Edit] = []
        for position in range(len(self._original) - 1, -1, -1):
            name, index = numbered[position]
            if position not in surviving:
                edits.append(DeleteHeader(name, index))
            elif surviving[position] is not self._original[position]:
                edits.append(ChangeHeader(name, index, _text(surviving[position])))
        edits.extend(AddHeader(_name(line.field), _text(line.field)) for line in self._lines if line.origin is None)
        return tuple(edits)


def apply(fields: Sequence[Field], edits: Iterable[Edit]) -> tuple[Field, ...]:
    """The fields after the header edits among ``edits``, as an MTA would leave them."""
    result = list(fields)
    for edit in edits:
        match edit:
            case AddHeader(name, value):
                result.append(_field(name, value))
            case InsertHeader(index, name, value):
                result.insert(index, _field(name, value))
            case ChangeHeader(name, index, value):
                position = _position(result, name, index)
                result[position] = Field(result[position].name, _field(name, value).value)
            case DeleteHeader(name, index):
                del result[_position(result, name, index)]
    return tuple(result)


def _position(fields: Sequence[Field], name: str, index: int) -> int:
    key = name.lower()
    positions = [i for i, field in enumerate(fields) if field.key == key]
    return positions[max(index, 1) - 1]


def _numbered(fields: Sequence[Field]) -> list[tuple[str, int]]:
    seen: dict[str, int] = {}
    result = []
    for field in fields:
        seen[field.key] = seen.get(field.key, 0) + 1
        result.append((_name(field), seen[field.key]))
    return result


def _field(name: str, value: str) -> Field:
    return Field(name.encode("utf-8", "surrogateescape"), b" " + value.encode("utf-8", "surrogateescape"))


def _name(field: Field) -> str:
    return field.name.decode("utf-8", "surrogateescape").strip()


def _text(field: Field) -> str:
    return field.value.decode("utf-8", "surrogateescape").removeprefix(" ")
