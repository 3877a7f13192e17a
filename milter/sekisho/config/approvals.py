"""Approvals in sekisho.yaml: who the people are, who stands in for whom, and how long one waits for an answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from sekisho.config.values import EMPTY_IS_DEFAULT, Section
from sekisho.core.amounts import Duration
from sekisho.core.fields import DurationField, WorkingDurationField
from sekisho.lists.models import ListModel
from sekisho.lists.people_models import AbsencesModel, AddressField, PeopleModel


def _name(text: str) -> str:
    if not text or not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"{text!r} is not a name; write letters, digits, - and _")
    return text


def _many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_name)]
"""By which rules speak of a list, a dictionary or a group."""

MANY = BeforeValidator(_many)
"""One name is a list of one."""


class Approvals(Section):
    """Who is asked about what is held."""

    people: PeopleModel | None = Field(
        default=None,
        description="Where the people are kept: the name of a list that is an address book, or "
        "`{csv: …}`, `{ldap: …}`, `{sql: …}`, `{postfix: …}` (a table that gives the manager of an address)",
    )
    groups: Annotated[dict[Name, ListModel], EMPTY_IS_DEFAULT] = Field(
        default_factory=dict, description="Groups of approvers by name, each kept as a list is: `group:NAME` in a rule"
    )
    fallback: Annotated[tuple[AddressField, ...], MANY] = Field(
        default=(),
        description="Who is asked where nobody else can be: no manager, an empty group, one's own mail; the postmaster "
        "unless set",
    )
    absences: AbsencesModel = Field(
        default=(),
        description="Who is away: a list of {address, from, until, deputy}, or `{file: …}`, a CSV file with these "
        "columns; read again when it changes",
    )
    remind: WorkingDurationField = Field(
        default=Duration(4 * 3600),
        description="Who has not answered for so long is reminded once",
        json_schema_extra={"default": "4h"},
    )
    patience: DurationField = Field(
        default=Duration(1800),
        description="For so long people are looked for while their directory is away; then the fallback is asked",
        json_schema_extra={"default": "30m"},
    )
