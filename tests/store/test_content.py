"""Content files survive, or are not there at all; what is damaged is never given as whole."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.store import StoreUnavailable
from sekisho.store.content import ContentFiles, StoredContent
from sekisho.store.errors import ContentDamaged
from sekisho.store.ids import ALPHABET, new_id, read_id
from sekisho.store.keys import Keys

NAME = "0" * 26
OCTETS = bytes(range(256)) * 1000


@pytest.fixture
def files(tmp_path: Path) -> ContentFiles:
    made = ContentFiles(tmp_path / "content", Keys((), os.urandom))
    made.create()
    return made


def stored(files: ContentFiles, octets: bytes = OCTETS) -> StoredContent:
    digest = hashlib.sha256(octets).hexdigest()
    return StoredContent(NAME, len(octets), digest, lambda: files.pieces(NAME))


def test_what_was_written_is_read(files: ContentFiles) -> None:
    files.write(NAME, [OCTETS[:5], OCTETS[5:]])
    content = stored(files)
    content.verify()
    assert content.read() == OCTETS
    assert content.read(7) == OCTETS[:7]
    assert [(name, unfinished) for name, _, unfinished in files.listing()] == [(NAME, False)]


def test_only_the_owner_may_read_it(files: ContentFiles) -> None:
    files.write(NAME, [b"secret"])
    assert files.path(NAME).stat().st_mode & 0o777 == 0o600
    assert files.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", [OCTETS[:-1], OCTETS + b"x", b"", b"\x01" + OCTETS[1:], OCTETS[:-1] + b"\x01"])
def test_damaged_octets_are_never_given_to_their_end(files: ContentFiles, damage: bytes) -> None:
    files.write(NAME, [OCTETS])
    files.path(NAME).write_bytes(damage)
    given = bytearray()
    with pytest.raises(ContentDamaged):
        for piece in stored(files).chunks():
            given += piece
    assert len(given) < len(OCTETS)


def test_a_missing_file_is_damage(files: ContentFiles) -> None:
    with pytest.raises(ContentDamaged, match="No such file"):
        stored(files).verify()


@pytest.mark.parametrize("call", ["fsync", "rename"])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_file_that_could_not_be_made_durable_is_gone(
    files: ContentFiles, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(StoreUnavailable, match=os.strerror(code)):
        files.write(NAME, [OCTETS])
    monkeypatch.undo()
    assert list(files.folder.iterdir()) == []


def test_a_file_whose_name_could_not_be_synced_is_gone(files: ContentFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    sync, calls = os.fsync, iter([False, True])

    def fail_second(descriptor: int) -> None:
        if next(calls):
            raise OSError(errno.EIO, "lost")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_second)
    with pytest.raises(StoreUnavailable, match="lost"):
        files.write(NAME, [OCTETS])
    assert list(files.folder.iterdir()) == []


def test_content_that_fails_to_arrive_leaves_no_file(files: ContentFiles) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"some"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        files.write(NAME, pieces())
    assert list(files.folder.iterdir()) == []


def test_each_step_that_makes_a_file_durable_is_done_in_order(
    files: ContentFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, os.rename

    def seen_sync(descriptor: int) -> None:
        steps.append("sync " + ("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file"))
        sync(descriptor)

    def seen_rename(old: str, new: str) -> None:
        steps.append("rename")
        rename(old, new)

    monkeypatch.setattr(os, "fsync", seen_sync)
    monkeypatch.setattr(os, "rename", seen_rename)
    files.write(NAME, [OCTETS])
    assert steps == ["sync file", "rename", "sync folder"]


def test_foreign_files_are_not_ours(files: ContentFiles) -> None:
    (files.folder / "README").touch()
    (files.folder / ("lower" * 5 + "x")).touch()
    assert list(files.listing()) == []


def test_identifiers_are_long_random_and_forgiving_to_type() -> None:
    made = {new_id(os.urandom) for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == 26 and set(one) <= set(ALPHABET) for one in made)
    assert read_id(" 0il-o1\n") == "01101"
    assert len({one[0] for one in made}) == len({one[-1] for one in made}) == 32
