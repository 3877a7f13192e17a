"""Files of every kind through the extractor's readers: always an answer, and never clean for what could not be read.

Every seed holds `MARK`. Formats whose contents are protected by checksums must show it, or say that something is wrong,
whatever has been changed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import time
import zipfile
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

import docx
import openpyxl
import pptx
import xlwt

from sekisho.core.opened import Opened
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from sekisho.sandbox.wire import answer_to, opened_from
from tests.fuzz.mutation import repacked
from tests.fuzz.target import Target, is_one_line
from tests.support import files

MARK = "KENSHO-7741"
LIMITS = Limits(octets=8_000_000, one=4_000_000, free=4_000_000, seconds=2.0, files=200, characters=300_000)
_SIGNATURES = (b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0")
"""What has lost its own is another file."""
MADE = Path(__file__).parents[1] / "extract" / "files"


def _open(data: bytes) -> Opened:
    found = open_file(data, ("a.bin",), LIMITS, time.process_time)
    assert opened_from(answer_to(found)) == found, "the answer is not what was found"
    assert sum(len(text.text) for text in found.texts) <= LIMITS.characters
    assert len(found.files) <= LIMITS.files + 1
    for place in (*(one.place for one in found.texts), *(one.place for one in found.files)):
        assert is_one_line(place), f"a place that breaks a line: {place!r}"
    return found


def check_any(data: bytes) -> None:
    """An answer, bounded and fit to be shown."""
    _open(data)


def check_kept(data: bytes) -> None:
    """The mark, or a problem."""
    found = _open(data)
    shown = any(MARK in text.text for text in found.texts)
    if data.startswith(_SIGNATURES):
        assert shown or found.problems, "clean, though what it held was not read"


@cache
def _document() -> bytes:
    made = docx.Document()
    made.add_paragraph(MARK)
    return files.saved(made)


@cache
def _workbook() -> bytes:
    made = openpyxl.Workbook()
    made.active.append([MARK, 1, "x"])
    return files.saved(made)


@cache
def _slides() -> bytes:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = MARK
    return files.saved(made)


def _archives() -> Sequence[bytes]:
    text = f"{MARK} text\n".encode() * 4
    inner = files.zipped({"b.txt": text, "c/d.csv": text})
    return (
        inner,
        files.zipped({"a.zip": inner}),
        files.zipped({"a.txt": text}, zipfile.ZIP_LZMA),
        files.zipped({"a.txt": text}, zipfile.ZIP_BZIP2),
        gzip.compress(text, mtime=0),
        gzip.compress(files.taped({"a.txt": text}), mtime=0),
        bz2.compress(text),
        lzma.compress(text),
    )


def _tapes() -> Sequence[bytes]:
    return (files.taped({"a.txt": MARK.encode(), "b/c.csv": b"x,y"}), files.taped({"n" * 300: MARK.encode()}))


def _office() -> Sequence[bytes]:
    return (_document(), _workbook(), _slides())


def _written(*patterns: str) -> Sequence[bytes]:
    return tuple(path.read_bytes() for pattern in patterns for path in sorted(MADE.glob(pattern)))


def _old_office() -> Sequence[bytes]:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, MARK)
    saved = io.BytesIO()
    book.save(saved)
    return (saved.getvalue(), *_written("document.doc", "workbook.xls", "message.msg"))


def _tnef() -> Sequence[bytes]:
    def attribute(level: int, number: int, value: bytes) -> bytes:
        head = bytes((level,)) + number.to_bytes(4, "little") + len(value).to_bytes(4, "little")
        return head + value + (sum(value) & 0xFFFF).to_bytes(2, "little")

    start = b"\x78\x9f\x3e\x22\x01\x00"
    body = attribute(1, 0x2800C, MARK.encode() + b"\0")
    attached = attribute(2, 0x69002, bytes(14)) + attribute(2, 0x18010, b"a.txt\0") + attribute(2, 0x6800F, b"hello")
    return (start + body + attached, start + attached)


def _rich() -> Sequence[bytes]:
    small = (
        b"{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0\\fcharset128 A;}}\\f0 KENSHO-7741 "
        b"\\'8e\\'d0\\u31038?{\\v x}{\\*\\annotation y}}"
    )
    return (small, *_written("*.rtf"))


TARGETS = (
    Target("archive", _archives, check_kept, 500),
    Target("tar", _tapes, check_any, 200),
    Target("ooxml", _office, check_any, 120, repacked),
    Target("ooxml-octets", _office, check_kept, 120),
    Target("opendocument", partial(_written, "*.odt", "*.ods", "*.odp"), check_any, 120, repacked),
    Target("ole", _old_office, check_any, 300),
    Target("pdf", lambda: (files.pdf(1), *_written("*.pdf")), check_any, 150),
    Target("rtf", _rich, check_any, 200),
    Target("tnef", _tnef, check_any, 300),
)
