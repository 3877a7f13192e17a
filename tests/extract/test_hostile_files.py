"""Bombs, lies and broken files: bounded, and never clean."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.opened import Opened
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from tests.support import files

SMALL = Limits(octets=4_000_000, one=1_000_000, free=2_000_000, ratio=10, files=50)


def opened(data: bytes, limits: Limits = SMALL) -> Opened:
    return open_file(data, ("file",), limits, lambda: 0.0)


def kinds(data: bytes, limits: Limits = SMALL) -> set[str]:
    return {problem.kind for problem in opened(data, limits).problems}


@pytest.mark.parametrize(
    "data",
    [
        files.zipped({"a": b"\0" * 5_000_000}),
        gzip.compress(b"\0" * 5_000_000),
        bz2.compress(b"\0" * 5_000_000),
        lzma.compress(b"\0" * 5_000_000),
        files.taped({"a": b"\0" * 5_000_000}, "w:gz"),
    ],
    ids=["zip", "gzip", "bzip2", "xz", "tgz"],
)
def test_a_flat_bomb_is_too_big(data: bytes) -> None:
    assert kinds(data) == {"too-big"}


def test_a_sheet_that_is_a_bomb_is_too_big_before_a_library_unpacks_it() -> None:
    sheet = (
        b"<worksheet><sheetData>" + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 60_000 + b"</sheetData></worksheet>"
    )
    bomb = files.added(files.workbook(), {"xl/worksheets/sheet1.xml": sheet})
    assert len(bomb) < 20_000
    assert kinds(bomb) == {"too-big"}


@pytest.mark.parametrize("dictionary", [1 << 31, (1 << 32) - 1])
def test_lzma_that_asks_for_much_memory_is_refused(dictionary: int) -> None:
    packed = lzma.compress(b"hello", format=lzma.FORMAT_ALONE)
    alone = packed[:1] + struct.pack("<L", dictionary) + packed[5:]
    body = struct.pack("<BBH", 9, 20, 5) + alone[:5] + alone[13:]
    about = (0, 14, 0, zlib.crc32(b"hello"), len(body), 5, 1, 0)
    local = struct.pack("<4sHHHLLLLHH", b"PK\x03\x04", 63, *about) + b"a"
    central = struct.pack("<4sHHHHLLLLHHHHHLL", b"PK\1\2", 63, 63, *about, 0, 0, 0, 0, 0)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + 1, len(local + body), 0)
    assert "too-big" in kinds(local + body + central + b"a" + end)


NAMES = {
    "leads outside": "../" * 20 + "etc/passwd",
    "turns": "cod\u202eexe.txt",
    "breaks": "a\r\nBcc: b@c.example\n.txt",
    "is long": "n" * 65_000,
    "is a device": "CON",
    "is absolute": "C:\\windows\\a.txt",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("make", [files.zipped, files.taped], ids=["zip", "tar"])
def test_a_hostile_name_is_only_a_name(name: str, make: Callable[[Mapping[str, bytes]], bytes]) -> None:
    found = opened(make({name: b"hello"}))
    assert [text.text for text in found.texts] == ["hello"]
    place = found.texts[0].place
    assert len(place) <= 255
    assert place.isprintable()
    assert found.files[0].names[0][:3] == name[:3]


def test_a_name_with_nul_is_read_whole() -> None:
    found = opened(files.zipped({"a.txtX.exe": b"MZ" + bytes(80)}).replace(b"a.txtX.exe", b"a.txt\0.exe"))
    assert found.files[0].names == ("a.txt\0.exe",)


def test_links_and_devices_are_names_only(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    taped = files.by_program(tmp_path, {}, ["tar", "cf", "a.tar", "link"], "a.tar")
    packed = files.by_program(tmp_path, {}, ["zip", "-q", "--symlinks", "a.zip", "link"], "a.zip")
    for data in (taped, packed):
        found = opened(data)
        assert [file.names for file in found.files] == [("link",)]
        assert not any("root:" in text.text for text in found.texts)


def test_ten_thousand_files_are_too_many_and_told_once() -> None:
    found = opened(files.zipped({f"{number}.txt": b"" for number in range(10_000)}), Limits())
    assert [problem.kind for problem in found.problems] == ["too-many-files"]


def test_many_files_that_are_large_together_are_too_big() -> None:
    assert "too-big" in kinds(files.zipped({str(number): b"\0" * 900_000 for number in range(20)}))


def test_a_nested_bomb_is_too_big() -> None:
    data = b"a" * 900_000
    for _ in range(3):
        data = files.zipped({str(number): data for number in range(8)})
    assert "too-big" in kinds(data) or "too-many-files" in kinds(data)


def test_nesting_is_limited() -> None:
    data = b"hello"
    for _ in range(30):
        data = files.zipped({"a.zip": data})
    assert kinds(data) == {"too-deep"}


def test_the_number_of_files_is_limited() -> None:
    assert kinds(files.zipped({str(number): b"x" for number in range(100)})) == {"too-many-files"}


def test_overlapping_entries_are_ambiguous_and_bounded() -> None:
    """Many directory entries for one piece of data, as in the bombs that do not nest."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"\0" * 900_000) + packed.flush()
    local = struct.pack("<4sHHHLLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, len(body), 900_000, 1, 0) + b"a" + body
    entry = struct.pack(
        "<4sHHHHLLLLHHHHHLL", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, len(body), 900_000, 1, 0, 0, 0, 0, 0, 0
    )
    central = (entry + b"a") * 40
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 40, 40, len(central), len(local), 0)
    found = kinds(local + central + end)
    assert "too-big" in found


