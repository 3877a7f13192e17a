"""Identifiers of holds, messages and notices: 130 random bits as 26 characters that people can read out.

Crockford's base 32: no I, L, O or U; what a person types for them (I, L as 1, O as 0, small letters) is understood.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26

RandomOctets = Callable[[int], bytes]
"""``secrets.token_bytes``, or a test's own."""

_OURS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)
_AS_TYPED = str.maketrans("ILO", "110")


def new_id(random: RandomOctets) -> str:
    """An identifier that nobody can guess."""
    return b32encode(random(17)).decode()[:LENGTH].translate(_OURS)


def read_id(typed: str) -> str:
    """The identifier that somebody typed; what is none comes back as an identifier that does not exist."""
    return typed.strip().replace("-", "").upper().translate(_AS_TYPED)
