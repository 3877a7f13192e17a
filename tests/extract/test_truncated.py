"""Files cut off at every octet: what is missing is told, or nothing is missing. Never clean."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sekisho.core.opened import Opened
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from tests.support import archives, files

MADE = Path(__file__).parent / "files"
TWO = {"a.txt": b"hello " * 5, "b.txt": b"x" * 20}
SIGNATURE = 8
"""Octets below which nothing tells the kind: what is left is a short text."""
CUTS = 150
"""Places looked at in a larger file."""


def by_program(command: str, result: str) -> Callable[[Path], bytes]:
    return lambda folder: files.by_program(folder, TWO, command.split(), result)


KINDS: Mapping[str, Callable[[Path], bytes]] = {
    "zip": lambda _: files.zipped(TWO),
    "rar 4": lambda _: archives.rar4(TWO),
    "rar 5": lambda _: archives.rar5(TWO),
    "lha": lambda _: archives.lha(TWO),
    "gzip": lambda _: gzip.compress(b"hello"),
    "bzip2": lambda _: bz2.compress(b"hello"),
    "xz": lambda _: lzma.compress(b"hello"),
    "tar": lambda _: files.taped(TWO)[:2560],
    "7z": by_program("7z a -bd a.7z a.txt b.txt", "a.7z"),
    "cab": by_program("gcab -c a.cab a.txt b.txt", "a.cab"),
    "zstd": by_program("zstd -q a.txt", "a.txt.zst"),
    **{
        name: (lambda _, name=name: (MADE / name).read_bytes())  # type: ignore[misc]
        for name in (
            *("document.doc", "document.docx", "document.odt", "document.rtf", "document.pdf"),
            *("workbook.xls", "workbook.xlsx", "workbook.ods", "message.msg"),
        )
    },
}


def opened(data: bytes) -> Opened:
    return open_file(data, ("file",), Limits(), lambda: 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_cut_off_anywhere_is_never_clean(kind: str, tmp_path: Path) -> None:
    data = KINDS[kind](tmp_path)
    whole = opened(data)
    assert whole.problems == ()
    for end in range(SIGNATURE, len(data), max(1, len(data) // CUTS)):
        found = opened(data[:end])
        assert found.problems or (found.texts, found.files) == (whole.texts, whole.files), end
