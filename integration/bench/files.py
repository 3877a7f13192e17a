"""Mails with a file that rules open: a workbook, a PDF. Many of each, no two alike, so that no cache knows them.

Files of one kind differ in a few octets only: that costs a reader nothing more, and makes another digest.
"""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import xlsxwriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from integration.bench.messages import headed, opening

MAILS = {"workbook": 200, "PDF": 1_000}
"""How many are made of each kind: each worker forgets the answer for one before it meets it again."""
_WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "見積一覧.xlsx")
_PDF = ("application", "pdf", "報告書.pdf")
_WORDS = ("設計", "製造", "検査", "出荷", "部品", "材料", "図面", "試験", "保守", "点検", "塗装", "組立", "在庫")
_ROW_OCTETS = 40
"""What a row of the workbook adds to the packed file, about."""
_PAGES = 8
_LINES = 40


def workbooks(size: int) -> Iterator[bytes]:
    """Mails of about ``size`` octets, each with a workbook of quantities and prices."""
    plain = _workbook(size * 72 // 98 // _ROW_OCTETS)
    # They differ in the comment at the end of a ZIP archive (APPNOTE 4.3.16).
    return _mails("見積の件", _WORKBOOK, [plain[:-2] + b"\x08\0%08d" % number for number in range(MAILS["workbook"])])


def pdfs(size: int) -> Iterator[bytes]:
    """Mails of about ``size`` octets, each with a PDF of some pages of text and a picture."""
    plain = _pdf(size * 72 // 98)
    return _mails("報告書の件", _PDF, [plain + b"%% %08d\n" % number for number in range(MAILS["PDF"])])


def write(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Write them into a folder; by kind."""
    kinds: dict[str, Callable[[int], Iterator[bytes]]] = {"workbook": workbooks, "PDF": pdfs}
    paths: dict[str, tuple[Path, ...]] = {}
    for kind, mails in kinds.items():
        paths[kind] = tuple(folder / f"{kind}{number}.eml" for number in range(MAILS[kind]))
        for path, octets in zip(paths[kind], mails(120_000), strict=True):
            path.write_bytes(octets)
    return paths


def _mails(subject: str, kind: tuple[str, str, str], files: list[bytes]) -> Iterator[bytes]:
    """The same mail with each of the files."""
    mail: EmailMessage = headed(subject)
    mail.set_content(opening(), charset="utf-8", cte="base64")
    maintype, subtype, name = kind
    mail.add_attachment(files[0], maintype=maintype, subtype=subtype, filename=name)
    before, _, after = mail.as_bytes().partition(base64.encodebytes(files[0]))
    return (before + base64.encodebytes(file) + after for file in files)


def _workbook(rows: int) -> bytes:
    chance = random.Random(1)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("見積")
        for row in range(rows):
            word = chance.choice(_WORDS)
            sheet.write_row(row, 0, [f"{word}{row}", chance.random(), chance.randrange(10**6), word])
    return target.getvalue()


def _pdf(octets: int) -> bytes:
    chance = random.Random(1)
    target = io.BytesIO()
    canvas = Canvas(target, A4)
    for _ in range(_PAGES):
        for line in range(_LINES):
            text = " ".join(chance.choice(("design", "parts", "delivery", "review", "schedule")) for _ in range(9))
            canvas.drawString(72, 760 - 16 * line, f"{line + 1} {text}")
        canvas.showPage()
    # Noise does not pack: it fills the file up to its size, written as text (ASCII85).
    side = int((max(octets - 13_000, 4_000) / 3.6) ** 0.5)
    canvas.drawImage(ImageReader(_noise(side, chance)), 72, 300)
    canvas.save()
    return target.getvalue()


def _noise(side: int, chance: random.Random) -> io.BytesIO:
    """A picture in the plainest of formats (netpbm, P6)."""
    return io.BytesIO(b"P6 %d %d 255\n" % (side, side) + chance.randbytes(3 * side * side))
