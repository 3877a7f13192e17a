"""The guide's table of attachments against the code: a file of every kind that it names, opened, gives what it says."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
import pyzipper

from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from sekisho.sandbox.extractor import Walls
from sekisho.sandbox.pool import PoolSettings
from tests.support import archives, files

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/attachments.md").read_text("utf-8")
MADE = Path(__file__).parent / "files"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GUIDE.splitlines()
    if line.startswith("| ") and line.count("|") > 4
]
TEXT = {"a.txt": b"hello"}
NEW_FILE = b"\x02\x02\x90\x06\x00\x0e\x00\x00\x00" + bytes(16)
TNEF = b"\x78\x9f\x3e\x22\x01\x00" + NEW_FILE + b"\x02\x0f\x80\x06\x00\x05\x00\x00\x00hello\x14\x02"


def written(name: str) -> Callable[[], bytes]:
    return (MADE / name).read_bytes


def by(command: str, result: str) -> Callable[[Path], bytes]:
    return lambda folder: files.by_program(folder, TEXT, command.split(), result)


PLAIN: Mapping[str, Callable[[], bytes]] = {
    ".zip": lambda: files.zipped(TEXT),
    ".jar": lambda: files.zipped({"META-INF/MANIFEST.MF": b"x: y"}),
    ".rar": lambda: archives.rar5(TEXT),
    ".lzh": lambda: archives.lha(TEXT),
    ".tar": lambda: files.taped(TEXT),
    ".gz": lambda: gzip.compress(b"hello"),
    ".bz2": lambda: files.taped(TEXT, "w:bz2"),
    ".xz": lambda: files.taped(TEXT, "w:xz"),
    ".xlsx": written("workbook.xlsx"),
    ".xlsm": lambda: files.added(files.workbook(), {"xl/vbaProject.bin": (MADE / "workbook.xls").read_bytes()}),
    ".xls": written("workbook.xls"),
    ".docx": written("document.docx"),
    ".doc": written("document.doc"),
    ".pptx": files.presentation,
    ".ppt": lambda: gzip.decompress((MADE / "slides.ppt.gz").read_bytes()),
    ".odt": written("document.odt"),
    ".ods": written("workbook.ods"),
    ".odp": written("slides.odp"),
    ".pdf": written("document.pdf"),
    ".rtf": written("document.rtf"),
    ".txt": lambda: "社外秘".encode("euc_jp"),
    ".csv": written("cp932.csv"),
    ".tsv": lambda: "氏名\t電話\n".encode("utf-16"),
    ".html": written("workbook.html"),
    ".xml": written("document.fodt"),
    ".svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><text>a</text></svg>",
    ".ics": lambda: b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ".vcf": lambda: b"BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n",
    ".eml": lambda: b"Received: x\r\nSubject: a\r\n\r\nhello\r\n",
    ".msg": written("message.msg"),
    "winmail.dat": lambda: TNEF,
    ".png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(60),
    ".jpg": lambda: b"\xff\xd8\xff\xe0" + bytes(60),
    ".emf": lambda: b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF" + bytes(60),
    ".mp4": lambda: bytes(4) + b"ftypisom" + bytes(60),
    ".exe": lambda: b"MZ" + bytes(90),
}
BY_PROGRAM: Mapping[str, Callable[[Path], bytes]] = {
    ".7z": by("7z a -bd a.7z a.txt", "a.7z"),
    ".cab": by("gcab -c a.cab a.txt", "a.cab"),
    ".iso": by("genisoimage -quiet -o a.iso a.txt", "a.iso"),
    ".zst": by("zstd -q a.txt", "a.txt.zst"),
}
NOT_MADE = frozenset({".xlsb"})
"""No program on Debian writes it."""


def named(row: list[str]) -> list[str]:
    return re.findall(r"`(\.\w+|winmail\.dat)`", row[0])


def kinds(data: bytes, name: str = "a.bin") -> set[str]:
    return {problem.kind for problem in open_file(data, (name,), Limits(), lambda: 0.0).problems}


def test_every_kind_of_the_table_has_a_file_here() -> None:
    documented = {extension for row in ROWS for extension in named(row)}
    assert documented == {*PLAIN, *BY_PROGRAM, *NOT_MADE}


@pytest.mark.parametrize("extension", [*PLAIN, *BY_PROGRAM])
def test_a_whole_file_of_a_documented_kind_is_read_without_a_problem(extension: str, tmp_path: Path) -> None:
    data = PLAIN[extension]() if extension in PLAIN else BY_PROGRAM[extension](tmp_path)
    found = open_file(data, (f"a{extension}",), Limits(), lambda: 0.0)
    assert found.problems == ()
    seen = found.texts or found.files
    assert bool(seen) == (extension not in (".png", ".jpg", ".emf", ".mp4", ".exe"))


def locked_office() -> bytes:
    made = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(files.workbook())).encrypt("VelvetSweatshop", made)
    return made.getvalue()


def locked_zip() -> bytes:
    made = io.BytesIO()
    with pyzipper.AESZipFile(made, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"secret")
        archive.writestr("a.txt", b"hello")
    return made.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "verdict"),
    [
        ("encrypted ZIP", locked_zip, "encrypted"),
        ("Office files with a password", locked_office, "encrypted"),
        ("PDF with a password", written("locked.pdf"), "encrypted"),
        ("ZIP whose readings differ", lambda: files.zipped(TEXT).replace(b"a.txt", b"b.txt", 1), "ambiguous"),
        ("anything else", lambda: bytes(range(256)), "unknown"),
        ("`.tar` `.gz`", lambda: gzip.compress(b"hello") + b"behind the end", "ambiguous"),
    ],
)
def test_what_is_not_read_has_the_verdict_of_the_table(kind: str, data: Callable[[], bytes], verdict: str) -> None:
    (row,) = (row for row in ROWS if row[0].startswith(kind))
    assert f"`{verdict}`" in row[3]
    assert kinds(data()) == {verdict}


def test_every_kind_of_problem_is_in_the_guide() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "milter/sekisho/extract").glob("*.py"))
    used = set(re.findall(r'(?:Unreadable|Spent|problem)\(\s*"([a-z-]+)"', sources))
    assert len(used) > 5
    assert {kind for kind in used if f"`{kind}`" not in GUIDE} == set()


def test_the_limits_of_the_guide_are_those_of_the_code() -> None:
    limits, walls, pool = Limits(), Walls(), PoolSettings()
    for said in (
        f"| {limits.depth} levels |",
        f"| {limits.files:,} |",
        f"{limits.octets // 10**6} MB in all, {limits.one // 10**6} MB a file",
        f"above {limits.free // 10**6} MB at most {limits.ratio} times",
        f"{limits.characters:,} characters",
        f"{limits.seconds:g} s, then the reading ends and keeps what it has; {walls.seconds:g} s,",
        f"| memory | {walls.memory // 10**6} MB |",
        f"{walls.patience:g} s by the clock",
        f"up to {pool.remembered:,} characters",
        f"after {pool.jobs:,} files",
    ):
        assert said in GUIDE
    assert walls.seconds == 2 * limits.seconds
