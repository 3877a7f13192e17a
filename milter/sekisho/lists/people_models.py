"""Where the site's people are kept, as sekisho.yaml says it: an address book, a directory, a query, a table of
managers; and who is away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from sekisho.core.addresses import normal_entry
from sekisho.lists.models import CsvPlace, FilePlace, LdapPlace, PostfixPlace, SqlPlace

_PLACES = ("csv", "ldap", "sql", "postfix")
_DAY = timedelta(days=1)


class Attributes(BaseModel):
    """Which attribute of a directory's entry says what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(default="mail", description="The person's address")
    name: str = Field(default="displayName", description="The name")
    section: str = Field(default="departmentNumber", description="The section")
    manager: str = Field(default="manager", description="The manager: the name of an entry (DN), or an address")
    deputy: str = Field(default="secretary", description="The deputy: the name of an entry (DN), or an address")
    language: str = Field(default="preferredLanguage", description="The language: ja, en or zh")
    aliases: str = Field(default="mailAlternateAddress", description="Other addresses of the person, and login names")
    owner: str = Field(
        default="owner", description="Who answers for a shared address: the name of an entry (DN), or an address"
    )


class PeopleLdapPlace(LdapPlace):
    """People of a directory (needs sekisho[ldap]); fetched whole from time to time."""

    attributes: Attributes = Field(default=Attributes(), description="Which attribute says what")


class PeopleSqlPlace(SqlPlace):
    """A query whose columns have the names of an address book's; fetched whole from time to time."""

    query: str = Field(min_length=1, description="Such as `SELECT mail AS address, boss AS manager FROM staff`")


class ManagersPlace(PostfixPlace):
    """A lookup table of Postfix that gives the manager of an address."""


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "(list)"
    known = (f"({key})" for key in value if key in _PLACES) if isinstance(value, Mapping) else iter(())
    return next(known, "(?)")


def _refuse(value: Any) -> NoReturn:  # noqa: ARG001
    places = ", ".join(f"{{{key}: …}}" for key in _PLACES)
    raise ValueError(f"this does not say where the people are; write the name of an address book, or one of {places}")


PeopleModel = Annotated[
    Annotated[str, Tag("(list)")]
    | Annotated[CsvPlace, Tag("(csv)")]
    | Annotated[PeopleLdapPlace, Tag("(ldap)")]
    | Annotated[PeopleSqlPlace, Tag("(sql)")]
    | Annotated[ManagersPlace, Tag("(postfix)")]
    | Annotated[Any, BeforeValidator(_refuse), Tag("(?)")],
    Discriminator(_kind),
]
"""The name of a list that is an address book, or a place."""


def moment(text: str, zone: tzinfo, *, end: bool = False) -> datetime:
    """``2026-12-01`` (as an ``end`` the whole day) or ``2026-12-01 13:00``, by the organisation's clock."""
    written = text.strip().replace("/", "-").replace("T", " ")
    day, _, clock = written.partition(" ")
    try:
        found = date.fromisoformat(day)
        if clock:
            return datetime.combine(found, time.fromisoformat(clock.strip()), zone)
        return datetime.combine(found + (_DAY if end else timedelta()), time(), zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a moment; write 2026-12-01, or 2026-12-01 13:00") from None


def _moment_text(text: str) -> str:

    moment(text, UTC, end=True)
    return text


MomentText = Annotated[str, AfterValidator(_moment_text)]


def _address(text: str) -> str:
    entry = normal_entry(text)
    if entry.count("@") != 1 or entry.startswith("/"):
        raise ValueError(f"{text!r} is not a person's address")
    return entry


AddressField = Annotated[str, AfterValidator(_address)]


class AbsenceModel(BaseModel):
    """Somebody is away."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_"))

    address: AddressField = Field(description="Who")
    from_: MomentText = Field(description="Since when: `2026-12-01`, or `2026-12-01 13:00`")
    until: MomentText = Field(description="The last day, or the moment of coming back")
    deputy: AddressField | None = Field(default=None, description="Who decides meanwhile")


def _absences_kind(value: Any) -> str:
    return "(entries)" if isinstance(value, list | tuple) else "(file)"


AbsencesModel = Annotated[
    Annotated[tuple[AbsenceModel, ...], Tag("(entries)")] | Annotated[FilePlace, Tag("(file)")],
    Discriminator(_absences_kind),
]
"""Inline, or a CSV file with the columns ``address``, ``from``, ``until``, ``deputy``."""
