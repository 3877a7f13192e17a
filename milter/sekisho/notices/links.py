"""Tokens in links: who has one may do one thing, once, with one hold as it was when the link was sent.

A token is 128 random bits and an HMAC-SHA-256 under the site's key over them and over everything that it is bound to.
It carries none of that itself: the store keeps its fingerprint with hold, action, person and expiry, and the rest of
the `Grant` is made anew from the hold as it is now. So any change of content or waiting recipients revokes it, and
whoever reads the database has no token. That a token is used once is the store's affair, in the transaction of the
decision. Unknown, altered, used and expired tokens must look alike to whoever presents them.

Programs follow links and submit forms, so two more things are derived from the key. A *code* of four characters stands
in the mail and nowhere on the page: whatever sends must be accompanied by it. A *mark* in each form says that the
page was fetched by whoever posts it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=24)
SHORTEST_KEY = 32
_NONCE = 16
_MAC = 32
_PURPOSE = b"sekisho link 1"
_CODE = b"sekisho code 1"
_MARK = b"sekisho mark 1"
CODE_LENGTH = 4
_AS_TYPED = str.maketrans("0189", "OIBG", " -\u3000")
"""No code has 0, 1, 8 or 9 (RFC 4648 6); what people type for the letters is understood."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows."""

    hold: str
    action: str
    """``decide``, or ``undo:CHOICE-ID``."""
    person: str
    """The address to which the link was sent; forwarding it gives nobody else rights."""
    digest: str
    """Of the message's octets."""
    recipients: tuple[str, ...]
    """Those of the hold who wait; their order does not matter."""
    expires: datetime
    """Aware."""


def issue(key: bytes, grant: Grant, random: Callable[[int], bytes]) -> str:
    """A new token: 64 characters that may stand in a URL. `ValueError` for a key of under 32 octets."""
    nonce = random(_NONCE)
    return base64.urlsafe_b64encode(nonce + _mac(key, nonce, grant)).decode("ascii")


def fingerprint(token: str) -> str:
    """What the store keeps of a token, and finds it by: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_valid(key: bytes, token: str, grant: Grant, now: datetime) -> bool:
    """Whether the token was issued for just this grant and is not expired. Takes equally long whatever is wrong."""
    octets = _octets(token)
    is_ours = hmac.compare_digest(octets[_NONCE:], _mac(key, octets[:_NONCE], grant))
    return is_ours and now < grant.expires


def code_of(key: bytes, hold: str, person: str) -> str:
    """The code that accompanies every link about a hold to a person."""
    return base64.b32encode(_digest(key, (_CODE, _octets_of(hold), _octets_of(person)))).decode("ascii")[:CODE_LENGTH]


def is_code(key: bytes, hold: str, person: str, typed: str) -> bool:
    """Whether somebody typed the code, in whatever width and case."""
    clean = unicodedata.normalize("NFKC", typed[:40]).upper().translate(_AS_TYPED)
    return hmac.compare_digest(clean.encode("utf-8", "replace"), code_of(key, hold, person).encode())


def mark_of(key: bytes, token: str, now: datetime) -> str:
    """The mark for a form that a token's page shows now."""
    made = str(int(now.timestamp()))
    return f"{made}.{_digest(key, (_MARK, _octets_of(token), made.encode())).hex()}"


def is_mark(key: bytes, token: str, mark: str, now: datetime) -> bool:
    """Whether the token's page showed this mark, and not too long ago."""
    made, _, given = mark.partition(".")
    if not re.fullmatch(r"[0-9]{1,12}", made):
        return False
    right = _digest(key, (_MARK, _octets_of(token), made.encode())).hex()
    age = now.timestamp() - int(made)
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()) and age <= LIFETIME.total_seconds()


def _octets(token: str) -> bytes:
    """The token's octets; what is no token becomes one that nobody issued."""
    try:
        octets = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        octets = b""
    return octets if len(octets) == _NONCE + _MAC else bytes(_NONCE + _MAC)


def _mac(key: bytes, nonce: bytes, grant: Grant) -> bytes:
    recipients = sorted(grant.recipients)
    expires = str(int(grant.expires.timestamp() * 1_000_000))
    texts = (grant.hold, grant.action, grant.person, grant.digest, expires, str(len(recipients)), *recipients)
    return _digest(key, (_PURPOSE, nonce, *map(_octets_of, texts)))


def _digest(key: bytes, parts: Sequence[bytes]) -> bytes:
    """Over every part with its length, so that no two sequences read the same."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the key for links has {len(key)} octets, at least {SHORTEST_KEY} are needed")
    return hmac.digest(key, b"".join(b"%d:%b" % (len(part), part) for part in parts), "sha256")


def _octets_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
