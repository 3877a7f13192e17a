"""Files made by real programs and libraries, for tests of what opens them; made once a run, in memory."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pptx
import xlwt
from openpyxl.comments import Comment
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas


@cache
def workbook(rows: int = 3) -> bytes:
    """A workbook by openpyxl: a list, a comment, a hidden row, column and sheet, a print header."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名簿"
    for number in range(1, rows + 1):
        sheet.append([f"山田{number}", f"090-1234-{number:04}", f"user{number}@partner.example", number])
    sheet["B2"].comment = Comment("内緒の話", "sato")
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.oddHeader.center.text = "社外秘"
    hidden = book.create_sheet("顧客")
    hidden.sheet_state = "hidden"
    hidden["B4"] = "株式会社アルファ"
    hidden["D4"] = 123456789018
    book.properties.creator = "佐藤"
    return saved(book)


@cache
def document() -> bytes:
    """A Word document by python-docx: header, table, comment, hidden text, a tracked deletion."""
    written = docx.Document()
    written.add_paragraph("御見積書")
    written.sections[0].header.paragraphs[0].text = "取扱注意"
    written.add_table(1, 1).cell(0, 0).text = "表の中"
    run = written.add_paragraph().add_run("見えない文字")
    run.font.hidden = True
    written.add_comment(written.paragraphs[0].runs, "社内のコメント", author="sato")
    data = saved(written)
    deleted = "<w:p><w:del><w:r><w:delText>消した文</w:delText></w:r></w:del></w:p>".encode()
    return rewritten(data, "word/document.xml", b"<w:body>", b"<w:body>" + deleted)


@cache
def presentation() -> bytes:
    """A presentation by python-pptx: notes and a hidden slide."""
    shown = pptx.Presentation()
    first = shown.slides.add_slide(shown.slide_layouts[0])
    first.shapes.title.text = "発表"
    first.notes_slide.notes_text_frame.text = "発表者のノート"
    second = shown.slides.add_slide(shown.slide_layouts[0])
    second.shapes.title.text = "隠したスライド"
    second._element.set("show", "0")
    return saved(shown)


@cache
def old_workbook() -> bytes:
    """An .xls by xlwt: a hidden row and a hidden sheet."""
    book = xlwt.Workbook(encoding="cp932")
    sheet = book.add_sheet("表")
    sheet.write(3, 1, "古い行")
    sheet.row(3).hidden = True
    hidden = book.add_sheet("隠")
    hidden.visibility = 1
    hidden.write(0, 0, "隠しシート")
    return saved(book)


@cache
def pdf(pages: int = 2) -> bytes:
    """A PDF by ReportLab: Japanese text, an annotation, a title."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    octets = io.BytesIO()
    drawing = canvas.Canvas(octets)
    drawing.setTitle("秘密の題")
    for number in range(1, pages + 1):
        drawing.setFont("HeiseiMin-W3", 12)
        for line in range(40):
            drawing.drawString(50, 800 - 18 * line, f"{number}頁 {line}行 社外秘 株式会社アルファ")
        if number == 1:
            drawing.textAnnotation("注釈の文", [10, 10, 50, 50])
        drawing.showPage()
    drawing.save()
    return octets.getvalue()


def saved(thing: object) -> bytes:
    """What the thing's own ``save`` writes."""
    octets = io.BytesIO()
    thing.save(octets)  # type: ignore[attr-defined]
    return octets.getvalue()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    return zipped_list(list(files.items()), method)


def zipped_list(entries: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these entries, whose names may be the same."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return octets.getvalue()


def added(data: bytes, files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive with these files added or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | dict(files))


def rewritten(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """A ZIP archive with something replaced in one of its files."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)
    return zipped(files)


def taped(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    """A tar archive, compressed by ``w:gz``, ``w:bz2``, ``w:xz``."""
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return octets.getvalue()


def by_program(folder: Path, files: Mapping[str, bytes], command: Sequence[str], result: str) -> bytes:
    """What a program makes of files in a folder: ``7z``, ``zip``, ``qpdf``."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return (folder / result).read_bytes()
