"""What is done to stored octets before they leave: edits of the header, and transforms of what follows it.

A *transform* says exactly which octets go and what stands in their place, so that it can be made again and again with
the same outcome, whatever a later version would make of the message. ``to_json`` and ``from_json`` give the form of
the store and of ``quarantine show --json``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sekisho.core import edits
from sekisho.core.edits import Edit


@dataclass(frozen=True, slots=True)
class DropAttachment:
    """A file does not leave: its part of the body is replaced by a note that says so."""

    place: str
    """Where findings say that the file is: ``attachment:list.xlsx``."""
    name: str
    """The file's name, as people know it."""
    start: int
    """First octet of the part, its header included; octets of the body count from 0."""
    end: int
    """The octet behind its last; the line end before the next delimiter is not the part's (RFC 2046 5.1.1)."""
    note: str
    """The text that stands there instead."""


Transform = DropAttachment
Change = Edit | Transform

_DROP = "drop-attachment"


def to_json(change: Change) -> dict[str, str | int]:
    """``{"op": "drop-attachment", "place": "attachment:list.xlsx", …}``; edits as `sekisho.core.edits` has them."""
    if isinstance(change, DropAttachment):
        return {"op": _DROP, **asdict(change)}
    return edits.to_json(change)


def from_json(data: dict[str, str | int]) -> Change:
    """The inverse of `to_json`."""
    if data["op"] != _DROP:
        return edits.from_json(data)
    place, name, note = str(data["place"]), str(data["name"]), str(data["note"])
    return DropAttachment(place, name, int(data["start"]), int(data["end"]), note)
