"""One modification of the MTA's copy of a message (RFC-less: libmilter's smfi_* calls), as data.

Header indexes count per field name from 1, letter case ignored. Values are without the blank after the colon and fold
with LF. ``to_json`` and ``from_json`` give the form of ``explain --json`` and of the store.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AddHeader:
    """Append a field at the end of the header."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class InsertHeader:
    """Put a field before the field at ``index`` of the whole header; 0 is the top."""

    index: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ChangeHeader:
    name: str
    index: int
    value: str


@dataclass(frozen=True, slots=True)
class DeleteHeader:
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class AddRecipient:
    """Add a forward-path ``<local@domain>``."""

    address: str


@dataclass(frozen=True, slots=True)
class RemoveRecipient:
    """Remove a forward-path, spelled exactly as it came."""

    address: str


@dataclass(frozen=True, slots=True)
class MtaHold:
    """Put the message into the MTA's own hold queue."""

    reason: str


Edit = AddHeader | InsertHeader | ChangeHeader | DeleteHeader | AddRecipient | RemoveRecipient | MtaHold

_OPS: dict[str, type[Any]] = {
    "add-header": AddHeader,
    "insert-header": InsertHeader,
    "change-header": ChangeHeader,
    "delete-header": DeleteHeader,
    "add-recipient": AddRecipient,
    "remove-recipient": RemoveRecipient,
    "mta-hold": MtaHold,
}
_NAMES = {kind: op for op, kind in _OPS.items()}


def to_json(edit: Edit) -> dict[str, str | int]:
    """``{"op": "delete-header", "name": "To", "index": 1}``."""
    return {"op": _NAMES[type(edit)], **asdict(edit)}


def from_json(data: dict[str, str | int]) -> Edit:
    """The inverse of `to_json`."""
    arguments = dict(data)
    edit: Edit = _OPS[str(arguments.pop("op"))](**arguments)
    return edit
