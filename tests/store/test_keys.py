"""Content that is encrypted at rest comes back exactly, or not at all."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from sekisho.lists.secret import read_key
from sekisho.store import open_store
from sekisho.store.errors import ContentDamaged, KeyMissing
from sekisho.store.keys import FRAME, Keys, key_id
from sekisho.store.rotate import rotate
from sekisho.store.tables import chunks
from tests.support import postgresql
from tests.support.stores import a_transaction, hold_one, stored_octets, url_of

OLD, NEW = bytes(32), bytes(range(32))
MESSAGE, OTHER = "0" * 26, "1" * 26
SIZES = (0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 7)
_HEAD, _WHOLE = 33, FRAME + 16


def silent(*_: object) -> None:
    """Nobody watches."""


def keys(*known: bytes) -> Keys:
    return Keys(known, os.urandom)


def cut(octets: bytes, size: int) -> list[bytes]:
    return [octets[start : start + size] for start in range(0, len(octets), size)]


def opened(by: Keys, octets: bytes, message: str = MESSAGE, size: int = 1000) -> bytes:
    return b"".join(by.opened(message, cut(octets, size)))


def sealed(octets: bytes, by: Keys | None = None) -> bytes:
    return b"".join((by or keys(NEW)).sealed(MESSAGE, cut(octets, 777)))


@pytest.mark.parametrize(("size", "piece"), product(SIZES, (1 << 20, FRAME, 4097)))
def test_what_was_sealed_opens(size: int, piece: int) -> None:
    octets = os.urandom(size)
    kept = sealed(octets)
    assert opened(keys(NEW), kept, size=piece) == octets
    assert len(kept) > size
    assert size < 16 or octets[:16] not in kept


def test_the_same_content_is_never_kept_alike() -> None:
    assert sealed(b"twice") != sealed(b"twice")


def test_without_a_key_content_is_kept_as_it_came_and_with_one_it_still_opens() -> None:
    octets = b"Subject: x\r\n\r\nbody"
    assert sealed(octets, keys()) == octets
    assert opened(keys(NEW), octets) == octets
    assert opened(keys(NEW), b"") == b""


def test_old_keys_open_and_the_first_seals() -> None:
    before = sealed(b"before", keys(OLD))
    both = keys(NEW, OLD)
    assert opened(both, before) == b"before"
    after = sealed(b"after", both)
    assert opened(keys(NEW), after) == b"after"
    assert (both.is_newest(before), both.is_newest(after), both.is_newest(b"plain")) == (False, True, False)
    assert (keys().is_newest(b"plain"), keys().is_newest(after)) == (True, False)


@pytest.mark.parametrize("known", [(), (OLD,)])
def test_a_missing_key_is_named(known: Sequence[bytes]) -> None:
    with pytest.raises(KeyMissing, match=key_id(NEW).hex()):
        opened(keys(*known), sealed(b"x"))


@pytest.mark.parametrize("place", [9 + 8, _HEAD - 1, _HEAD, _HEAD + FRAME // 2, _WHOLE + _HEAD + 5, -1])
def test_one_changed_octet_is_found(place: int) -> None:
    kept = bytearray(sealed(os.urandom(2 * FRAME + 9)))
    kept[place] ^= 1
    with pytest.raises(ContentDamaged):
        opened(keys(NEW), bytes(kept))


def test_frames_that_are_cut_off_exchanged_left_out_or_added_are_found() -> None:
    kept = sealed(os.urandom(3 * FRAME + 9))
    head, frames = kept[:_HEAD], cut(kept[_HEAD:], _WHOLE)
    assert len(frames) == 4
    for wrong in ((0, 1, 2), (0,), (), (1, 0, 2, 3), (0, 2, 3), (0, 1, 2, 3, 3), (3,)):
        with pytest.raises(ContentDamaged):
            opened(keys(NEW), head + b"".join(frames[place] for place in wrong))
    for short in (len(kept) - 1, _HEAD + 3, _HEAD, _HEAD - 1, 9):
        with pytest.raises(ContentDamaged):
            opened(keys(NEW), kept[:short])


def test_content_of_another_message_does_not_open() -> None:
    with pytest.raises(ContentDamaged):
        opened(keys(NEW), sealed(b"x"), OTHER)


@pytest.mark.parametrize("text", ["", "short", "AA==", "A" * 43, "\u00e9" * 44, base64.b64encode(bytes(33)).decode()])
def test_a_key_is_32_octets_in_base64(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(base64.b64encode(NEW).decode() + "\n")
    assert read_key(file) == NEW
    file.write_text(text)
    with pytest.raises(ValueError, match=r"openssl rand|one line"):
        read_key(file)


def test_held_messages_are_kept_encrypted_and_come_back(kind: str, tmp_path: Path) -> None:
    """Small and big, also when the key is not the newest any more; without it they are damage with a name."""
    url = url_of(kind, tmp_path)
    first = open_store(url, tmp_path / "content", min_free=0, keys=[OLD])
    first.upgrade()
    bodies = [b"secret words " * 100, b"secret words " * 100_000]
    made = [hold_one(first, transaction=a_transaction(body=body)) for body in bodies]
    (small,) = first.read(lambda view: view.connection.scalars(select(chunks.c.octets)).all())
    (message,) = [message for message, _, _ in first.files.listing()]
    for kept in (small, b"".join(first.files.pieces(message))):
        assert b"secret words" not in kept
    second = open_store(url, tmp_path / "content", min_free=0, keys=[NEW, OLD])
    assert [stored_octets(second, hold).count(b"secret words") for hold in made] == [100, 100_000]
    none = open_store(url, tmp_path / "content", min_free=0)
    for hold in made:
        with pytest.raises(KeyMissing, match=key_id(OLD).hex()):
            stored_octets(none, hold)
    assert rotate(second, silent) == 2
    assert rotate(second, silent) == 0
    only_new = open_store(url, tmp_path / "content", min_free=0, keys=[NEW])
    assert [stored_octets(only_new, hold).count(b"secret words") for hold in made] == [100, 100_000]
    for store in (first, second, none, only_new):
        store.close()
    postgresql.forget(tmp_path)
