"""Octets of a message taken apart without understanding them: fields with their folds, body, what a gateway put on top.

Used to compare what was sent with what arrived; no library that re-writes headers may stand between the two.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")


class Line(NamedTuple):
    """One header field: its name and all its octets, last CRLF included."""

    name: str
    octets: bytes

    @property
    def value(self) -> str:
        """The value unfolded, without blanks around it."""
        return re.sub(r"\r\n(?=[ \t])", "", self.octets.partition(b":")[2].decode("utf-8", "replace")).strip()


class Message(NamedTuple):
    """A message in its two halves; the empty line between them is in neither."""

    header: tuple[Line, ...]
    body: bytes

    def fields(self, name: str) -> list[Line]:
        return [line for line in self.header if line.name.lower() == name.lower()]


def apart(data: bytes) -> Message:
    """A message's fields and body; the header ends where no field goes on."""
    header: list[Line] = []
    at = 0
    while at < len(data):
        # By position: a copy of the rest for each line would take minutes on a header of megabytes.
        end = data.find(b"\r\n", at)
        after = end + 2 if end >= 0 else len(data)
        line = data[at:after]
        if line == b"\r\n":
            return Message(tuple(header), data[after:])
        if line[:1] in b" \t" and header:
            header[-1] = Line(header[-1].name, header[-1].octets + line)
        elif _FIELD.match(line):
            header.append(Line(line.partition(b":")[0].strip().decode("latin-1"), line))
        else:
            break
        at = after
    return Message(tuple(header), data[at:])


def without_trace(data: bytes, count: int) -> bytes | None:
    """The message without the first ``count`` fields, if each of them is a Received field; else None."""
    for _ in range(count):
        header = apart(data[: 64 * 1024]).header
        if not header or header[0].name.lower() != "received":
            return None
        data = data[len(header[0].octets) :]
    return data
