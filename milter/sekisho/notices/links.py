"""Tokens in links: who has one may do one thing, once, with one hold as it was when the link was sent.

A token is 128 random bits and an HMAC-SHA-256 under the site's key over them and over everything that it is bound to.
It carries none of that itself: the store keeps its fingerprint with hold, action, person and expiry, and the rest of
the `Grant` is made anew from the hold as it is now. So any change of content or waiting recipients revokes it, and
whoever reads the database has no token. That a token is used once is the store's affair, in the transaction of the
decision. Unknown, altered, used and expired tokens must look alike to whoever presents them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=24)
SHORTEST_KEY = 32
_NONCE = 16
_MAC = 32
_PURPOSE = b"sekisho link 1"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows."""

    hold: str
    action: str
    """``release``, ``reject``, ``cancel`` …, or ``look`` for the page."""
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


def _octets(token: str) -> bytes:
    """The token's octets; what is no token becomes one that nobody issued."""
    try:
        octets = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        octets = b""
    return octets if len(octets) == _NONCE + _MAC else bytes(_NONCE + _MAC)


def _mac(key: bytes, nonce: bytes, grant: Grant) -> bytes:
    """Over every part with its length, so that no two grants read the same."""
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the key for links has {len(key)} octets, at least {SHORTEST_KEY} are needed")
    recipients = sorted(grant.recipients)
    expires = str(int(grant.expires.timestamp() * 1_000_000))
    texts = (grant.hold, grant.action, grant.person, grant.digest, expires, str(len(recipients)), *recipients)
    parts = (_PURPOSE, nonce, *(text.encode("utf-8", "surrogateescape") for text in texts))
    return hmac.digest(key, b"".join(b"%d:%b" % (len(part), part) for part in parts), "sha256")
