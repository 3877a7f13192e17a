"""A notice without its form: lines of clean text under headings, which plain text and HTML show alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; ``link`` is a page to open, which the last of the lines introduces."""

    heading: str
    lines: tuple[str, ...]
    numbered: bool = False
    link: str = ""
    after: tuple[str, ...] = ()
    """Lines below the link."""


@dataclass(frozen=True, slots=True)
class Page:
    """A notice; every line is clean."""

    subject: str
    lead: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
