"""Lists and dictionaries as sekisho.yaml names them: inline entries, or a mapping that says where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from sekisho.core.addresses import normal_entry
from sekisho.core.fields import PathField


class Place(BaseModel):
    """Base of the places where a list can be kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


class FilePlace(Place):
    """A text file, one entry a line; `#` begins a comment."""

    file: PathField = Field(description="The file; read again when it changes")


class DirectoryPlace(Place):
    """Every file of a folder, each as a file of entries; names that begin with a dot or end with `~` are left out."""

    directory: PathField = Field(description="The folder; read again when anything in it changes")


class CsvPlace(Place):
    """An address book: CSV whose first row names the columns."""

    csv: PathField = Field(
        description="The file; columns `address` (needed), `name`, `company`, `section`, `label`, `owner`, `manager`, "
        "`valid-until`; read again when it changes"
    )


def _entry(text: str) -> str:
    return normal_entry(text)


Entry = Annotated[str, AfterValidator(_entry)]
"""An address, ``domain``, ``.domain`` or ``/pattern/``."""


def _kind(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "(entries)"
    if isinstance(value, Mapping):
        return next((f"({key})" for key in value if f"({key})" in _KINDS), "(file)")
    return "(file)"


_KINDS = frozenset({"(file)", "(directory)", "(csv)"})

ListModel = Annotated[
    Annotated[tuple[Entry, ...], Tag("(entries)")]
    | Annotated[FilePlace, Tag("(file)")]
    | Annotated[DirectoryPlace, Tag("(directory)")]
    | Annotated[CsvPlace, Tag("(csv)")],
    Discriminator(_kind),
]
"""One list."""


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty word would be found everywhere")
    return text


def _dictionary_kind(value: Any) -> str:
    kind = _kind(value)
    return kind if kind in ("(entries)", "(directory)") else "(file)"


DictionaryModel = Annotated[
    Annotated[tuple[Annotated[str, AfterValidator(_word)], ...], Tag("(entries)")]
    | Annotated[FilePlace, Tag("(file)")]
    | Annotated[DirectoryPlace, Tag("(directory)")],
    Discriminator(_dictionary_kind),
]
"""One dictionary."""
