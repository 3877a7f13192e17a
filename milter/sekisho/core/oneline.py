"""Text from outside made fit for one line of a log, a notice or a terminal.

Messages, names and patterns may hold line ends, control characters, bidi overrides and broken surrogates; shown as they
are they would forge lines or hide what follows. Nothing else changes: it stays the reader's text, only visible.
"""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANKS = "\r\n\t\v\f\x85\u2028\u2029"


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line, cut at ``limit`` characters, without anything that changes how the rest is shown."""
    cut = text[: limit + 1]
    if not cut.isprintable():
        cut = "".join(" " if char in _BLANKS else char for char in cut if char in _BLANKS or _is_seen(char))
    return cut if len(cut) <= limit else cut[: limit - 1] + "…"


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in _UNSEEN