def test_a_file_that_only_local_headers_show_is_read_and_told() -> None:
    hidden = files.zipped({"secret.txt": b"hello"})
    cut = hidden[: hidden.index(b"PK\x01\x02")]
    outer = files.zipped({"a.txt": b"open"})
    shifted = cut + outer
    found = opened(shifted)
    assert {file.names[0] for file in found.files} == {"a.txt", "secret.txt"}
    assert "ambiguous" in {problem.kind for problem in found.problems}


def test_names_that_disagree_are_both_listed() -> None:
    data = files.zipped({"a.txt": b"open"}).replace(b"a.txt", b"a.exe", 1)
    found = opened(data)
    assert set(found.files[0].names) == {"a.txt", "a.exe"}
    assert "ambiguous" in {problem.kind for problem in found.problems}


def test_an_archive_without_its_directory_is_read_and_broken() -> None:
    data = files.zipped({"a.txt": b"open"})
    found = opened(data[: data.index(b"PK\x01\x02")])
    assert [text.text for text in found.texts] == ["open"]
    assert "broken" in {problem.kind for problem in found.problems}


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_declared_entities_end_the_reading_of_a_document(declared: bytes) -> None:
    data = files.rewritten(files.document(), "word/document.xml", b"<w:document", declared + b"<w:document")
    found = opened(data, Limits())
    assert "broken" in {problem.kind for problem in found.problems}
    assert not any("root:" in text.text for text in found.texts)


def test_the_clock_ends_a_reading() -> None:
    times = iter(range(10_000))
    found = open_file(files.workbook(), ("a.xlsx",), Limits(seconds=3), lambda: float(next(times)))
    assert {problem.kind for problem in found.problems} == {"time-out"}


def test_long_texts_are_cut_and_told() -> None:
    found = opened(files.zipped({"a.txt": b"hello " * 100_000}), Limits(characters=1000))
    assert sum(len(text.text) for text in found.texts) == 1000
    assert {problem.kind for problem in found.problems} == {"too-big"}


SAMPLES = {
    "xlsx": files.workbook(),
    "docx": files.document(),
    "pptx": files.presentation(),
    "xls": files.old_workbook(),
    "zip": files.zipped({"a.txt": b"hello", "b/c.csv": b"x,y"}, zipfile.ZIP_STORED),
    "tar": files.taped({"a.txt": b"hello " * 10_000}),
    "rtf": b"{\\rtf1\\ansi\\ansicpg932 hello \\u12354? {\\*\\x y}}",
    "tnef": b"\x78\x9f\x3e\x22\0\0" + struct.pack("<BLL", 2, 0x0006800F, 5) + b"hello\0\0",
}


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pptx", "xls", "zip", "tar"])
def test_a_file_that_is_cut_off_is_never_clean(kind: str) -> None:
    data = SAMPLES[kind]
    for part in (3, 2):
        assert opened(data[: len(data) * (part - 1) // part], Limits()).problems


@pytest.mark.parametrize("kind", sorted(SAMPLES))
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_the_octets_an_answer_is_given(kind: str, data: st.DataObject) -> None:
    octets = bytearray(SAMPLES[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, 3))
    found = opened(bytes(octets[: len(octets) - data.draw(st.integers(0, len(octets) // 2)) * (start == 0)]))
    assert isinstance(found, Opened)


def test_a_zip_bomb_of_one_kind_reads_no_more_than_its_limit() -> None:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"\0" * 5_000_000)
    assert kinds(octets.getvalue()) == {"too-big"}


def test_an_archive_behind_another_file_is_read_too() -> None:
    found = opened(files.pdf() + files.zipped({"a.txt": b"behind"}), Limits())
    assert "behind" in {text.text for text in found.texts}
    assert "page1" in {text.place for text in found.texts}
    assert {problem.kind for problem in found.problems} == {"ambiguous"}


def test_a_type_stored_in_an_archive_does_not_make_it_a_picture() -> None:
    data = files.zipped({"mimetype": b"image/png", "a.txt": b"hidden"}, zipfile.ZIP_STORED)
    assert "hidden" in {text.text for text in opened(files.zipped({"a.zip": data})).texts}


def test_a_signature_alone_is_not_unknown_but_signed_content_is() -> None:
    head, kind = b"\x30\x82\x01\x00" + bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
    assert kinds(head + b"\x30\x0b" + kind + b"\xa0\x82" + b"\x01" * 200) == set()
    assert kinds(head + b"\x30\x20" + kind + b"\xa0\x13" + b"\x01" * 200) == {"unknown"}
