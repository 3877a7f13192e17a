"""A queue file as Postfix's cleanup keeps it while a milter edits: header fields, body, recipients, hold queue.

Semantics, as read in Postfix 3.7 and measured on it:

- header indexes count per name from 1, letter case ignored; 0 acts as 1; a deletion shifts what follows it;
- changing a field that is not there appends it, deleting one that is not there does nothing;
- appended fields cannot be found again; the gateway's own Received stands on top and is never counted but by inserts;
- an insertion's index counts all fields from 0; past the end it appends;
- a changed field takes the name as the milter spells it;
- a recipient is removed by the exact spelling of what stands within its brackets, all copies of it; a miss is silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Line = tuple[bytes, bytes]
"""A field's name, and all octets after its colon; folds as LF."""

OWN: Line = (b"Received", b" from the client by the gateway")
_HEADER = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:")


def parse(octets: bytes) -> tuple[list[Line], bytes]:
    """Split a message (CRLF line ends) into fields and body as Postfix does.

    The header ends at the empty line, or before the first line that is neither a field nor a continuation.
    """
    header: list[Line] = []
    at = 0
    while at < len(octets):
        end = octets.find(b"\r\n", at)
        line, after = (octets[at:end], end + 2) if end >= 0 else (octets[at:], len(octets))
        if not line:
            return header, octets[after:]
        if line[:1] in b" \t" and header:
            name, value = header[-1]
            header[-1] = name, value + b"\n" + line
        else:
            start = _HEADER.match(line)
            if start is None:
                return header, octets[at:]
            header.append((start.group(1), line[start.end() :]))
        at = after
    return header, b""


@dataclass
class QueueFile:
    """One message in the MTA's hands."""

    lines: list[Line]
    body: bytes
    recipients: list[bytes]
    """Paths as the client gave them."""
    added: list[Line] = field(default_factory=list)
    held: str | None = None
    """Why the milter put it into the hold queue; None when it did not."""

    def __post_init__(self) -> None:
        self.lines = [OWN, *self.lines]

    def add_header(self, name: bytes, value: bytes) -> None:
        self.added.append((name, value))

    def insert_header(self, index: int, name: bytes, value: bytes) -> None:
        if index < len(self.lines):
            self.lines.insert(index, (name, value))
        else:
            self.add_header(name, value)

    def change_header(self, name: bytes, index: int, value: bytes) -> None:
        """Replace, append when there is none, delete when the value is empty."""
        position = self._find(name, index)
        if not value:
            if position is not None:
                del self.lines[position]
        elif position is None:
            self.add_header(name, value)
        else:
            self.lines[position] = name, value

    def add_recipient(self, path: bytes) -> None:
        if _inside(path):
            self.recipients.append(path)

    def remove_recipient(self, path: bytes) -> None:
        wanted = _inside(path)
        self.recipients = [one for one in self.recipients if _rewritten(one) != wanted]

    def octets(self) -> bytes:
        """The message as it leaves, without the gateway's own Received."""
        lines = [line for line in (*self.lines, *self.added) if line is not OWN]
        header = b"".join(b"%b:%b\r\n" % (name, value.replace(b"\n", b"\r\n")) for name, value in lines)
        return header + b"\r\n" + self.body

    def _find(self, name: bytes, index: int) -> int | None:
        """The position of the index-th field of that name; the first field of all is skipped, whatever it is."""
        wanted = name.lower()
        found = [i for i, line in enumerate(self.lines) if i > 0 and line[0].lower() == wanted]
        number = max(index, 1) - 1
        return found[number] if number < len(found) else None


def _inside(path: bytes) -> bytes:
    """What stands within one pair of angle brackets, or the path itself."""
    return path[1:-1] if path.startswith(b"<") and path.endswith(b">") else path


def _rewritten(path: bytes) -> bytes:
    """A RCPT path in the form in which the MTA remembers it: no brackets at all, no source route."""
    text = path.strip(b"<>")
    return text.partition(b":")[2] if text.startswith(b"@") and b":" in text else text
