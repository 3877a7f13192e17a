"""A message file as an MTA would hand it over: octets to header fields and body.

For ``explain`` and for what is re-read from storage; the running gateway decides on the fields that the MTA's callbacks
gave. Any line end is read, CRLF comes out. The header ends, as in Postfix, at an empty line or at the first line that
cannot be part of it, which then opens the body. An mbox ``From `` line at the top is passed over. Never raises.
"""

from __future__ import annotations

import re

from sekisho.core.message import Field

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:.*", re.DOTALL)
_LINE_END = re.compile(rb"\r\n|\n")
_BOM = b"\xef\xbb\xbf"


def parse_message(octets: bytes) -> tuple[tuple[Field, ...], bytes]:
    """The header fields, folds as LF, and the body with CRLF line ends."""
    rest = octets.removeprefix(_BOM)
    lines: list[list[bytes]] = []
    position = _after_mbox_line(rest)
    while position < len(rest):
        line, following = _line(rest, position)
        if not line:
            position = following
            break
        if line[:1] in b" \t" and lines:
            lines[-1].append(line)
        elif _FIELD.fullmatch(line):
            lines.append([line])
        else:
            break
        position = following
    return tuple(map(_field, lines)), _LINE_END.sub(b"\r\n", rest[position:])


def _field(lines: list[bytes]) -> Field:
    name, _, value = b"\n".join(lines).partition(b":")
    return Field(name.rstrip(b" \t"), value)


def _after_mbox_line(octets: bytes) -> int:
    return _line(octets, 0)[1] if octets.startswith(b"From ") else 0


def _line(octets: bytes, start: int) -> tuple[bytes, int]:
    """The line at ``start`` without its end, and where the next one starts."""
    end = octets.find(b"\n", start)
    if end < 0:
        return octets[start:], len(octets)
    return octets[start:end].removesuffix(b"\r"), end + 1
