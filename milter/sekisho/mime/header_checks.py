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
    for field in fields:
        if not _NAME.fullmatch(field.name):
            yield Anomaly("odd-field-name", f"header:{_shown(field.key)}", ascii(field.name[:80]))
        if _CONTROL.search(field.value):
            yield Anomaly("control-in-header", f"header:{_shown(field.key)}")


def _shown(key: str) -> str:
    """A field's name as people write it, without what is not of a name."""
    plain = key.encode("ascii", "ignore").decode("ascii")
    return "-".join(word.capitalize() for word in plain.split("-"))[:80]
