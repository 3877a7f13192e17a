"""What in the header of a message receivers may read differently (RFC 5322 3.6, RFC 2045).

Given the fields as the MTA's callbacks delivered them, gives anomalies: names that are no names, line ends and
NUL inside values. Fields that stand more often than they may are counted by whoever decides on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sekisho.core.message import Field
from sekisho.core.parts import Anomaly

_NAME = re.compile(rb"[!-9;-~]++")
_UNFOLDED = re.compile(rb"\n(?![ \t])")
_OF_NAMES = bytes(octet for octet in range(256) if _NAME.match(bytes((octet,))))
_CONTROL = re.compile(rb"\0|\r(?!\n)|\n(?![ \t]|$)")


def header_anomalies(fields: Sequence[Field]) -> Iterator[Anomaly]:
    """Every anomaly of the message's own header."""
    if _is_plain(fields):
        return
    for field in fields:
        if not _NAME.fullmatch(field.name):
            yield Anomaly("odd-field-name", f"header:{_shown(field.key)}", ascii(field.name[:80]))
        if _CONTROL.search(field.value):
            yield Anomaly("control-in-header", f"header:{_shown(field.key)}")


def _is_plain(fields: Sequence[Field]) -> bool:
    """Whether there is surely none, as in nearly all mail: asked of all fields at once."""
    names = [field.name for field in fields]
    values = b"|".join([field.value for field in fields])
    if not all(names) or b"".join(names).translate(None, _OF_NAMES):
        return False
    plain = b"\r" not in values and b"\0" not in values and (b"\n" not in values or not _UNFOLDED.search(values))
    return plain or _CONTROL.search(values) is None


def _shown(key: str) -> str:
    """A field's name as people write it, without what is not of a name."""
    plain = key.encode("ascii", "ignore").decode("ascii")
    return "-".join(word.capitalize() for word in plain.split("-"))[:80]
