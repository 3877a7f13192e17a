"""Content encrypted at rest: AES-256-GCM in frames, so that big content is never in memory as a whole.

Sealed content begins with an octet that no message begins with (libmilter gives field names as C strings), then the
version, the key's id and a salt. Each content has a key of its own (HKDF-SHA256 of the site's key, RFC 5869, with the
salt and the message's id); a frame's nonce is its ordinal and whether it is the last, and everything before the frames
is authenticated with each: frames that were exchanged, left out, cut off or taken from another message do not open.
Needs cryptography where there are keys.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sekisho.store.errors import ContentDamaged, KeyMissing

FRAME = 1 << 16
"""Octets of content in a frame."""

_MAGIC = b"\0SEKISHO1"
_ID = 8
_SALT = 16
_HEAD = len(_MAGIC) + _ID + _SALT
_TAG = 16
_KEY = 32


def key_id(key: bytes) -> bytes:
    """What names a key without telling it."""
    return hashlib.sha256(b"sekisho key id" + key).digest()[:_ID]


class Keys:
    """The site's keys: the first seals what is new, all of them open; with none, content is kept as it came."""

    def __init__(self, keys: Sequence[bytes], random: Callable[[int], bytes]) -> None:
        self._known = {key_id(key): key for key in keys}
        self._newest = key_id(keys[0]) if keys else b""
        self._random = random

    def sealed(self, message: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Content as it is kept."""
        if not self._newest:
            yield from pieces
            return
        head = _MAGIC + self._newest + self._random(_SALT)
        cipher, bound = self._cipher(head, message)
        yield head
        waiting, ordinal = bytearray(), 0
        for piece in pieces:
            waiting += piece
            while len(waiting) > FRAME:
                yield cipher.encrypt(_nonce(ordinal, last=False), bytes(waiting[:FRAME]), bound)
                del waiting[:FRAME]
                ordinal += 1
        yield cipher.encrypt(_nonce(ordinal, last=True), bytes(waiting), bound)

    def opened(self, message: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Content as it came. Raises `KeyMissing`, and `ContentDamaged` for what was changed."""
        source = iter(pieces)
        waiting = bytearray()
        for piece in source:
            waiting += piece
            if len(waiting) >= _HEAD:
                break
        if not waiting.startswith(_MAGIC):
            yield bytes(waiting)
            yield from source
            return
        cipher, bound = self._cipher(bytes(waiting[:_HEAD]), message)
        del waiting[:_HEAD]
        yield from _frames(cipher, bound, message, waiting, source)

    @property
    def newest(self) -> str:
        """The id of the key that seals, hexadecimal."""
        return self._newest.hex()

    def is_newest(self, beginning: bytes) -> bool:
        """Whether content that begins so is kept as new content would be."""
        used = beginning[len(_MAGIC) : len(_MAGIC) + _ID] if beginning.startswith(_MAGIC) else b""
        return used == self._newest

    def _cipher(self, head: bytes, message: str) -> tuple[Any, bytes]:
        """What opens and seals the frames of one content, and what they are bound to."""
        name = head[len(_MAGIC) : len(_MAGIC) + _ID]
        if len(head) < _HEAD or name not in self._known:
            raise KeyMissing(message, name.hex())
        aead = importlib.import_module("cryptography.hazmat.primitives.ciphers.aead")
        kdf = importlib.import_module("cryptography.hazmat.primitives.kdf.hkdf")
        hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
        derive = kdf.HKDF(hashes.SHA256(), _KEY, head[-_SALT:], b"sekisho content " + message.encode())
        return aead.AESGCM(derive.derive(self._known[name])), head + message.encode()


def _frames(cipher: Any, bound: bytes, message: str, waiting: bytearray, source: Iterator[bytes]) -> Iterator[bytes]:
    whole, ordinal = FRAME + _TAG, 0
    while True:
        while len(waiting) > whole:
            yield _open(cipher, _nonce(ordinal, last=False), bytes(waiting[:whole]), bound, message)
            del waiting[:whole]
            ordinal += 1
        piece = next(source, None)
        if piece is None:
            break
        waiting += piece
    yield _open(cipher, _nonce(ordinal, last=True), bytes(waiting), bound, message)


def _open(cipher: Any, nonce: bytes, octets: bytes, bound: bytes, message: str) -> bytes:
    invalid = importlib.import_module("cryptography.exceptions").InvalidTag
    try:
        plain: bytes = cipher.decrypt(nonce, octets, bound)
    except (invalid, ValueError) as error:
        raise ContentDamaged(message, "it does not open: it is not what was sealed") from error
    return plain


def _nonce(ordinal: int, *, last: bool) -> bytes:
    return ordinal.to_bytes(11) + bytes([last])
