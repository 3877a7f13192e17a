"""Text from outside made fit to be shown: no control, no change of direction, no invisible character, no end of line.

Subjects, addresses, replies and names of files are written by people who may wish harm: a right-to-left override turns
an address round, a line end starts a header field. What is not to be shown is replaced by U+FFFD, so that it is seen
that something was there.
"""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\u200d"
"""Binds emoji together; changes neither direction nor place."""
_SEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN = re.compile(r"[\x20-\x7e]*")


def clean(text: str, limit: int = 200) -> str:
    """One line of at most ``limit`` characters; longer text ends with an ellipsis."""
    cut = text[: limit + 1]
    if not _PLAIN.fullmatch(cut):
        cut = "".join(_shown(character) for character in cut)
    line = " ".join(cut.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _shown(character: str) -> str:
    if character in "\t\r\n" or character == _JOINER:
        return " " if character != _JOINER else character
    return "\ufffd" if unicodedata.category(character) in _SEEN else character
