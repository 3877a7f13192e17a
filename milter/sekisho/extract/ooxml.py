"""Office Open XML packages (ECMA-376 part 2): which parts are text, what the properties say, what is embedded.

What is not read here (embedded files, macros, parts that nobody knows) is opened by the caller as files of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from sekisho.extract import slides, spreadsheet, word
from sekisho.extract.drawn import Drawn
from sekisho.extract.job import Job
from sekisho.extract.limits import Budget
from sekisho.extract.xml import parse
from sekisho.extract.zip_archive import Archive

_SHOWN = frozenset({"t", "v"})
_PROPERTIES = ("docprops/core.xml", "docprops/app.xml", "docprops/custom.xml")
_COUNTED = frozenset(
    [
        "Application",
        "AppVersion",
        "DocSecurity",
        "ScaleCrop",
        "LinksUpToDate",
        "SharedDoc",
        "HyperlinksChanged",
        "Pages",
        "Words",
        "Characters",
        "CharactersWithSpaces",
        "Lines",
        "Paragraphs",
        "TotalTime",
        "Slides",
        "Notes",
        "HiddenSlides",
        "MMClips",
        "created",
        "modified",
        "revision",
        "PresentationFormat",
        "Template",
        "HeadingPairs",
        "TitlesOfParts",
        "i4",
        "lpstr",
        "vector",
        "variant",
    ]
)
WITHOUT_TEXT = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|.*/(?:themes?|printersettings|ctrlprops|tables|persons)/.*"
    r"|.*/(?:styles|stylesWithEffects|settings|websettings|fonttable|numbering|calcchain|metadata|presprops|viewprops"
    r"|tablestyles|sharedstrings|people|presentation|commentauthors|authors)\d*\.(?:xml|bin)"
    r"|.*/charts/(?:style|colors)\d+\.xml|.*/diagrams/(?:layout|quickstyle|colors)\d+\.xml|customxml/itemprops\d+\.xml"
    r"|.*\.vml|.*/fonts/.*\.(?:odttf|fntdata)",
    re.IGNORECASE,
)
"""Parts in which nobody writes anything; cells and their strings are read by others."""
_DRAWN = re.compile(r"(?:word|xl|ppt)/(charts/chart|diagrams/data)(?:ex)?(\d+)\.xml")
_MASTERS = re.compile(r"ppt/(?:slide|notes|handout)(?:masters|layouts)/.+\.xml")
_WRITTEN = re.compile(rb"<(?:\w{1,20}:)?t(?:\s[^<>]*)?>([^<]+)<")
_KEPT = re.compile(r"xl/(pivotcache/pivotcache(?:records|definition)|externallinks/externallink)(\d+)\.xml")


def read(data: bytes, archive: Archive, job: Job) -> None:
    """Texts of the document and its properties. Parts that are not read by name are left to whoever reads archives."""
    names = archive.names
    readers = (("word/", word.read), ("ppt/", slides.read))
    for folder, reader in readers:
        if any(name.startswith(folder) for name in names):
            reader(archive, job)
    if any(name.startswith("xl/") for name in names):
        spreadsheet.read(data, archive, job)
    for found in filter(None, map(_DRAWN.fullmatch, names)):
        text = Drawn(_SHOWN).read(archive.part(found[0]), job.budget).text
        job.text(text, f"{found[1].partition('/')[2]}{found[2]}")
    # Large and seldom written in: their texts alone are picked out.
    masters = b"\n".join(archive.part(name) for name in names if _MASTERS.fullmatch(name))
    job.text("\n".join(unescape(found.decode("utf-8", "replace")) for found in _WRITTEN.findall(masters)), "master")
    for found in filter(None, map(_KEPT.fullmatch, names)):
        _kept(archive.part(found[0]), f"{found[1].partition('/')[2]}{found[2]}(hidden)", job)
    if any(name.endswith("vbaproject.bin") for name in names):
        job.macros()
    read_properties(_PROPERTIES, archive, job)


def _kept(content: bytes, place: str, job: Job) -> None:
    """What a workbook keeps of data that stands or stood elsewhere: caches of pivot tables, of links (18.10, 18.14)."""
    values: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name in ("s", "n", "d", "cacheField", "definedName"):
            values.append(attributes.get("v") or attributes.get("name") or "")

    parse(content, job.budget, start, lambda _name: None, lambda text: values.append(text.strip()))
    job.text("\n".join(filter(None, values)), place)


def read_properties(parts: tuple[str, ...], archive: Archive, job: Job) -> None:
    """The document's properties as text, a line each, and as things that are not seen at once."""
    found: list[tuple[str, str]] = []
    for name in parts:
        content = archive.part(name)
        if content:
            found += _properties(content, job.budget)
    job.text("\n".join(f"{name}: {value}" for name, value in found), "properties")
    for name, value in found:
        job.hidden("property", "properties", f"{name}: {value}")


def _properties(content: bytes, budget: Budget) -> Iterator[tuple[str, str]]:
    path: list[str] = []
    found: list[tuple[str, list[str]]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        path.append(attributes.get("name") or name)
        found.append((next((one for one in reversed(path) if one not in ("lpwstr", "bstr")), name), []))

    def end(_name: str) -> None:
        path.pop()

    def text(value: str) -> None:
        if found:
            found[-1][1].append(value)

    parse(content, budget, start, end, text)
    for name, pieces in found:
        value = "".join(pieces).strip()
        if value and name not in _COUNTED:
            yield name, value
