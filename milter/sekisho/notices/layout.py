"""A notice without its form: lines of clean text under headings, which plain text and HTML show alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; ``link`` is a page to open, which the last of the lines introduces."""

    name: str
    """One of `sekisho.core.letters.BLOCKS`."""
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
    values: Mapping[str, str]
    """What a site's own form may say, by `sekisho.core.letters.WORDS`."""
