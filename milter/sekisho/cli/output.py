"""What verbs print and with what they end: JSON lines, sentences, sysexits."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

EX_OK = 0
EX_USAGE = 64
EX_DATA = 65
EX_NO_INPUT = 66
EX_UNAVAILABLE = 69
EX_INTERNAL = 70
EX_CANNOT_CREATE = 73
EX_IO = 74
EX_TRY_AGAIN = 75
EX_CONFIG = 78

_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class CommandError(Exception):
    """A foreseen failure: what went wrong and what to do, with its exit code."""

    def __init__(self, code: int, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})


def fail(error: CommandError, *, as_json: bool) -> int:
    """Say it, on stderr for people, on stdout for programs; the exit code."""
    if as_json:
        print_json({"error": error.message, **error.details})
    else:
        print("sekisho: " + "\n".join(map(clean, error.message.split("\n"))), file=sys.stderr)
    return error.code


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line; octets that were no UTF-8 come out as replacement characters."""
    line = json.dumps(value, ensure_ascii=False)
    print(line.encode("utf-8", "replace").decode("utf-8"))


def say(text: str = "") -> None:
    """A line for people; what a message smuggled into it cannot move the cursor or turn the text round."""
    print(clean(text))


def clean(text: str) -> str:
    """Without control characters, bidirectional overrides and surrogates."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def heading(text: str) -> None:
    """A line for people that stands out on a terminal (plain elsewhere, and where NO_COLOR is set)."""
    bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(f"\x1b[1m{clean(text)}\x1b[0m" if bold else clean(text))
