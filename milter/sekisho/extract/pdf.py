"""PDF files (ISO 32000) with PDFium: text, annotations, form fields, embedded files, properties, passwords.

The only module that imports pypdfium2. PDFium is C++ and may die of its input: that is why there is a sandbox.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from sekisho.extract.job import Job
from sekisho.extract.limits import Spent, Unreadable

_PAGES = 3_000
_NOTES = 2_000
"""Annotations looked at of a page."""
_KEYS = ("Title", "Author", "Subject", "Keywords")
_NO_FONTS = (ctypes.c_char_p * 2)(b"/nonexistent", None)
_SHOWN_TWICE = frozenset({pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK})


def without_system_fonts() -> None:
    """Start PDFium anew with the fonts that it brings along.

    Of a font that is not in the file only the characters matter here. Left to itself, PDFium measures each of them in
    whatever font the system has, which takes six times as long and opens files.
    """
    pdfium.FPDF_DestroyLibrary()
    paths = ctypes.cast(_NO_FONTS, ctypes.POINTER(ctypes.POINTER(ctypes.c_char)))
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))


def read(data: bytes, job: Job) -> None:
    """All pages, then what is attached and said about the file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if "password" in str(error).lower() else "broken", "pdf") from error
    try:
        _pages(document, job)
        _attachments(document, job)
        _properties(document, job)
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument, job: Job) -> None:
    for number in range(1, len(document) + 1):
        job.budget.tick()
        if number > _PAGES:
            raise Spent("too-big")
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            job.problem("broken", f"page{number}", "pdf")
            continue
        texts = page.get_textpage()
        job.text(texts.get_text_range().replace("\r\n", "\n"), f"page{number}")
        texts.close()
        _annotations(page, number, job)
        page.close()


def _annotations(page: Any, number: int, job: Job) -> None:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _NOTES)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        keys = (b"Contents",) if kind != pdfium.FPDF_ANNOT_WIDGET else (b"V", b"TU")
        text = "\n".join(filter(None, (_string(note, key) for key in keys)))
        pdfium.FPDFPage_CloseAnnot(note)
        if text and kind not in _SHOWN_TWICE:
            job.text(text, f"page{number}(comment)")
            job.hidden("comment", f"page{number}", text)


def _string(note: Any, key: bytes) -> str:
    """A text of an annotation: UTF-16, its length asked for first."""
    size = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetStringValue(note, key, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _attachments(document: pypdfium2.PdfDocument, job: Job) -> None:
    for index in range(document.count_attachments()):
        found = document.get_attachment(index)
        names = (found.get_name() or f"attachment{index + 1}",)
        try:
            content = bytes(found.get_data())
        except pypdfium2.PdfiumError:
            job.unread(names, Unreadable("broken", "pdf"))
            continue
        job.budget.octets(len(content))
        job.inside(names, content)


def _properties(document: pypdfium2.PdfDocument, job: Job) -> None:
    found = [(key, document.get_metadata_value(key)) for key in _KEYS]
    lines = [f"{key}: {value}" for key, value in found if value.strip()]
    job.text("\n".join(lines), "properties")
    for line in lines:
        job.hidden("property", "properties", line)
