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
    if b"" in names or not _NAME.fullmatch(b"".join(names) or b"-"):
        return False
    plain = b"\n" not in values and b"\r" not in values and b"\0" not in values
    return plain or _CONTROL.search(values) is None


def _shown(key: str) -> str:
    """A field's name as people write it, without what is not of a name."""
    plain = key.encode("ascii", "ignore").decode("ascii")
    return "-".join(word.capitalize() for word in plain.split("-"))[:80]
