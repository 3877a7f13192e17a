"""Office Open XML packages (ECMA-376 part 2): which parts are text, what the properties say, what is embedded.

Gives the names that were read here; the caller opens the rest (embedded files, macros, anything that does not belong)
as files of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set

from sekisho.extract import slides, spreadsheet, word
from sekisho.extract.job import Job
from sekisho.extract.limits import Budget
from sekisho.extract.xml import parse
from sekisho.extract.zip_archive import Archive

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
_ORDINARY = re.compile(r".*\.(?:xml|rels|vml)|.*/printersettings\d*\.bin")


def read(data: bytes, archive: Archive, job: Job) -> Set[str]:
    """Texts of the document and its properties. Gives the names that need not be opened."""
    names = archive.names
    readers = (("word/", word.read), ("ppt/", slides.read))
    for folder, reader in readers:
        if any(name.startswith(folder) for name in names):
            reader(archive, job)
    if any(name.startswith("xl/") for name in names):
        spreadsheet.read(data, archive, job)
    if any(name.endswith("vbaproject.bin") for name in names):
        job.macros()
    read_properties(_PROPERTIES, archive, job)
    return {name for name in names if _ORDINARY.fullmatch(name)}


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
