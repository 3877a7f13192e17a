"""Lists and dictionaries as sekisho.yaml names them: inline entries, or a mapping that says where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StrictBool,
    Tag,
    ValidationInfo,
    WithJsonSchema,
)

from sekisho.core.addresses import normal_entry
from sekisho.core.amounts import Duration
from sekisho.core.fields import DurationField, PathField, from_base
from sekisho.lists.ldap import check_directory
from sekisho.lists.postfix import TableAsker
from sekisho.lists.secret import SecretFile
from sekisho.lists.sql import check_database


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
        "`deputy`, `language`, `aliases` (with blanks between), `valid-until`; read again when it changes"
    )


def _table(text: str) -> str:
    TableAsker(text)
    return text


class PostfixPlace(Place):
    """A lookup table of Postfix: an address is on the list if the table knows it, its domain or `.parent` of that."""

    postfix: Annotated[str, AfterValidator(_table)] = Field(
        description="`TYPE:NAME` as in main.cf, asked with postmap; `socketmap:unix:PATH:MAP`, "
        "`socketmap:inet:HOST:PORT:MAP` and `tcp:HOST:PORT` are asked directly"
    )
    remember: DurationField = Field(
        default=Duration(60), description="For so long an answer counts", json_schema_extra={"default": "1m"}
    )


def _database(value: object, info: ValidationInfo) -> str:
    url = value if isinstance(value, str) else ""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        url = f"sqlite:///{from_base(url.removeprefix('sqlite:///'), info)}"
    check_database(url)
    return url


class SqlPlace(Place):
    """A query of a database, whose first column is the entry; fetched whole from time to time."""

    sql: Annotated[str, PlainValidator(_database), WithJsonSchema({"type": "string"})] = Field(
        description="`sqlite:///PATH` or `postgresql://USER@HOST/DATABASE` (needs sekisho[postgresql])"
    )
    query: str = Field(min_length=1, description="Such as `SELECT address FROM partners`")
    password_file: SecretFile | None = Field(
        default=None, description="File with the database's password, or `credential:NAME` of systemd"
    )
    every: DurationField = Field(
        default=Duration(300), description="How often it is fetched", json_schema_extra={"default": "5m"}
    )


def _directory(text: str) -> str:
    check_directory(text)
    return text


class LdapPlace(Place):
    """An attribute of the entries of a directory (needs sekisho[ldap]); fetched whole from time to time."""

    ldap: Annotated[str, AfterValidator(_directory)] = Field(
        description="The directory: `ldaps://HOST`, `ldap://HOST` or `ldapi://PATH`"
    )
    base: str = Field(min_length=1, description="Where to start, such as `ou=people,dc=example,dc=com`")
    filter: str = Field(
        default="(mail=*)", description="Which entries, such as `(memberOf=cn=sales,dc=example,dc=com)`"
    )
    attribute: str = Field(default="mail", min_length=1, description="Which values of them")
    bind_dn: str = Field(default="", description="Who asks; nobody unless set")
    password_file: SecretFile | None = Field(
        default=None, description="File with the password of `bind-dn`, or `credential:NAME` of systemd"
    )
    starttls: StrictBool = Field(default=False, description="Begin TLS on an `ldap:` connection")
    every: DurationField = Field(
        default=Duration(900), description="How often it is fetched", json_schema_extra={"default": "15m"}
    )


def _entry(text: str) -> str:
    return normal_entry(text)


Entry = Annotated[str, AfterValidator(_entry)]
"""An address, ``domain``, ``.domain`` or ``/pattern/``."""


_LISTS = ("file", "directory", "csv", "postfix", "sql", "ldap")
_DICTIONARIES = ("file", "directory")
_NONE = "(?)"


def _kinds(known: tuple[str, ...]) -> Callable[[Any], str]:
    """Which variant a value is, by the first of the known keys in it."""

    def kind(value: Any) -> str:
        if isinstance(value, list | tuple):
            return "(entries)"
        if isinstance(value, Mapping):
            return next((f"({key})" for key in value if key in known), _NONE)
        return _NONE

    return kind


def _refuse(known: tuple[str, ...]) -> BeforeValidator:
    """For what is no variant."""
    places = ", ".join(f"{{{key}: …}}" for key in known)

    def refuse(value: Any) -> NoReturn:
        written = f"`{next(iter(value), '')}`" if isinstance(value, Mapping) else "this"
        raise ValueError(f"{written} does not say where the entries are; write them as [a, b], or one of {places}")

    return BeforeValidator(refuse)


ListModel = Annotated[
    Annotated[tuple[Entry, ...], Tag("(entries)")]
    | Annotated[FilePlace, Tag("(file)")]
    | Annotated[DirectoryPlace, Tag("(directory)")]
    | Annotated[CsvPlace, Tag("(csv)")]
    | Annotated[PostfixPlace, Tag("(postfix)")]
    | Annotated[SqlPlace, Tag("(sql)")]
    | Annotated[LdapPlace, Tag("(ldap)")]
    | Annotated[Any, _refuse(_LISTS), Tag(_NONE)],
    Discriminator(_kinds(_LISTS)),
]
"""One list."""


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty word would be found everywhere")
    return text


DictionaryModel = Annotated[
    Annotated[tuple[Annotated[str, AfterValidator(_word)], ...], Tag("(entries)")]
    | Annotated[FilePlace, Tag("(file)")]
    | Annotated[DirectoryPlace, Tag("(directory)")]
    | Annotated[Any, _refuse(_DICTIONARIES), Tag(_NONE)],
    Discriminator(_kinds(_DICTIONARIES)),
]
"""One dictionary."""
