"""Archives of every kind that people send, by real programs or by the published format: each file, name and text."""

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

TEXT = "社外秘 の 一覧".encode("cp932")
MADE = {"a.xlsx": files.workbook(), "b.txt": TEXT}
BY_PROGRAM = {
    "cab": (["gcab", "-c", "a.cab", "a.xlsx", "b.txt"], "a.cab"),
    "cab, compressed": (["gcab", "-cz", "a.cab", "a.xlsx", "b.txt"], "a.cab"),
    "iso": (["genisoimage", "-quiet", "-J", "-R", "-o", "a.iso", "a.xlsx", "b.txt"], "a.iso"),
    "tar.zst": (["tar", "--zstd", "-cf", "a.tzst", "a.xlsx", "b.txt"], "a.tzst"),
    "tar, pax": (["tar", "--format=pax", "-cf", "a.tar", "a.xlsx", "b.txt"], "a.tar"),
    "tar, sparse": (["tar", "-S", "-cf", "a.tar", "a.xlsx", "b.txt"], "a.tar"),
    "7z, PPMd": (["7z", "a", "-bd", "-m0=PPMd", "a.7z", "a.xlsx", "b.txt"], "a.7z"),
    "7z, bzip2": (["7z", "a", "-bd", "-m0=BZip2", "a.7z", "a.xlsx", "b.txt"], "a.7z"),
    "7z, not solid": (["7z", "a", "-bd", "-ms=off", "a.7z", "a.xlsx", "b.txt"], "a.7z"),
    "zip, ZIP64": (["zip", "-q", "-fz", "a.zip", "a.xlsx", "b.txt"], "a.zip"),
    "zip, xz": (["7z", "a", "-bd", "-mm=xz", "a.zip", "a.xlsx", "b.txt"], "a.zip"),
}
BY_HAND = {"rar 4": archives.rar4(MADE), "rar 5": archives.rar5(MADE), "lha": archives.lha(MADE)}


def opened(data: bytes, name: str = "file") -> Opened:
    return open_file(data, (name,), Limits(), lambda: 0.0)


def kinds(data: bytes) -> set[tuple[str, str]]:
    return {(problem.kind, problem.place) for problem in opened(data).problems}


def read_through(data: bytes) -> None:
    found = opened(data)
    texts = {text.place: text.text for text in found.texts}
    assert texts["b.txt"] == "社外秘 の 一覧"
    assert texts["a.xlsx/顧客(hidden)"].startswith("株式会社アルファ")
    assert [file.place for file in found.files][:2] == ["a.xlsx", "b.txt"]
    assert found.problems == ()


@pytest.mark.parametrize(("command", "result"), BY_PROGRAM.values(), ids=BY_PROGRAM)
def test_an_archive_by_its_program_is_read_through(command: list[str], result: str, tmp_path: Path) -> None:
    read_through(files.by_program(tmp_path, MADE, command, result))


@pytest.mark.parametrize("data", BY_HAND.values(), ids=BY_HAND)
def test_an_archive_by_its_format_is_read_through(data: bytes) -> None:
    read_through(data)


@pytest.mark.parametrize("make", [archives.lha, archives.rar4], ids=["lha", "rar 4"])
def test_japanese_names_are_read_whoever_wrote_them(make: Callable[[Mapping[str, bytes]], bytes]) -> None:
    found = opened(make({"顧客一覧.txt": b"hello"}))
    assert [file.names for file in found.files] == [("顧客一覧.txt",)]


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (["zip", "-q", "a.zip", "a.txt"], "a.zip"),
        (["7z", "a", "-bd", "a.7z", "a.txt"], "a.7z"),
        (["tar", "czf", "a.tgz", "a.txt"], "a.tgz"),
    ],
)
def test_a_long_name_is_kept_to_its_ends(command: list[str], result: str, tmp_path: Path) -> None:
    name = "顧" * 70 + ".txt"
    (tmp_path / name).write_bytes(b"hello")
    data = files.by_program(tmp_path, {}, [*command[:-1], name], result)
    assert opened(data).files[0].names == (name,)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (archives.rar5_encrypted(), ("encrypted", "")),
        (archives.rar4({"b.txt": TEXT}, flags=4), ("encrypted", "b.txt")),
    ],
    ids=["rar 5, names too", "rar 4"],
)
def test_an_encrypted_rar_is_encrypted(data: bytes, kind: tuple[str, str]) -> None:
    assert kind in kinds(data)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_every_member_of_a_compressed_file_is_read(pack: Callable[[bytes], bytes]) -> None:
    first, second = pack(b"first\n"), pack(b"second\n")
    found = opened(first + second, "a.txt.gz")
    assert [text.text for text in found.texts] == ["first\nsecond\n"]
    assert found.problems == ()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_what_stands_behind_a_compressed_file_is_read_and_told(pack: Callable[[bytes], bytes]) -> None:
    found = opened(pack(b"first\n") + b"behind the end", "a.txt.gz")
    assert {text.text for text in found.texts} == {"first\n", "behind the end"}
    assert [problem.kind for problem in found.problems] == ["ambiguous"]


def test_of_two_entries_with_one_name_both_are_read() -> None:
    with pytest.warns(UserWarning):
        data = files.zipped_list([("a.txt", b"shown"), ("a.txt", b"other")])
    assert {text.text for text in opened(data).texts} == {"shown", "other"}


def test_a_second_document_of_the_same_name_is_read_too() -> None:
    parts = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:p xmlns:w='w'><w:t>shown</w:t></w:p>")]
    with pytest.warns(UserWarning):
        data = files.zipped_list([*parts, ("word/document.xml", b"<w:p xmlns:w='w'><w:t>other</w:t></w:p>")])
    whole = "".join(text.text for text in opened(data).texts)
    assert "shown" in whole
    assert "other" in whole


def test_a_part_that_no_reader_of_the_format_knows_is_opened() -> None:
    extra = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<p/>", "data/list.csv": b"x,y"}
    assert {text.place: text.text for text in opened(files.zipped(extra)).texts}["data/list.csv"] == "x,y"


def test_what_a_pivot_table_keeps_of_its_source_is_read() -> None:
    cache = "<pivotCacheRecords><r><s v='山田太郎'/><n v='41'/></r></pivotCacheRecords>".encode()
    parts = {"[Content_Types].xml": b"<Types/>", "xl/pivotCache/pivotCacheRecords1.xml": cache}
    found = opened(files.added(files.workbook(), parts))
    assert {text.place: text.text for text in found.texts}["pivotcacherecords1(hidden)"] == "山田太郎\n41"
